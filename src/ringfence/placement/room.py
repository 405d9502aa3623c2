# SPDX-License-Identifier: Apache-2.0
"""The memory of a host that is left for workloads, in MiB."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf, isinf

from ringfence.facts.host import HostFacts
from ringfence.site.host import Host


@dataclass(slots=True)
class Room:
    """``whole`` is what workloads may have, ``free`` what is left. A host never observed has no bounds."""

    whole: float
    free: float
    unknown: bool = False

    @classmethod
    def of(cls, host: Host, facts: HostFacts | None) -> Room:
        """Return all of a host's memory but what it keeps for itself."""
        if facts is None:
            return cls(inf, inf, unknown=True)
        whole = max(0, facts.memory_mib - host.reserved_memory_mib)
        return cls(whole, whole)

    def fits(self, memory_mib: int) -> bool:
        """Tell whether a workload of this size has room."""
        return memory_mib <= self.free

    def take(self, memory_mib: int) -> None:
        """Count a workload. ``free`` falls below zero where memory is overcommitted."""
        if isinf(self.free):
            return
        self.free -= memory_mib
