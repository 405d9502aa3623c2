# SPDX-License-Identifier: Apache-2.0
"""How the catalogue's entries are written down."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import ip_address

from ringfence.site.service import Flow, PortRange, Protocol, Service


def _flow(protocol: Protocol, ports: tuple[int | tuple[int, int], ...]) -> Flow:
    pairs = [port if isinstance(port, tuple) else (port, port) for port in ports]
    return Flow(protocol, tuple(sorted(PortRange(*pair) for pair in pairs)))


def tcp(*ports: int | tuple[int, int]) -> Flow:
    """TCP to ports or (first, last) ranges of them."""
    return _flow("tcp", ports)


def udp(*ports: int | tuple[int, int]) -> Flow:
    """UDP to ports or (first, last) ranges of them."""
    return _flow("udp", ports)


def back(flow: Flow) -> Flow:
    """Return the same, opened by the far side."""
    return replace(flow, direction="back")


def multicast(flow: Flow, group: str) -> Flow:
    """Return the same, to a multicast group."""
    return replace(flow, reach="multicast", group=ip_address(group))


def broadcast(flow: Flow) -> Flow:
    """Return the same, to everyone in the subnet."""
    return replace(flow, reach="broadcast")


VRRP = Flow("vrrp", ())
PING4 = Flow("icmp", ())
PING6 = Flow("icmpv6", ())


def plain(name: str, description: str, source: str, *flows: Flow) -> Service:
    """Whoever is on the way can read and change it."""
    return Service(name, flows, source=source, description=description, builtin=True)


def encrypted(name: str, description: str, source: str, *flows: Flow) -> Service:
    """Nobody on the way can read or change it."""
    return replace(plain(name, description, source, *flows), encrypted=True)


def remote(service: Service) -> Service:
    """Return the same, through which a person controls a machine."""
    return replace(service, remote_access=True)
