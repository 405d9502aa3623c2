# SPDX-License-Identifier: Apache-2.0
"""Reads one process: everything about it, or why it could not be read. It may end or change at any moment."""

from __future__ import annotations

import contextlib
import errno
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from ringfence.base.errors import Refused, WorldMoved
from ringfence.facts.posture import Mac
from ringfence.facts.process import Credentials, Label, Namespaces, OpenFile, ProcessFacts
from ringfence.facts.unseen import Unseen
from ringfence.observe.open_files import Descriptor, open_file
from ringfence.observe.process_status import (
    began,
    compare_namespaces,
    parse_command,
    parse_dump_filter,
    parse_label,
    parse_limits,
    parse_status,
)
from ringfence.observe.sockets import parse_sockets, parse_unix

from .cgroup import Programs, read_cgroup
from .seeing import seen
from .tree import Folder, Tree

_KINDS = ("cgroup", "ipc", "mnt", "net", "pid", "time", "user", "uts")
_TABLES: tuple[Literal["tcp", "udp"], ...] = ("tcp", "udp")
_LOOKS = 3


@dataclass(frozen=True, slots=True)
class Reader:
    """What is needed to read processes. ``mac`` is the kernel's module, ``enforcing`` whether SELinux does."""

    tree: Tree
    mac: Mac | Unseen
    enforcing: bool
    programs: Programs

    def read(self, pid: int, at: datetime, domain: str = "") -> ProcessFacts | Unseen:
        """Return one process; Unseen when it ends, or another one takes its number, while it is read."""
        found = seen(f"process {pid}", lambda: self._read(pid, at, domain))
        if isinstance(found, Unseen):
            return Unseen(f"Process {pid} could not be read. {found.why}")
        return found

    def _read(self, pid: int, at: datetime, domain: str) -> ProcessFacts:
        with self.tree.process(pid) as folder:
            before = began(folder.read("stat"))
            found = self._facts(folder, pid, before, at, domain)
            after = began(folder.read("stat"))
        if after != before or self._now(pid) != before:
            raise WorldMoved("Another process took its number meanwhile.", "Verify again.")
        return found

    def _now(self, pid: int) -> int:
        """Return when the process of this number began that is there now: it has to be the one that was read."""
        return began(self.tree.read(f"proc/{pid}/stat"))

    def _facts(self, folder: Folder, pid: int, start: int, at: datetime, domain: str) -> ProcessFacts:
        return ProcessFacts(
            pid,
            start,
            at,
            folder.read("comm").decode("utf-8", "replace").strip(),
            seen("its program", lambda: folder.link("exe")),
            seen("its command line", lambda: parse_command(folder.read("cmdline"))),
            seen("what it may do", lambda: _credentials(folder)),
            seen("its namespaces", lambda: self._namespaces(folder)),
            seen("its label", lambda: self._label(folder)),
            seen("its control groups", lambda: read_cgroup(self.tree, folder, domain, self.programs)),
            seen("its limits", lambda: parse_limits(folder.read("limits"))),
            seen("what a core dump of it would hold", lambda: parse_dump_filter(folder.read("coredump_filter"))),
            seen("its open files", lambda: open_files(folder)),
            seen("its mounts", lambda: _mounts(folder)),
            seen("its devices", lambda: folder.names("root/dev")),
        )

    def _namespaces(self, folder: Folder) -> Namespaces:
        own = {kind: folder.link(f"ns/{kind}") for kind in _KINDS if folder.there(f"ns/{kind}")}
        return compare_namespaces(own, self._hosts())

    def _hosts(self) -> dict[str, str]:
        for process in ("1", "self"):  # the first process's may be hidden from this user
            folder = self.tree.path(f"proc/{process}/ns")
            with contextlib.suppress(OSError):
                found = {kind: str((folder / kind).readlink()) for kind in _KINDS if (folder / kind).is_symlink()}
                if found:
                    return found
        return {}

    def _label(self, folder: Folder) -> Label:
        if isinstance(self.mac, Unseen):
            raise Refused(self.mac.why, "Verify as root.")
        name = "attr/apparmor/current" if folder.there("attr/apparmor/current") else "attr/current"
        text = b"" if self.mac == "none" else folder.read(name)
        return parse_label(self.mac, text, self.enforcing)


def _credentials(folder: Folder) -> Credentials:
    """Read them twice: a process that changes what it may do in between is told, not judged."""
    first, second = parse_status(folder.read("status")), parse_status(folder.read("status"))
    if _lasting(first) != _lasting(second):
        raise WorldMoved("What it may do changed while it was read.", "Verify again.")
    return second


def _lasting(found: Credentials) -> Credentials:
    return replace(found, locked_kib=0, swapped_kib=0)


def open_files(folder: Folder) -> tuple[OpenFile, ...]:
    """Return every file that was open in any of several looks. Raises OSError, ValueError.

    A process opens and closes files while it is read; it is read until two looks are alike, and what was there in
    any of them counts.
    """
    found: dict[tuple[int, str], OpenFile] = {}
    last: set[tuple[int, str]] = set()
    for _ in range(_LOOKS):
        look = _look(folder, _sockets(folder))
        found |= look
        if look.keys() == last:
            break
        last = set(look)
    return tuple(found[key] for key in sorted(found))


def _look(folder: Folder, sockets: Mapping[int, str]) -> dict[tuple[int, str], OpenFile]:
    found = (_one(folder, name, sockets) for name in folder.names("fd"))
    return {(one.descriptor, one.target): one for one in found if one is not None}


def _one(folder: Folder, name: str, sockets: Mapping[int, str]) -> OpenFile | None:
    try:
        descriptor = Descriptor(
            int(name), folder.link(f"fd/{name}"), folder.mode(f"fd/{name}"), folder.read(f"fdinfo/{name}")
        )
    except OSError as error:
        if error.errno == errno.ENOENT:
            return None  # it was closed meanwhile
        raise
    return open_file(descriptor, sockets)


def _sockets(folder: Folder) -> dict[int, str]:
    """Return names of sockets by inode, in the process's own network namespace."""
    named: dict[int, str] = parse_unix(folder.read("net/unix", 16 << 20))
    for protocol in _TABLES:
        for table in (protocol, f"{protocol}6"):
            if folder.there(f"net/{table}"):
                rows = parse_sockets(folder.read(f"net/{table}", 16 << 20), protocol)
                named |= {row.inode: f"net:{row}" for row in rows if row.inode}
    return named


def _mounts(folder: Folder) -> dict[str, str]:
    return dict(_mounted(folder.read("mountinfo").decode("utf-8", "replace")))


def _mounted(text: str) -> Iterator[tuple[str, str]]:
    for line in text.split("\n"):
        near, dash, far = line.partition(" - ")
        if dash:
            yield near.split()[4], far.split()[0]
