# SPDX-License-Identifier: Apache-2.0
"""Observes how the host stands."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from ringfence.facts.host import Acceleration
from ringfence.facts.listener import Listener
from ringfence.facts.posture import HostPosture
from ringfence.observe.sockets import Socket, listeners, parse_sockets

from .census import Census
from .clock import read_clock
from .kernel import KernelReader
from .seeing import seen
from .settings import SettingsReader
from .tree import Tree

_TABLES: tuple[tuple[str, Literal["tcp", "udp"]], ...] = (
    ("tcp", "tcp"),
    ("tcp6", "tcp"),
    ("udp", "udp"),
    ("udp6", "udp"),
)
_MOST = 64 << 20


@dataclass(frozen=True, slots=True)
class HostReader:
    """Reads below a tree. ``accelerate`` runs the functional probe."""

    tree: Tree
    people: Census
    accelerate: Callable[[], Acceleration]

    def posture(self, host: str, at: datetime) -> HostPosture:
        """Return how the host stands now."""
        kernel, settings = KernelReader(self.tree), SettingsReader(self.tree, self.people)
        return HostPosture(
            host,
            at,
            seen("acceleration", self.accelerate),
            seen("the kernel", kernel.kernel),
            kernel.hardening(),
            kernel.sharing(),
            seen("the clock", lambda: read_clock(one.name for one in self.people.passers)),
            seen("the ports that listen", self._listeners),
            settings.settings(),
            seen("the members of groups", settings.members),
            kernel.virtualised(),
        )

    def _listeners(self) -> tuple[Listener, ...]:
        rows: list[Socket] = []
        for table, protocol in _TABLES:
            if self.tree.path(f"proc/self/net/{table}").exists():
                rows += parse_sockets(self.tree.read(f"proc/self/net/{table}", _MOST), protocol)
        found = listeners(tuple(rows), self.people.holders)
        return tuple(sorted(found, key=lambda one: (one.protocol, one.port, str(one.address))))
