# SPDX-License-Identifier: Apache-2.0
"""A service: a list of flows, so that OPC Classic, DICOM C-MOVE or BACnet Who-Is can be said exactly."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address
from typing import Literal

Protocol = Literal["tcp", "udp", "icmp", "icmpv6", "vrrp"]
"""``icmp``/``icmpv6`` means echo (ping) only; ``vrrp`` is IP protocol 112 (RFC 9568)."""
VRRP_GROUP = IPv4Address("224.0.0.18")
"""Where the machines of a redundant pair announce themselves (RFC 9568 clause 5.1.1.2)."""


@dataclass(frozen=True, slots=True, order=True)
class PortRange:
    """Destination ports from ``first`` to ``last``, both included, 1 to 65535."""

    first: int
    last: int

    def __str__(self) -> str:
        return str(self.first) if self.first == self.last else f"{self.first}-{self.last}"

    @property
    def size(self) -> int:
        """How many ports."""
        return self.last - self.first + 1


@dataclass(frozen=True, slots=True)
class Flow:
    """One direction of initiation. ``back`` flows are opened by the far side towards the near side."""

    protocol: Protocol
    ports: tuple[PortRange, ...]
    """Empty for icmp and vrrp."""
    direction: Literal["forward", "back"] = "forward"
    reach: Literal["unicast", "multicast", "broadcast"] = "unicast"
    group: IPv4Address | IPv6Address | None = None
    """Multicast group where ``reach`` is multicast."""


@dataclass(frozen=True, slots=True)
class Service:
    """``source`` says where the ports come from (RFC, IANA, standard). The two flags feed rules."""

    name: str
    flows: tuple[Flow, ...]
    encrypted: bool = False
    remote_access: bool = False
    """A person controls a machine through it (RDP, VNC, SSH, Telnet)."""
    source: str = ""
    description: str = ""
    builtin: bool = False
