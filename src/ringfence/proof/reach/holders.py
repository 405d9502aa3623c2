# SPDX-License-Identifier: Apache-2.0
"""Who holds which address: the ports whose guard lets them answer for it, by ARP or by neighbour advertisement.

A port that may not answer for an address gets nothing that is sent to it: the router would not find it. So who gets a
packet follows from the guard, not from what anybody believes to have configured (RFC 826, RFC 4861 clause 7.2.4).
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from ringfence.proof import field as fields
from ringfence.proof.box import Box
from ringfence.proof.region import Region
from ringfence.proof.values import Values, exactly

from .arrival import Sent
from .topology import Port

_ANSWER: Final = Box({fields.PROTOCOL: exactly(fields.ARP), fields.ARP_OPERATION: exactly(2)})
_ADVERT: Final = Box(
    {
        fields.PROTOCOL: exactly(fields.IP6),
        fields.PROTO: exactly(fields.ICMP6),
        fields.LATER: exactly(0),
        fields.TYPE: exactly(136),
    }
)
_TARGET_OF_ADVERT: Final = "@th,64"
_LINK_LOCAL: Final = 0xFE80 << 112


@dataclass(slots=True)
class Holders:
    """By bridge and IP version: addresses in order, and the ports that hold them with their hardware address."""

    spans: dict[tuple[str, int], list[tuple[int, int, Port, int]]] = field(default_factory=lambda: defaultdict(list))
    ends: dict[tuple[str, int], list[int]] = field(default_factory=dict)

    def of(self, bridge: str, version: int, values: Values) -> Iterator[tuple[Port, int, tuple[int, int]]]:
        """Yield who holds any of some addresses: port, hardware address, and the addresses."""
        known = self.spans.get((bridge, version), [])
        ends = self.ends.get((bridge, version), [])
        for first, last in values:
            place = bisect_left(ends, first) if ends else 0
            for low, high, port, mac in known[place:]:
                if low > last:
                    break
                if high >= first:
                    yield port, mac, (max(low, first), min(high, last))

    def settle(self) -> None:
        """Put everything in order, once all is known."""
        for key, known in self.spans.items():
            known.sort(key=lambda one: (one[0], one[1], one[2].name))
            if all(low == high for low, high, *_ in known):
                self.ends[key] = [high for _, high, *_ in known]


def holders(frames: Iterable[Sent]) -> Holders:
    """Return who holds which address, by what the guard takes from each port."""
    found = Holders()
    for one in frames:
        for mac, version, values in (*_by_arp(one), *_by_advert(one)):
            known = found.spans[one.port.bridge, version]
            for first, last in values:
                if (first, last, one.port, mac) not in known[-8:]:
                    known.append((first, last, one.port, mac))
    found.settle()
    return found


def _by_arp(one: Sent) -> Iterator[tuple[int, int, Values]]:
    for box in _answers(one.region, _ANSWER):
        for mac in one.port.macs:
            if any(first <= mac <= last for first, last in box.at(fields.ARP_SOURCE_MAC)):
                yield mac, 4, box.at(fields.ARP_SOURCE)


def _by_advert(one: Sent) -> Iterator[tuple[int, int, Values]]:
    for box in _answers(one.region, _ADVERT):
        values = box.at(_TARGET_OF_ADVERT)
        if values[0][0] >> 118 == _LINK_LOCAL >> 118:
            continue
        for mac in one.port.macs:
            yield mac, 6, values


def _answers(region: Region, kind: Box) -> list[Box]:
    found = region.within(kind)
    return found.boxes() if found else []
