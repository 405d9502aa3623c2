# SPDX-License-Identifier: Apache-2.0
"""Where the router sends a packet: the longest prefix wins (RFC 1812 clause 5.2.4.3)."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from ipaddress import ip_interface

from ringfence.proof.values import Span, Values, joined, without

from .topology import Leg, Topology, span_of


@dataclass(frozen=True, slots=True)
class Routes:
    """Addresses of one version, as disjoint spans in order, and the leg that each leads to."""

    starts: tuple[int, ...]
    ends: tuple[int, ...]
    legs: tuple[str, ...]

    def legs_for(self, values: Values) -> Iterator[tuple[str, Span]]:
        """Yield the legs that addresses lead to, each with the addresses that it is for."""
        for first, last in values:
            place = bisect_left(self.ends, first)
            while place < len(self.starts) and self.starts[place] <= last:
                yield self.legs[place], (max(first, self.starts[place]), min(last, self.ends[place]))
                place += 1

    def towards(self, leg: str) -> Values:
        """Return all addresses that lead to a leg."""
        found = zip(self.starts, self.ends, self.legs, strict=True)
        return joined((start, end) for start, end, one in found if one == leg)


def routes(topology: Topology, version: int) -> Routes:
    """Return the routes of one version; the router's own addresses lead nowhere."""
    known = [one for leg in topology.legs.values() if leg.up for one in _of(leg, version)]
    spans: list[tuple[Span, str]] = []
    covered: Values = ()
    for _, span, leg in sorted(known, key=lambda one: -one[0]):
        left = without((span,), covered)
        spans += [(one, leg) for one in left]
        covered = joined((*covered, span))
    own = _own(topology, version)
    kept = [(one, leg) for span, leg in spans for one in without((span,), own)]
    kept.sort()
    return Routes(tuple(span[0] for span, _ in kept), tuple(span[1] for span, _ in kept), tuple(leg for _, leg in kept))


def _of(leg: Leg, version: int) -> Iterator[tuple[int, Span, str]]:
    """Yield prefix length, addresses and leg of what leads over a leg."""
    for one in leg.ipv4 if version == 4 else leg.ipv6:  # noqa: PLR2004 - IP version
        yield one.network.prefixlen, span_of(str(one.network)), leg.name
    for text in leg.routes:
        net = ip_interface(text).network
        if net.version == version:
            yield net.prefixlen, span_of(text), leg.name


def _own(topology: Topology, version: int) -> Values:
    return joined(one for leg in topology.legs.values() for one in _own_of(leg, version))


def _own_of(leg: Leg, version: int) -> Iterable[Span]:
    """Yield what is for the router itself: its addresses, and the broadcast addresses of its networks (RFC 1122)."""
    if version == 6:  # noqa: PLR2004 - IP version
        return [(int(one.ip), int(one.ip)) for one in leg.ipv6]
    nets = [one.network for one in leg.ipv4 if one.network.prefixlen < 31]  # noqa: PLR2004 - RFC 3021
    last = [(int(one.broadcast_address), int(one.broadcast_address)) for one in nets]
    return [*((int(one.ip), int(one.ip)) for one in leg.ipv4), *last]
