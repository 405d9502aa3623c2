# SPDX-License-Identifier: Apache-2.0
"""All processes of the host in one pass: who is who, and who holds which socket."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from ringfence.observe.cgroups import is_group_of, parse_cgroups
from ringfence.observe.process_status import began, parse_command, parse_status

from .tree import Folder, Tree

_SOCKET = "socket:["


class Passer(NamedTuple):
    """A process that was there. ``name`` is the kernel's, ``command`` its own; kernel threads have none."""

    pid: int
    began: int
    name: str
    uid: int
    command: tuple[str, ...]
    groups: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.name} ({self.pid})"


@dataclass(frozen=True, slots=True)
class Census:
    """Everybody, and holders of sockets by inode."""

    passers: tuple[Passer, ...]
    holders: dict[int, str]
    blind: int
    """Processes whose open files could not be read."""

    def guests(self, domain: str) -> tuple[Passer, ...]:
        """Return QEMU processes that say they are a domain."""
        return tuple(one for one in self.passers if f"guest={domain}" in _named(one.command))

    def of_machine(self, domain: str) -> Iterator[Passer]:
        """Yield processes that work for a domain: in its control groups, or told to by their command lines.

        libvirt's own folders and files for it carry its name (``domain-3-NAME``, ``3-NAME-swtpm.sock``).
        """
        for one in self.passers:
            if any(is_group_of(path, domain) for path in one.groups) or _tells(one.command, domain):
                yield one


def _named(command: tuple[str, ...]) -> list[str]:
    """Return the words of QEMU's ``-name guest=NAME,debug-threads=on``."""
    places = [place for place, word in enumerate(command[:-1]) if word == "-name"]
    return [word for place in places for word in command[place + 1].split(",")]


def _tells(command: tuple[str, ...], domain: str) -> bool:
    ends = (f"-{domain}", f"-{domain}-swtpm.sock", f"-{domain}-swtpm.pid", f"-{domain}.sock")
    return any(part.endswith(ends) for word in command if "/libvirt/" in word for part in word.split("/"))


def census(tree: Tree) -> Census:
    """Return who is there now; who ends meanwhile is left out."""
    passers: list[Passer] = []
    holders: dict[int, str] = {}
    blind = 0
    for pid in tree.pids():
        with contextlib.suppress(OSError, ValueError), tree.process(pid) as folder:
            passer = _passer(folder, pid)
            passers.append(passer)
            try:
                holders |= dict.fromkeys(_inodes(folder), str(passer))
            except OSError:
                blind += 1
    return Census(tuple(passers), holders, blind)


def _passer(folder: Folder, pid: int) -> Passer:
    status, command = parse_status(folder.read("status")), parse_command(folder.read("cmdline"))
    name = folder.read("comm").decode("utf-8", "replace").strip()
    groups = tuple(dict.fromkeys(parse_cgroups(folder.read("cgroup")).values()))
    return Passer(pid, began(folder.read("stat")), name, status.uids[0], command, groups)


def _inodes(folder: Folder) -> Iterator[int]:
    for link in _links(folder, folder.names("fd")):
        if link.startswith(_SOCKET):
            yield int(link[len(_SOCKET) : -1])


def _links(folder: Folder, names: Iterable[str]) -> Iterator[str]:
    for name in names:
        with contextlib.suppress(OSError):
            yield folder.link(f"fd/{name}")
