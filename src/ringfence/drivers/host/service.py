# SPDX-License-Identifier: Apache-2.0
"""Network tools that run, and the files that they may not have read since they began."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from .sysfs import Sysfs

Running = Literal["networkd", "networkmanager"]
_COMM: Mapping[str, Running] = {"systemd-network": "networkd", "NetworkManager": "networkmanager"}
"""Names of processes, which the kernel cuts off after 15 bytes (proc(5))."""
_FILES: Mapping[Running, tuple[str, ...]] = {
    "networkd": tuple(f"{top}/systemd/network/**/*" for top in ("etc", "run", "usr/lib", "usr/local/lib")),
    "networkmanager": (
        "etc/NetworkManager/NetworkManager.conf",
        *(f"{top}/NetworkManager/conf.d/*.conf" for top in ("etc", "run", "usr/lib")),
    ),
}
_OURS = "ringfence-"


@dataclass(frozen=True, slots=True)
class Service:
    """A tool that runs in this network namespace. ``since`` in seconds since 1970."""

    name: Running
    since: float

    def unread(self, sysfs: Sysfs) -> tuple[str, ...]:
        """Return files of its configuration that changed since it began; Ringfence's own are left out."""
        paths = (path for pattern in _FILES[self.name] for path in sysfs.root.glob(pattern))
        fresh = (path for path in paths if path.is_file() and _OURS not in path.name and _changed(path) > self.since)
        return tuple(sorted(f"/{path.relative_to(sysfs.root)}" for path in fresh))


def services(sysfs: Sysfs) -> Iterator[Service]:
    """Yield the network tools that run in this network namespace."""
    booted = _booted(sysfs)
    here = _namespace(sysfs, "self")
    for number in (found.name for found in sysfs.root.glob("proc/[0-9]*")):
        name = _COMM.get(sysfs.text(f"proc/{number}/comm"))
        if name is not None and _namespace(sysfs, number) == here:
            yield Service(name, booted + _ticks(sysfs.text(f"proc/{number}/stat")) / os.sysconf("SC_CLK_TCK"))


def unread(sysfs: Sysfs) -> tuple[str, ...]:
    """Return what any tool that runs may not have read."""
    return tuple(sorted({path for service in services(sysfs) for path in service.unread(sysfs)}))


def _booted(sysfs: Sysfs) -> float:
    times = [line.split()[1] for line in sysfs.text("proc/stat").splitlines() if line.startswith("btime ")]
    return float(times[0]) if times else 0.0


def _ticks(stat: str) -> int:
    """Return when a process began, in ticks since boot: field 22 of its stat (proc(5)), behind the name in brackets."""
    words = stat.rpartition(")")[2].split()
    return int(words[19]) if len(words) > 19 else 0  # noqa: PLR2004 - the number of the field


def _namespace(sysfs: Sysfs, process: str) -> str:
    try:
        return str((sysfs.root / "proc" / process / "ns/net").readlink())
    except OSError:
        return ""  # another user's process: nothing is known about it


def _changed(path: Path) -> float:
    try:
        return path.lstat().st_mtime
    except OSError:
        return 0.0
