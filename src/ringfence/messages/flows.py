# SPDX-License-Identifier: Apache-2.0
"""Who talks to whom now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Standing = Literal["conduit", "peers", "router", "none"]


@dataclass(frozen=True, slots=True)
class FlowEnd:
    """One end: ``of`` is ``workload/scada``, ``asset/plc-7`` or ``router``, empty for an address of nobody known."""

    of: str
    address: str
    zone: str


@dataclass(frozen=True, slots=True)
class FlowLine:
    """One conversation with all its connections. Rates a second are there where two looks were taken."""

    source: FlowEnd
    target: FlowEnd
    protocol: str
    port: int
    service: str
    standing: Standing
    """What lets it pass: a conduit or probe, a zone whose peers are open, the router's own work, or nothing."""
    conduits: tuple[str, ...]
    note: str
    """A sentence where something about it stands out."""
    connections: int
    over: int
    unanswered: int
    sent_packets: int
    sent_bytes: int
    received_packets: int
    received_bytes: int
    age_s: int | None
    idle_s: int | None
    sent_bytes_s: float | None
    received_bytes_s: float | None
    packets_s: float | None


@dataclass(frozen=True, slots=True)
class FlowReport:
    """All conversations of a site at ``at`` (UTC), the busiest first. ``over_s``: between the two looks, else None."""

    site: str
    at: datetime
    simulated: bool
    over_s: float | None
    total: int
    """Conversations before filters."""
    flows: tuple[FlowLine, ...]
