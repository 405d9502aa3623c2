# SPDX-License-Identifier: Apache-2.0
"""A watch of the simulated host's conversations."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from ipaddress import ip_address, ip_network

from ringfence.compile.scope import Scope
from ringfence.facts.connection import Connection
from ringfence.facts.seen import Seen, Sight
from ringfence.observe.permission import Asked, permissions
from ringfence.ports.learning import WatchedZone

from .flows import MemoryFlows


class MemoryLearning:
    """A LearnPort: every conversation of the zone says something once, when it is looked at first."""

    def __init__(self, flows: MemoryFlows) -> None:
        self._flows = flows

    @contextmanager
    def watching(self, scope: Scope, zone: WatchedZone) -> Iterator[Callable[[], Sight]]:
        """Give what looks at the conversations."""
        networks = [ip_network(one) for one in zone.subnets]

        def inside(one: Connection) -> bool:
            return any(ip_address(end) in network for end in (one.source, one.target) for network in networks)

        def look() -> Sight:
            known = permissions(self._flows.elements(scope))
            held = {one[:4]: one for one in self._flows.connections(scope) if inside(one)}
            return Sight(tuple(_seen(one, passed=bool(known.of(_asked(one)))) for one in held.values()))

        yield look


def _asked(one: Connection) -> Asked:
    return Asked(one.source, one.target, one.protocol, one.port)


def _seen(one: Connection, *, passed: bool) -> Seen:
    return Seen(*_asked(one)[:2], one.protocol, one.port, one.sent_packets + 1, one.sent_bytes, 1, passed)
