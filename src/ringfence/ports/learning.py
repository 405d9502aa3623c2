# SPDX-License-Identifier: Apache-2.0
"""How a zone is watched."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from ringfence.compile.scope import Scope
from ringfence.facts.seen import Sight


@dataclass(frozen=True, slots=True)
class WatchedZone:
    """A zone: its leg in the router (empty: it has none), its subnets as text, and its ports on the bridge."""

    leg: str
    subnets: tuple[str, ...]
    ports: tuple[str, ...]


class LearnPort(Protocol):
    """Watches without copying or changing a packet; the kernel forgets it with the process."""

    def watching(self, scope: Scope, zone: WatchedZone) -> AbstractContextManager[Callable[[], Sight]]:
        """Watch while the context lasts; what it gives takes a look at the counters. Raises Refused."""
        ...
