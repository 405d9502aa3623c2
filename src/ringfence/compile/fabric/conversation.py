# SPDX-License-Identifier: Apache-2.0
"""Conversations: what a conduit lets be opened, one sender, one receiver, one protocol, one range of ports."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

from ringfence.site.conduit import Conduit
from ringfence.site.service import Flow, PortRange, Protocol

from .endpoints import Place, Stand
from .names import Ip

_VERSIONS = {"icmp": (4,), "icmpv6": (6,), "tcp": (4, 6), "udp": (4, 6)}
_PING = (PortRange(0, 0),)


@dataclass(frozen=True, slots=True)
class Pair:
    """Sender and receiver, and the protocol they speak; ``zone`` is the sender's, ``leg`` the receiver's."""

    zone: str
    leg: str
    source: Ip
    target: Ip
    protocol: Protocol


Conversation = tuple[Pair, PortRange]
"""Ports are 0-0 for ping."""


def conversations(place: Place, conduit: Conduit) -> Iterator[Conversation]:
    """Yield every conversation between workloads of this host that a conduit names; some more than once."""
    sources = [stand for endpoint in conduit.source for stand in place.stands(endpoint)]
    targets = [stand for endpoint in conduit.target for stand in place.stands(endpoint)]
    flows = [flow for name in conduit.services for flow in place.site.services[name].flows]
    for near, far in product(sources, targets):
        if near.workload != far.workload:
            for flow in flows:
                yield from _flow(near, far, flow)


def _flow(near: Stand, far: Stand, flow: Flow) -> Iterator[Conversation]:
    """Yield one flow's conversations. Groups and broadcasts need a relay, which is no router's work."""
    if flow.reach != "unicast":
        return
    opener, other = (near, far) if flow.direction == "forward" else (far, near)
    for source, target in product(opener.addresses, other.addresses):
        if source.version == target.version and source.version in _VERSIONS[flow.protocol]:
            pair = Pair(opener.zone, other.zone, source, target, flow.protocol)
            for ports in flow.ports or _PING:
                yield pair, ports
