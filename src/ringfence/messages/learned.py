# SPDX-License-Identifier: Apache-2.0
"""What a watch of a zone has learned."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from .flows import FlowEnd


@dataclass(frozen=True, slots=True)
class LearnedTalk:
    """One conversation. ``every_s`` is None where it happened too seldom to tell; ``spread`` is a part of it."""

    source: FlowEnd
    target: FlowEnd
    protocol: str
    port: int
    service: str
    times: int
    packets: int
    bytes: int
    every_s: float | None
    spread: float | None
    rhythm: str
    """``every 1.0 s``, ``now and then``, ``once``."""
    passed: bool
    conduits: tuple[str, ...]
    """Conduits that permit it already; empty where a conduit is proposed."""


@dataclass(frozen=True, slots=True)
class LearnedFrame:
    """Frames that are neither IP nor ARP."""

    source: str
    source_mac: str
    target_mac: str
    ethertype: str
    packets: int


@dataclass(frozen=True, slots=True)
class LearnedQuestion:
    """Who asked for an address by ARP that no conversation was seen with."""

    source: FlowEnd
    target: FlowEnd
    times: int


@dataclass(frozen=True, slots=True)
class LearnReport:
    """What was seen from ``began`` on (UTC). ``proposal`` is YAML that loads once its owners are written in."""

    site: str
    zone: str
    simulated: bool
    allowed_by: str
    began: datetime
    seconds: float
    talks: tuple[LearnedTalk, ...]
    frames: tuple[LearnedFrame, ...]
    questions: tuple[LearnedQuestion, ...]
    missed: int
    """Packets that did not fit into the counters."""
    proposal: str
