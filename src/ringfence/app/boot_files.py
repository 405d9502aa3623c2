# SPDX-License-Identifier: Apache-2.0
"""Use case: write the files that start the plant without Ringfence."""

from __future__ import annotations

from pathlib import Path

from ringfence.base.errors import BadInput, Refused
from ringfence.compile.boot import boot_folder, read_body, up_command
from ringfence.compile.document import Document, Kind
from ringfence.compile.scope import Scope
from ringfence.messages.files import FilesWritten
from ringfence.plan.change import Change

from .in_force import in_force_by_address
from .prepare import scope_of
from .session import Session
from .site_file import SiteFile

FOLDER_MODE = 0o700


def write_boot_files(session: Session, file: SiteFile, folder: Path | None) -> FilesWritten:
    """Write the boot files of what is in force where the host boots from, or into ``folder``.

    Raises BadInput when nothing was applied, Refused, DeadlinePassed.
    """
    scope = scope_of(file.site)
    document = _document(session, scope)
    if folder is not None:
        return FilesWritten(session.name, _copy(document, folder), f"sh {folder / 'up.sh'}")
    files, units = read_body(document.body)
    with session.lock.hold("boot-files"):
        for port in session.plant.artifacts:
            if Kind.BOOT in port.kinds:
                port.ensure(scope, (Change(None, document),))
    names = (*(f"{boot_folder(scope)}/{name}" for name in files), *units)
    return FilesWritten(session.name, tuple(names), up_command(scope))


def _document(session: Session, scope: Scope) -> Document:
    found = in_force_by_address(session).get(scope.address("boot", "files"))
    if found is None:
        raise BadInput(f"Site {session.name} was never applied.", "Apply it first with 'ringfence apply'.")
    return found.document


def _copy(document: Document, folder: Path) -> tuple[str, ...]:
    """Write files into a folder, systemd's units into ``units`` below it; for reading and for recovery media."""
    files, units = read_body(document.body)
    written = []
    try:
        for name, text in {**files, **{f"units/{unit}": text for unit, text in units.items()}}.items():
            path = folder / name
            path.parent.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
            path.chmod(int(document.parts.get(f"mode/{name}", "0600"), 8))
            written.append(str(path))
    except OSError as error:
        raise Refused(f"{folder} cannot be written: {error.strerror}.", "Name another folder with --to.") from error
    return tuple(written)
