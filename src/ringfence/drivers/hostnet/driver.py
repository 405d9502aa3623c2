# SPDX-License-Identifier: Apache-2.0
"""Keeps the files of a site that network tools read, and lets the tools that run read them."""

from __future__ import annotations

import stat
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ringfence.base.addresses import Address
from ringfence.base.errors import Refused
from ringfence.base.identity import canonical
from ringfence.compile.document import Document, Kind
from ringfence.compile.hostnet import hostnet_parts, read_files
from ringfence.compile.part.hostnet import FOLDERS, whose
from ringfence.compile.scope import Scope
from ringfence.drivers.boot.folder import write_durably
from ringfence.drivers.host.sysfs import Sysfs
from ringfence.plan.change import Change

from .reload import let_read

_FOLDER_MODE = 0o755


@dataclass(frozen=True, slots=True)
class HostnetDriver:
    """ArtifactPort for what network tools are told. Everything lies below ``root``, which is ``/`` on a real host."""

    root: Path = Path("/")

    @property
    def kinds(self) -> frozenset[Kind]:
        """Return the one kind: HOSTNET."""
        return frozenset({Kind.HOSTNET})

    def observe(self, scope: Scope) -> Mapping[Address, Document]:
        """Return what stands of this site; a copy of the fabric has none. Raises Refused."""
        try:
            found = self._found(scope)
            return {address: self._document(address, paths) for address, paths in found.items()}
        except OSError as error:
            raise _refused(error, "read") from error

    def ensure(self, scope: Scope, changes: Sequence[Change]) -> None:
        """Write, replace or remove files; tools that run read them then. Raises Refused, DeadlinePassed."""
        try:
            found = self._found(scope)
            touched = [path for one in changes for path in self._ensure(one, found.get(one.address, ()))]
        except OSError as error:
            raise _refused(error, "written") from error
        let_read(Sysfs(self.root), touched)

    def _found(self, scope: Scope) -> dict[Address, list[str]]:
        """Return the paths of the files that stand, by the artifact that they belong to."""
        found: dict[Address, list[str]] = {}
        if scope.fabric != "live":
            return found
        for path in self._paths():
            belongs = whose(path, scope.site)
            if belongs:
                found.setdefault(scope.address("hostnet", *belongs), []).append(path)
        return found

    def _paths(self) -> Iterator[str]:
        for folder in FOLDERS:
            place = self._place(folder)
            names_here = sorted(path.name for path in place.iterdir()) if place.is_dir() else []
            yield from (f"{folder}/{name}" for name in names_here)

    def _document(self, address: Address, paths: Sequence[str]) -> Document:
        files = {path: self._text(path) for path in paths}
        modes = {path: f"{stat.S_IMODE(self._place(path).lstat().st_mode):04o}" for path in paths}
        return Document(address, Kind.HOSTNET, hostnet_parts(files, modes), canonical({"files": files}))

    def _text(self, path: str) -> str:
        """Return a file's text; what is no plain file has none, so that it equals nothing that was written."""
        place = self._place(path)
        return place.read_text("utf-8", "replace") if stat.S_ISREG(place.lstat().st_mode) else ""

    def _ensure(self, change: Change, standing: Sequence[str]) -> Iterator[str]:
        """Bring one artifact's files to what it says, and yield the paths that were touched."""
        document = change.after
        wanted = read_files(document.body) if document else {}
        for path, text in wanted.items():
            place = self._place(path)
            place.parent.mkdir(mode=_FOLDER_MODE, parents=True, exist_ok=True)
            write_durably(place, text, int(document.parts[f"mode{path}"], 8) if document else 0)
            yield path
        for path in standing:
            if path not in wanted:
                self._place(path).unlink(missing_ok=True)
                yield path

    def _place(self, path: str) -> Path:
        return self.root / path.lstrip("/")


def _refused(error: OSError, done: str) -> Refused:
    where = error.filename or "/etc"
    return Refused(
        f"The files for network tools cannot be {done}: {error.strerror or error} ({where}).",
        "Run as root, see that /etc is writable and not full, and apply again.",
    )
