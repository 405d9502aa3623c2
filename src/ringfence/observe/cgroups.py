# SPDX-License-Identifier: Apache-2.0
"""Where a process stands in the control groups, and what their files say (cgroups(7), Linux's cgroup-v2 document)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from ringfence.facts.cgroup import CgroupFacts, DeviceRule
from ringfence.facts.unseen import Unseen

_GROUP = re.compile(r"(?:machine-)?qemu-\d+-(.+?)(?:\.libvirt-qemu|\.scope)", re.ASCII)
_CUT = 48
"""libvirt cuts the whole word at 64 letters."""
_NO_LIMIT = 1 << 60
"""cgroup v1 writes a number near 2 to the power of 63 where there is no limit."""
WANTED: Mapping[str, tuple[str, ...]] = {
    "": ("memory.max", "memory.swap.max", "cpu.max", "cpu.weight", "pids.max", "io.max"),
    "memory": ("memory.limit_in_bytes", "memory.memsw.limit_in_bytes"),
    "cpu": ("cpu.cfs_quota_us", "cpu.cfs_period_us", "cpu.shares"),
    "pids": ("pids.max",),
    "blkio": tuple(f"blkio.throttle.{way}_{unit}_device" for way in ("read", "write") for unit in ("bps", "iops")),
    "devices": ("devices.list",),
}
"""Files by controller; the empty one is the unified hierarchy."""


@dataclass(frozen=True, slots=True)
class Place:
    """A group that a process stands in. ``folders`` of the hierarchy's file system: the process's own first."""

    controller: str
    path: str
    folders: tuple[PurePosixPath, ...]


@dataclass(frozen=True, slots=True)
class Level:
    """What one group's files say; a file that is missing is missing."""

    controller: str
    files: Mapping[str, str]


def parse_cgroups(text: bytes) -> dict[str, str]:
    """Return the path by controller (the unified hierarchy's is the empty name). Raises ValueError."""
    found: dict[str, str] = {}
    for line in filter(None, text.decode("utf-8", "replace").split("\n")):
        _, controllers, path = line.split(":", 2)
        if not path.startswith("/"):
            raise ValueError("This is no /proc/PID/cgroup.")
        found.update(dict.fromkeys(controllers.split(","), path))
    return found


def places(paths: Mapping[str, str], mounts: bytes) -> Iterator[Place]:
    """Yield where the groups lie, by the host's own /proc/self/mountinfo."""
    for root, point, kind, options in _cgroup_mounts(mounts):
        for controller in [""] if kind == "cgroup2" else [name for name in options if name in WANTED and name]:
            path = paths.get(controller)
            if path is not None and PurePosixPath(path).is_relative_to(root) and ".." not in path.split("/"):
                yield Place(controller, path, tuple(_upwards(point, path.removeprefix(root.rstrip("/")))))


def _cgroup_mounts(text: bytes) -> Iterator[tuple[str, PurePosixPath, str, list[str]]]:
    for line in text.decode("utf-8", "replace").split("\n"):
        near, dash, far = line.partition(" - ")
        words, kind = near.split(), far.split()
        if dash and len(words) > 4 and len(kind) > 2 and kind[0] in {"cgroup", "cgroup2"}:  # noqa: PLR2004 - columns
            yield words[3], PurePosixPath(words[4]), kind[0], kind[2].split(",")


def _upwards(point: PurePosixPath, path: str) -> Iterator[PurePosixPath]:
    inside = PurePosixPath(path.lstrip("/"))
    for one in (inside, *inside.parents):
        yield point / one


def cgroup_facts(paths: Mapping[str, str], levels: Sequence[Level], programs: int | Unseen, name: str) -> CgroupFacts:
    """Return what all levels together allow. ``programs``: BPF programs that judge devices; ``name``: the domain's."""
    path = paths.get("", next(iter(paths.values()), "/"))
    known = {level.controller for level in levels}
    return CgroupFacts(
        path if path != "/" else max(paths.values(), key=len, default="/"),
        2 if known <= {""} else 1,
        _narrowest(levels, ("memory.max", "memory.limit_in_bytes")),
        _narrowest(levels, ("memory.swap.max", "memory.memsw.limit_in_bytes")),
        _cores(levels),
        _weight(levels),
        _narrowest(levels, ("pids.max",)),
        _io(levels),
        _devices(levels, programs),
        bool(name) and any(is_group_of(part, name) for part in paths.values()),
    )


def is_group_of(path: str, domain: str) -> bool:
    r"""Tell whether a group is the one that libvirt made for a domain: ``qemu-1-NAME`` (a long name is cut off).

    systemd writes it as ``machine-qemu\x2d1\x2dNAME.scope``.
    """
    parts = (_GROUP.fullmatch(part.replace("\\x2d", "-")) for part in path.split("/"))
    names = [part[1] for part in parts if part]
    return any(name == domain or (len(name) >= _CUT and domain.startswith(name)) for name in names)


def _files(levels: Iterable[Level], names: tuple[str, ...]) -> list[str]:
    return [level.files[name].strip() for level in levels for name in names if name in level.files]


def _narrowest(levels: Sequence[Level], names: tuple[str, ...]) -> int | Unseen | None:
    words = _files(levels, names)
    try:
        numbers = [int(word) for word in words if word != "max"]
    except ValueError:
        return Unseen(f"A file {names[0]} holds no number.")
    return min((number for number in numbers if 0 <= number < _NO_LIMIT), default=None)


def _cores(levels: Sequence[Level]) -> float | Unseen | None:
    pairs = [word.split() for word in _files(levels, ("cpu.max",))]
    pairs += [
        [level.files["cpu.cfs_quota_us"].strip(), level.files["cpu.cfs_period_us"].strip()]
        for level in levels
        if {"cpu.cfs_quota_us", "cpu.cfs_period_us"} <= level.files.keys()
    ]
    try:
        shares = [int(quota) / int(period) for quota, period in pairs if quota not in {"max", "-1"}]
    except (ValueError, ZeroDivisionError):
        return Unseen("A file cpu.max holds no two numbers.")
    return min(shares, default=None)


def _weight(levels: Sequence[Level]) -> int | Unseen:
    words = _files(levels, ("cpu.weight", "cpu.shares"))
    if not words or not words[0].isdigit():
        return Unseen("Its group has no file cpu.weight or cpu.shares.")
    return int(words[0])


def _io(levels: Sequence[Level]) -> tuple[str, ...]:
    names = ("io.max", *WANTED["blkio"])
    words = _files(levels, names)
    return tuple(line for word in words for line in word.splitlines() if line)


def _devices(levels: Sequence[Level], programs: int | Unseen) -> DeviceRule | Unseen:
    """Every level has to allow a device: one list that does not allow all is enough, and so is one program."""
    lists = _files(levels, ("devices.list",))
    if any("a *:* rwm" not in words for words in lists):
        return "list"
    if isinstance(programs, int) and programs > 0:
        return "bpf"
    if isinstance(programs, Unseen):
        return programs
    return "all"
