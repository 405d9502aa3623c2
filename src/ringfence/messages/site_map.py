# SPDX-License-Identifier: Apache-2.0
"""The site as it is now: what stands where, what talked, what was proven, and where an intruder could go."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from .verification import LastVerified

ConduitState = Literal["open", "dormant", "granted", "closed"]
"""``granted``: a dormant one that is open for a time. ``closed``: by an island or a cut."""


@dataclass(frozen=True, slots=True)
class MapWorkload:
    """A workload with its state and the last verification's word on it."""

    name: str
    zone: str
    state: str
    health: str
    verified: LastVerified | None


@dataclass(frozen=True, slots=True)
class MapAsset:
    """An asset; ``link`` is its uplink's: ``connected``, ``no carrier`` or ``not connected``."""

    name: str
    zone: str
    uplink: str
    link: str


@dataclass(frozen=True, slots=True)
class Traffic:
    """What passed in the window, both ways together. ``conversations`` have one opener, one target and one port."""

    conversations: int
    packets: int
    bytes: int


@dataclass(frozen=True, slots=True)
class MapConduit:
    """A conduit. ``traffic`` None: not known; frames of layer 2 and copies to many have no connections to count."""

    name: str
    state: ConduitState
    why: str
    """What closed it, or how long it stays open."""
    traffic: Traffic | None


@dataclass(frozen=True, slots=True)
class MapStray:
    """A conversation that no conduit names, or one that a verification found possible although none names it.

    Ends are ``workload/scada``, ``asset/plc-7``, ``router``, ``host``, or an address of nobody known.
    """

    source: str
    target: str
    what: str
    state: Literal["undeclared", "unproven"]
    seen: str
    """When and how it was met, as a sentence."""


@dataclass(frozen=True, slots=True)
class AttackStep:
    """One way on for an intruder: what through, how it is judged, what blocks it, and what last showed that."""

    source: str
    target: str
    how: str
    through: str
    what: str
    state: str
    blocked_by: tuple[str, ...]
    shown_by: str


@dataclass(frozen=True, slots=True)
class AttackRoute:
    """The easiest way to a target; ``barriers`` is how many of its steps are blocked, or may be."""

    target: str
    barriers: int
    steps: tuple[AttackStep, ...]


@dataclass(frozen=True, slots=True)
class AttackPaths:
    """Where somebody who holds ``held`` could go: every direct step, the easiest way to each end, ends beyond reach."""

    held: str
    direct: tuple[AttackStep, ...]
    routes: tuple[AttackRoute, ...]
    beyond: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SiteMap:
    """Result of ``map`` at ``at`` (UTC).

    ``window_s`` lies between the two looks at the connection table; None: the traffic is not known, and
    ``traffic_unknown`` says why.
    """

    site: str
    at: datetime
    revision: int
    simulated: bool
    window_s: float | None
    traffic_unknown: str
    host: str
    host_verified: LastVerified | None
    workloads: tuple[MapWorkload, ...]
    assets: tuple[MapAsset, ...]
    conduits: tuple[MapConduit, ...]
    strays: tuple[MapStray, ...]
    drift: int
    restrictions: tuple[str, ...]
    paths: AttackPaths | None = None
    paths_unknown: str = ""
    """Why the attack paths are not known, as a sentence."""
