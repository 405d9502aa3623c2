# SPDX-License-Identifier: Apache-2.0
"""An uplink: an address-less interface of the host that leads to the plant."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Interface, IPv6Address, IPv6Interface


@dataclass(frozen=True, slots=True)
class Uplink:
    """``interface`` is a NIC, bond or VLAN owned by the distribution's network tool.

    It becomes a leg of the router, or with ``layer2`` a port of that zone's bridge.
    """

    name: str
    host: str
    interface: str
    shared: bool = False
    """The host uses the NIC too: a macvlan of it is taken instead of the NIC."""
    vlan: int | None = None
    ipv4: IPv4Interface | None = None
    """Ringfence's own address on the plant's network; without one the router speaks as the workloads alone."""
    ipv6: IPv6Interface | None = None
    gateway4: IPv4Address | None = None
    """Next hop to assets that are not on this network."""
    gateway6: IPv6Address | None = None
    layer2: str | None = None
    """Layer-2 zone whose bridge the interface is a port of."""
    description: str = ""
