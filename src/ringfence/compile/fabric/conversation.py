# SPDX-License-Identifier: Apache-2.0
"""Conversations: what a conduit lets be opened, one sender, one receiver, one protocol, one range of ports."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import product
from typing import NamedTuple

from ringfence.site.service import Flow, PortRange, Protocol

from .endpoints import Stand

_VERSIONS = {"icmp": (4,), "icmpv6": (6,), "tcp": (4, 6), "udp": (4, 6), "vrrp": (4, 6)}
NO_PORTS = (PortRange(0, 0),)


class Pair(NamedTuple):
    """Sender's and receiver's addresses and protocol; ``origin`` is the sender's leg, ``leg`` the receiver's."""

    origin: str
    leg: str
    version: int
    source: str
    target: str
    protocol: Protocol

    @property
    def is_exact(self) -> bool:
        """Tell whether both ends are one address each, no ranges."""
        return "/" not in self.source and "/" not in self.target


Conversation = tuple[Pair, PortRange]
"""Ports are 0-0 for protocols without ports."""
Conversations = Iterator[Conversation]


def conversations(pairs: Iterable[tuple[Stand, Stand]], flows: Sequence[Flow]) -> Conversations:
    """Yield every conversation that flows open between pairs of a near and a far side; some more than once."""
    for near, far in pairs:
        for flow in flows:
            yield from _flow(near, far, flow)


def _flow(near: Stand, far: Stand, flow: Flow) -> Conversations:
    """Yield one flow's conversations. What is said to groups and broadcasts is relayed (relay.py)."""
    if flow.reach != "unicast":
        return
    opener, other = (near, far) if flow.direction == "forward" else (far, near)
    for (version, source), (same, target) in product(opener.addresses, other.addresses):
        # Partners share an address: whoever has it has nobody to speak with at it.
        if version == same and source != target and version in _VERSIONS[flow.protocol]:
            pair = Pair(opener.leg, other.leg, version, source, target, flow.protocol)
            for ports in flow.ports or NO_PORTS:
                yield pair, ports
