# SPDX-License-Identifier: Apache-2.0
"""Keeps the boot files of a site on the disk."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ringfence.base.addresses import Address
from ringfence.base.errors import Refused
from ringfence.base.identity import canonical
from ringfence.compile.boot import UNIT_PARTS, boot_folder, boot_parts, read_body, unit, up_command
from ringfence.compile.document import Document, Kind
from ringfence.compile.scope import Scope
from ringfence.plan.change import Change

from .folder import Folder
from .units import Units


@dataclass(frozen=True, slots=True)
class BootDriver:
    """ArtifactPort for boot files. Everything lies below ``root``, which is ``/`` on a real host."""

    root: Path = Path("/")

    @property
    def kinds(self) -> frozenset[Kind]:
        """Return the one kind: BOOT."""
        return frozenset({Kind.BOOT})

    def observe(self, scope: Scope) -> Mapping[Address, Document]:
        """Return the boot files that stand; nothing where there are none. Raises Refused."""
        try:
            contents, modes = self._folder(scope).read()
            units = {name: text for name in _unit_names(scope) if (text := self._units.read(name)) is not None}
            if not contents and not units:
                return {}
            parts = boot_parts(contents, units) | {f"mode/{name}": mode for name, mode in modes.items()}
            parts |= {f"enabled/{name}": "yes" if self._units.enabled(name) else "no" for name in units}
        except OSError as error:
            raise _refused(error, "read") from error
        address = scope.address("boot", "files")
        body = canonical({"files": contents, "units": units})
        return {address: Document(address, Kind.BOOT, parts, body)}

    def ensure(self, scope: Scope, changes: Sequence[Change]) -> None:
        """Write, replace or remove the files. Raises Refused, DeadlinePassed."""
        for change in changes:
            try:
                if change.after is None:
                    self._remove(scope)
                else:
                    self._write(scope, change.after)
            except OSError as error:
                raise _refused(error, "written") from error

    def command(self, scope: Scope) -> str:
        """Return the command that brings the plant up by hand, where no systemd does."""
        return up_command(scope)

    def _write(self, scope: Scope, document: Document) -> None:
        files, units = read_body(document.body)
        modes = {name: document.parts[f"mode/{name}"] for name in files}
        self._folder(scope).write(files, modes)
        self._units.remove([name for name in _unit_names(scope) if name not in units])
        self._units.write(units)
        if units:
            self._units.start(unit(scope, "guard"))  # only an active unit follows nftables.service

    def _remove(self, scope: Scope) -> None:
        self._units.remove(_unit_names(scope))
        self._folder(scope).remove()

    def _folder(self, scope: Scope) -> Folder:
        return Folder(self.root / boot_folder(scope).lstrip("/"))

    @property
    def _units(self) -> Units:
        return Units(self.root)


def _unit_names(scope: Scope) -> list[str]:
    return [unit(scope, part) for part in UNIT_PARTS] if scope.fabric == "live" else []


def _refused(error: OSError, done: str) -> Refused:
    where = error.filename or "/etc/ringfence"
    return Refused(
        f"The boot files cannot be {done}: {error.strerror or error} ({where}).",
        "Run as root, see that /etc is writable and not full, and apply again.",
    )
