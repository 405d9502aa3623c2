# SPDX-License-Identifier: Apache-2.0
"""How the plant is doing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from .standing import RestrictionLine
from .verification import LastVerified

Health = Literal["healthy", "starting", "unhealthy", "stopped", "unknown"]


@dataclass(frozen=True, slots=True)
class InterfaceStatus:
    """One interface of a workload. ``shared`` are addresses that it has in turn with others."""

    name: str
    zone: str
    kind: str
    addresses: tuple[str, ...]
    shared: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class WorkloadStatus:
    """One workload. ``drift`` counts differences from the applied revision; ``age_s`` tells how old the answer is.

    ``zone`` is the first interface's; ``addresses`` are those of all interfaces.
    """

    name: str
    zone: str
    state: str
    health: Health
    detail: str
    addresses: tuple[str, ...]
    drift: int
    age_s: float
    interfaces: tuple[InterfaceStatus, ...] = ()
    verified: LastVerified | None = None
    """The last verification's word on it; None where it cannot be told."""


@dataclass(frozen=True, slots=True)
class GrantStatus:
    """A dormant conduit that is open now."""

    conduit: str
    left_s: int


@dataclass(frozen=True, slots=True)
class AssetStatus:
    """An asset: the addresses under which workloads see it, and the real ones where those are translated."""

    name: str
    zone: str
    addresses: tuple[str, ...]
    real: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class UplinkStatus:
    """An uplink of the host; ``state`` is ``connected``, ``no carrier`` or ``not connected``."""

    name: str
    interface: str
    state: str
    assets: tuple[AssetStatus, ...]


@dataclass(frozen=True, slots=True)
class SiteStatus:
    """The whole site at ``at`` (UTC). ``revision`` is 0 when nothing was ever applied."""

    site: str
    at: datetime
    revision: int
    acceleration: str
    """A full sentence on whether KVM runs the workloads."""
    emulated: bool
    """Software runs the workloads (TCG): no promise about time holds."""
    simulated: bool
    unfinished_job: str | None
    workloads: tuple[WorkloadStatus, ...]
    grants: tuple[GrantStatus, ...]
    denied: dict[str, int]
    drift: tuple[str, ...]
    restrictions: tuple[RestrictionLine, ...] = ()
    """Islands, cuts and a hold that stand, oldest first."""
    uplinks: tuple[UplinkStatus, ...] = ()
    host_verified: LastVerified | None = None
    """The last verification's word on the host, as the zone that it is."""
