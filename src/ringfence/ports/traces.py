# SPDX-License-Identifier: Apache-2.0
"""How a packet is followed through the rules."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from ringfence.compile.part.element import Element
from ringfence.compile.scope import Scope
from ringfence.facts.trace import Hop


@dataclass(frozen=True, slots=True)
class Question:
    """A conversation that is traced. The last four are known for workloads alone, and empty for others.

    ``link`` is the host's end of the zone's leg, ``leg`` its other end in the router.
    """

    source: str
    target: str
    protocol: str
    port: int
    link: str = ""
    leg: str = ""
    source_mac: str = ""
    gateway_mac: str = ""


@dataclass(frozen=True, slots=True)
class Trail:
    """What a packet met, in order. ``ended``: it went through all rules of the router, whatever they said."""

    hops: tuple[Hop, ...] = ()
    seen: bool = False
    ended: bool = False


class TracePort(Protocol):
    """Follows packets. Nothing of it stays, however it ends."""

    def inject(self, scope: Scope, question: Question) -> Trail:
        """Send one packet into the router as its opener would, follow it, and let it reach nobody. Raises Refused."""
        ...

    def follow(
        self, scope: Scope, question: Question, seconds: float, stopped: Callable[[], bool]
    ) -> tuple[Trail, Trail]:
        """Wait for the next real packet; return its trails through the guard and the router. Raises Refused."""
        ...

    def guarded(self, scope: Scope) -> Sequence[Element]:
        """Return the elements of the guard: which addresses belong to which port."""
        ...
