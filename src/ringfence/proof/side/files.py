# SPDX-License-Identifier: Apache-2.0
"""Files: whose each one is, who shares it, and who else may open it.

A file belongs to the workload whose volume or seed it is. Read-only images of root's are shared by design: nobody can
write to them. Paths are compared as they are written; what a symbolic link or a mount leads to does not show in them.
"""

from __future__ import annotations

import posixpath
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from ringfence.base.addresses import own_name
from ringfence.compile.document import Document, Kind
from ringfence.proof.flow import Place

from . import kind
from .found import HOST, Found, Use, machine

_OTHERS = 0o077
_WRITING = 0o222
_ORDER = (kind.FOLDER, kind.ISO, kind.SEED, kind.NVRAM, kind.MEMORY)
"""Which word is told where one file is several things at once; a disk is what is left."""


@dataclass(slots=True)
class Files:
    """``bases`` are the images that nobody can write to, by path; ``owners`` the workloads that files belong to."""

    bases: dict[str, str] = field(default_factory=dict)
    forms: dict[str, str] = field(default_factory=dict)
    """What files are, such as ``qcow2``, by path."""
    owners: dict[str, str] = field(default_factory=dict)


def read_files(documents: Iterable[Document], users: Mapping[str, int | None], found: Found) -> Files:
    """Read images, volumes and seeds; tell of files that others may open. ``users`` are uids by workload."""
    files = Files()
    for document in documents:
        path = posixpath.normpath(document.parts.get("path", ""))
        if document.kind in {Kind.IMAGE, Kind.VOLUME, Kind.SEED}:
            files.forms[path] = document.parts.get("format", "raw" if document.kind is Kind.SEED else "")
        if document.kind is Kind.IMAGE and _is_kept(document):
            files.bases[path] = own_name(document.address)
        elif document.kind in {Kind.VOLUME, Kind.SEED}:
            workload = _workload(document)
            files.owners[path] = workload
            _owned(document, workload, users.get(workload), found)
            _own_uses(document, workload, found)
    return files


def _is_kept(document: Document) -> bool:
    return document.parts.get("owner") == "0" and _mode(document) & _WRITING == 0


def _mode(document: Document) -> int:
    try:
        return int(document.parts.get("mode", "7777"), 8)
    except ValueError:
        return 0o7777


def _workload(document: Document) -> str:
    """Return the workload of ``volume/WORKLOAD/DISK`` or ``seed/WORKLOAD``."""
    names = document.address.split("/")
    return names[-2] if document.kind is Kind.VOLUME else names[-1]


def _owned(document: Document, workload: str, user: int | None, found: Found) -> None:
    """Tell of a file that another user than its workload's may open."""
    parts, of = document.parts, kind.SEED if document.kind is Kind.SEED else kind.DISK
    owner, others = parts.get("owner", ""), _mode(document) & _OTHERS
    if others:
        what = f"{parts.get('path', '')} has mode {parts.get('mode', 'unknown')}"
        found.door(of, machine(workload), HOST, what, Place(document.address, "mode"))
    if user is not None and owner != str(user):
        what = f"{parts.get('path', '')} belongs to user {owner or 'unknown'}"
        found.door(of, machine(workload), HOST, what, Place(document.address, "owner"))


def _own_uses(document: Document, workload: str, found: Found) -> None:
    of = kind.SEED if document.kind is Kind.SEED else kind.DISK
    path = document.parts.get("path", "")
    found.uses.append(Use(workload, path, of, Place(document.address, "path"), writes=of is kind.DISK))
    if backing := document.parts.get("backing"):
        found.uses.append(Use(workload, backing, kind.DISK, Place(document.address, "backing"), below=True))


def shared_files(files: Files, found: Found) -> None:
    """Tell of every file that is not its one workload's own."""
    users: dict[str, list[Use]] = defaultdict(list)
    for use in found.uses:
        users[posixpath.normpath(use.path)].append(use)
    folders = [path for path, uses in users.items() if any(use.kind == kind.FOLDER for use in uses)]
    for path, uses in users.items():
        above = [use for one in folders if one != path and path.startswith(f"{one}/") for use in users[one]]
        _of_path(path, uses, above, files, found)


def _of_path(path: str, uses: list[Use], above: list[Use], files: Files, found: Found) -> None:
    """Judge one file. ``above`` are the folders that it lies in and that somebody shares."""
    for use in uses:
        _taken_for(path, use, files, found)
    if path in files.bases and all(use.below or not use.writes for use in uses):
        for use in uses:
            found.door(kind.BASE, HOST, machine(use.workload), files.bases[path], use.place)
    else:
        whose = {use.workload for use in (*uses, *above)}
        found.between(_word((*uses, *above)), map(machine, whose), path, uses[0].place)
        for use in uses:
            if use.workload != files.owners.get(path):
                _not_its_own(path, use, files, found)


def _taken_for(path: str, use: Use, files: Files, found: Found) -> None:
    """Tell of a file that is taken for another form than it has, and of a base that becomes its workload's."""
    form = files.forms.get(path, use.form)
    if use.form is not None and use.form != form:
        what = f"{path} is read as {use.form}, and is {form or 'of no known form'}"
        found.door(use.kind, machine(use.workload), HOST, what, use.place)
    if path in files.bases and not use.kept:
        found.door(use.kind, machine(use.workload), HOST, f"{path} is handed to its user", use.place)


def _not_its_own(path: str, use: Use, files: Files, found: Found) -> None:
    """Tell of a file of the host's: no artifact says that it is this workload's."""
    if use.kind == kind.NVRAM:
        found.door(use.kind, HOST, machine(use.workload), path, use.place)
    elif path not in files.owners:
        found.door(use.kind, machine(use.workload), HOST, path, use.place)


def _word(uses: Iterable[Use]) -> str:
    words = {use.kind for use in uses}
    return next((word for word in _ORDER if word in words), kind.DISK)
