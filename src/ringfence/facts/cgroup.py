# SPDX-License-Identifier: Apache-2.0
"""What the control groups of a process allow it (cgroups(7)), the narrowest of the whole path."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from .unseen import Unseen

DeviceRule = Literal["bpf", "list", "all"]
"""A BPF program judges (cgroup v2), a list in devices.list does (v1), or every device is allowed."""


@dataclass(frozen=True, slots=True)
class CgroupFacts:
    """``path`` is below the unified hierarchy or, without one, of the first that it stands in. None: no limit."""

    path: str
    version: Literal[1, 2]
    memory_max: int | Unseen | None
    """Bytes."""
    swap_max: int | Unseen | None
    """Bytes of swap beside memory."""
    cpu_cores: float | Unseen | None
    """Cores' worth of time: quota divided by period."""
    cpu_weight: int | Unseen
    """100 (v2) or 1024 (v1) is everybody's share."""
    pids_max: int | Unseen | None
    io_limits: tuple[str, ...]
    """Lines of io.max or of the blkio throttle files; empty for none."""
    devices: DeviceRule | Unseen
    own: bool = False
    """No process but this machine's stands in it: its name is the machine's."""
