# SPDX-License-Identifier: Apache-2.0
"""What the kernel says about a process that runs, read from /proc (proc(5)). A definition is never asked here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from .cgroup import CgroupFacts
from .unseen import Unseen

Capabilities = frozenset[str]
"""Names such as ``net_admin``; ``cap_41`` where the number has no name yet (capabilities(7))."""
SECCOMP_OFF, SECCOMP_STRICT, SECCOMP_FILTER = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a process may do, from /proc/PID/status. uids and gids: real, effective, saved, file system."""

    uids: tuple[int, int, int, int]
    gids: tuple[int, int, int, int]
    groups: tuple[int, ...]
    effective: Capabilities
    permitted: Capabilities
    inheritable: Capabilities
    bounding: Capabilities
    ambient: Capabilities
    no_new_privileges: bool | Unseen
    seccomp: int | Unseen
    """0 off, 1 strict, 2 filter (seccomp(2))."""
    filters: int | Unseen
    """How many seccomp filters are stacked; kernels before 5.9 do not tell."""
    tracer: int
    """Process that traces it; 0 for none."""
    locked_kib: int | Unseen
    swapped_kib: int | Unseen


@dataclass(frozen=True, slots=True)
class Label:
    """Mandatory access control. ``module`` none: the kernel has none (that is not "unconfined")."""

    module: Literal["apparmor", "selinux", "other", "none"]
    text: str = ""
    """AppArmor's profile or SELinux's context."""
    enforcing: bool = False
    """AppArmor: the profile is in enforce mode; SELinux: the kernel enforces and the type is no unconfined one."""


@dataclass(frozen=True, slots=True)
class Namespaces:
    """Kinds such as ``mnt`` and ``net``: which of them are the process's own, and which it shares with the host."""

    own: frozenset[str]
    shared: frozenset[str]


@dataclass(frozen=True, slots=True)
class Limits:
    """Resource limits in bytes (getrlimit(2)); None is unlimited. ``core`` is soft and hard."""

    core: tuple[int | None, int | None]
    locked: int | None


@dataclass(frozen=True, slots=True)
class OpenFile:
    """What a descriptor leads to. ``target`` is a path, ``tap:NAME``, ``unix:PATH``, ``net:...``, or the kernel's word.

    ``kind`` tells how it was read: a path of ``file`` or ``device`` is one in the process's own mount namespace.
    """

    descriptor: int
    kind: Literal["file", "folder", "device", "tap", "unix", "net", "pipe", "anonymous", "memory", "other"]
    target: str
    writable: bool
    deleted: bool = False


@dataclass(frozen=True, slots=True)
class ProcessFacts:
    """One process. ``began`` is ticks since boot: number and beginning together name it for good.

    Facts that could not be read, or changed while they were read, are Unseen.
    """

    pid: int
    began: int
    at: datetime
    name: str
    program: str | Unseen
    """Path of its executable; with `` (deleted)`` behind it where that is no longer the file that runs."""
    command: tuple[str, ...] | Unseen
    credentials: Credentials | Unseen
    namespaces: Namespaces | Unseen
    label: Label | Unseen
    cgroup: CgroupFacts | Unseen
    limits: Limits | Unseen
    dump_filter: int | Unseen
    """Which mappings a core dump would hold (core(5))."""
    files: tuple[OpenFile, ...] | Unseen
    mounts: Mapping[str, str] | Unseen
    """Kind of file system by mount point, in its own mount namespace."""
    devices: tuple[str, ...] | Unseen = ()
    """Nodes in its /dev, where its mount namespace is its own."""
