# SPDX-License-Identifier: Apache-2.0
"""What two sets of artifacts let happen, one against the other: what becomes reachable, and what stops."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from .box import Box
from .compare import indexed, missing, seen
from .flow import Door, Flow, Place, Reach
from .index import Index
from .packet import Packet, plainest
from .region import cut
from .wording import service


@dataclass(frozen=True, slots=True)
class Turned:
    """What begins or ceases to get from one end to another: the plainest packet for each service, and by what."""

    source: str
    target: str
    service: str
    packet: Packet
    rule: Place | None


@dataclass(frozen=True, slots=True)
class Difference:
    """Between before and after. ``whole`` is False where something was not understood on either side."""

    opens: tuple[Turned, ...] = ()
    closes: tuple[Turned, ...] = ()
    doors_open: tuple[Door, ...] = ()
    doors_close: tuple[Door, ...] = ()
    whole: bool = True

    def __bool__(self) -> bool:
        """Tell whether there is any."""
        return bool(self.opens or self.closes or self.doors_open or self.doors_close)


def difference(before: Reach, after: Reach) -> Difference:
    """Return what becomes reachable, and what stops."""
    was, will = {one.key: one for one in before.doors}, {one.key: one for one in after.doors}
    return Difference(
        tuple(_gone(after.flows, before.flows)),
        tuple(_gone(before.flows, after.flows)),
        tuple(one for key, one in sorted(will.items()) if key not in was),
        tuple(one for key, one in sorted(was.items()) if key not in will),
        not before.unread and not after.unread,
    )


def _gone(flows: Iterable[Flow], others: Iterable[Flow]) -> Iterator[Turned]:
    """Yield what of flows no other flow holds."""
    there = indexed(others, lambda one: one.region.box)
    found: dict[tuple[str, str, str], list[tuple[Flow, list[Box]]]] = defaultdict(list)
    for flow in flows:
        if boxes := _rest(flow, there.get((flow.source, flow.target))):
            found[flow.source, flow.target, service(plainest(boxes))].append((flow, boxes))
    for (source, target, what), those in sorted(found.items()):
        packet = plainest(box for _, boxes in those for box in boxes)
        path = those[0][0].path
        yield Turned(source, target, what, packet, path[-1] if path else None)


def _rest(flow: Flow, there: Index[Flow] | None) -> list[Box]:
    box = flow.region.box
    near = there.near(box) if there else ()
    if any(not one.region.holes and box.within(one.region.box) for one in near):
        return []
    return [piece for one in cut(seen(box), flow.region.holes) for piece in missing(one, there)]
