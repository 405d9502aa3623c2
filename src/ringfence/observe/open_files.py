# SPDX-License-Identifier: Apache-2.0
"""A descriptor of a process (/proc/PID/fd, /proc/PID/fdinfo) as what it leads to."""

from __future__ import annotations

import re
import stat
from collections.abc import Mapping
from dataclasses import dataclass

from ringfence.facts.process import OpenFile

_SOCKET = re.compile(r"socket:\[(\d+)\]", re.ASCII)
_DELETED = " (deleted)"
_WRITABLE = 0o3  # O_WRONLY or O_RDWR (open(2))
_TYPES = {stat.S_IFREG: "file", stat.S_IFDIR: "folder", stat.S_IFCHR: "device", stat.S_IFBLK: "device"}


@dataclass(frozen=True, slots=True)
class Descriptor:
    """What was read of one: the target of its link, its mode (stat(2), None where it could not be had), its fdinfo."""

    number: int
    link: str
    mode: int | None
    info: bytes


def open_file(found: Descriptor, sockets: Mapping[int, str]) -> OpenFile:
    """Return what a descriptor leads to. ``sockets`` names sockets by inode: ``unix:/path``, ``tcp ...``.

    Raises ValueError where fdinfo is none.
    """
    info = _info(found.info)
    writable = bool(int(info["flags"], 8) & _WRITABLE)
    tap = info.get("iff")
    if tap is not None:
        return OpenFile(found.number, "tap", f"tap:{tap}", writable)
    socket = _SOCKET.fullmatch(found.link)
    if socket:
        return _socket(found.number, int(socket[1]), sockets)
    return _other(found, writable=writable)


def _info(text: bytes) -> dict[str, str]:
    lines = (line.partition(":") for line in text.decode("utf-8", "replace").split("\n"))
    found = {name.strip(): value.strip() for name, colon, value in lines if colon}
    if "flags" not in found:
        raise ValueError("This is no /proc/PID/fdinfo.")
    return found


def _socket(number: int, inode: int, sockets: Mapping[int, str]) -> OpenFile:
    name = sockets.get(inode)
    if name is None:
        return OpenFile(number, "other", f"socket:[{inode}]", writable=True)
    return OpenFile(number, "unix" if name.startswith("unix:") else "net", name, writable=True)


def _other(found: Descriptor, *, writable: bool) -> OpenFile:
    link = found.link
    if link.startswith("pipe:"):
        return OpenFile(found.number, "pipe", link, writable)
    if link.startswith("anon_inode:"):
        return OpenFile(found.number, "anonymous", link, writable)
    deleted = link.endswith(_DELETED)
    path = link.removesuffix(_DELETED)
    if path.startswith("/memfd:"):
        return OpenFile(found.number, "memory", path, writable)
    return _path(found, path, writable=writable, deleted=deleted)


def _path(found: Descriptor, path: str, *, writable: bool, deleted: bool) -> OpenFile:
    kind = _TYPES.get(stat.S_IFMT(found.mode)) if found.mode is not None else None
    if not path.startswith("/"):
        kind = None
    match kind:
        case "file" | "folder" | "device":
            return OpenFile(found.number, kind, path, writable, deleted)
        case _:
            return OpenFile(found.number, "other", path, writable, deleted)
