# SPDX-License-Identifier: Apache-2.0
"""A zone: workloads and assets with the same security need (IEC 62443-1-1 clause 6.5)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from typing import Literal

from .security_level import SecurityLevel


@dataclass(frozen=True, slots=True)
class Learning:
    """Leave to watch who talks in a zone, given by ``by``; ``until`` is the last day on which it holds (UTC)."""

    until: date
    by: str


@dataclass(frozen=True, slots=True)
class Zone:
    """Addresses, level and rules of a zone; without addresses it carries frames of layer-2 conduits only."""

    name: str
    level: float
    """Purdue level: 0, 1, 2, 3, 3.5 (DMZ), 4 or 5."""
    security: SecurityLevel
    ipv4: IPv4Network | None
    ipv6: IPv6Network | None
    gateway: Literal["ringfence", "external"]
    """Who answers as the zone's gateway; ``external`` is the plant's own firewall at ``gateway4``/``gateway6``."""
    gateway4: IPv4Address | None
    """Set when ``ipv4`` is: first host address unless the site says otherwise."""
    gateway6: IPv6Address | None
    router4: IPv4Address | None = None
    """Ringfence's own address in a zone whose gateway is the plant's: the source of its probes."""
    router6: IPv6Address | None = None
    peers: Literal["isolated", "open"] = "isolated"
    dhcp: bool = True
    time_source: str | None = None
    """Address of an asset or workload, such as ``asset/clock``."""
    learn: Learning | None = None
    description: str = ""

    @property
    def routed(self) -> bool:
        """Tell whether the router has a leg in it: a zone without addresses has none."""
        return self.ipv4 is not None or self.ipv6 is not None

    @property
    def asker4(self) -> IPv4Address | None:
        """Return the router's own address in it, from which probes come; None where it has none."""
        return self.gateway4 if self.gateway == "ringfence" else self.router4

    @property
    def asker6(self) -> IPv6Address | None:
        """Return the router's own IPv6 address in it; None where it has none."""
        return self.gateway6 if self.gateway == "ringfence" else self.router6
