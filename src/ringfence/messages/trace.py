# SPDX-License-Identifier: Apache-2.0
"""What becomes of a conversation, by the rules as they stand and by a packet that was followed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from .flows import FlowEnd

Outcome = Literal["passes", "stopped", "lost", "silent", "not followed"]


@dataclass(frozen=True, slots=True)
class TraceHop:
    """A rule that the packet met in the guard's or the router's table; ``rule`` is its name in the rules' comment."""

    where: Literal["guard", "router"]
    chain: str
    rule: str
    text: str
    verdict: str


@dataclass(frozen=True, slots=True)
class TraceReport:
    """The answer to 'why does SRC not reach DST'. Sentences are full ones."""

    site: str
    simulated: bool
    source: FlowEnd
    target: FlowEnd
    protocol: str
    port: int
    service: str
    permitted: bool
    """What the maps of the router say."""
    conduits: tuple[str, ...]
    why: tuple[str, ...]
    """Which conduit and element, or that nothing names it and what comes closest."""
    guard: tuple[str, ...]
    """What the guard on the bridge says about the sender."""
    real: bool
    """A packet of the sender itself was waited for; else one was injected, and reached nobody."""
    outcome: Outcome
    hops: tuple[TraceHop, ...]
    end: str
    """Where it stopped, in a sentence."""
