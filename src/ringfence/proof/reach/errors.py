# SPDX-License-Identifier: Apache-2.0
"""Errors about conversations: the kernel takes one for related only where it quotes a connection that it tracks.

Its target has then to be that connection's other end (nf_conntrack_inet_error), so errors pass only between two ends
that may speak to each other at all, in one direction or the other.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from ringfence.proof import field as fields
from ringfence.proof.box import Box
from ringfence.proof.flow import Flow
from ringfence.proof.region import Region
from ringfence.proof.values import Values, exactly, joined

from .router import SOURCES, TARGETS

_UNTRACKED: Final = Box({fields.PROTO: exactly(fields.ICMP6), fields.TYPE: ((130, 137), (143, 143))})
"""Neighbour discovery and listener discovery, which no connection is made of (nf_conntrack_proto_icmpv6.c)."""


@dataclass(slots=True)
class Peers:
    """By end and IP version: the addresses that the end has conversations with."""

    found: dict[tuple[str, int], list[tuple[int, int]]] = field(default_factory=lambda: defaultdict(list))
    routers: set[str] = field(default_factory=set)
    """Ends that have conversations with the router itself."""

    _of: dict[tuple[str, int], Values] = field(default_factory=dict)

    def of(self, end: str, version: int) -> Values:
        """Return the addresses that an end has conversations with."""
        if (end, version) not in self._of:
            self._of[end, version] = joined(self.found.get((end, version), ()))
        return self._of[end, version]

    def all(self, version: int) -> Values:
        """Return the addresses that anybody has conversations with."""
        return joined(span for (_, its), spans in self.found.items() if its == version for span in spans)

    def errors_of(self, end: str, region: Region, version: int) -> Region | None:
        """Return what of a region can be errors about conversations of an end."""
        to = self.of(end, version)
        return region.within(Box({TARGETS[version]: to})) if to else None


def peers(flows: Iterable[Flow]) -> Peers:
    """Return who has conversations with whom."""
    found = Peers()
    for one in flows:
        box = one.region.box
        if fields.STATE not in box.limits or box.within(_UNTRACKED) or _between(one) or _is_empty(one.region):
            continue
        for version, source in SOURCES.items():
            target = TARGETS[version]
            if target in box.limits:
                found.found[one.source, version] += box.limits[target]
            if source in box.limits:
                found.found[one.target, version] += box.limits[source]
        if "router" in {one.source, one.target}:
            found.routers |= {one.source, one.target}
    return found


def _is_empty(region: Region) -> bool:
    """Tell whether nothing is left of a region: whom an earlier rule keeps apart has no conversation."""
    return bool(region.holes) and not region.boxes()


def _between(flow: Flow) -> bool:
    """Tell whether a flow is none of a conversation: what the guard promises, and frames without the router."""
    return flow.target.startswith(("leg/", "answer/", "wire/", "host"))
