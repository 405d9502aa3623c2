# SPDX-License-Identifier: Apache-2.0
"""What can happen against what may: equal, or the smallest packet that tells them apart.

Exact in both directions. Holes of flows are cut out only where a flow's whole box is not declared, which it is for
nearly all of them. One broken rule opens thousands of packets: each rule has one counter-example.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

from . import field
from .box import Box, Limits, minus
from .flow import Claim, Door, Flow, Place, Reach
from .index import Index, few
from .packet import Packet, plainest, smaller
from .reach.router import STATES
from .region import Region, cut
from .values import Values, exactly, joined, within
from .verdict import Pair, Undeclared, Unreachable, Verdict

_Ends = TypeVar("_Ends", Flow, Claim)
Likely = Mapping[str, Values]
_RELATED = exactly(field.RELATED)


def compare(reach: Reach, claims: Iterable[Claim], declared: Iterable[Door] = ()) -> Verdict:
    """Return how what the artifacts let happen differs from what was declared."""
    wanted = tuple(claims)
    undeclared = undeclared_of(reach.flows, wanted)
    unreachable = unreachable_of(reach.flows, wanted)
    strange, missing = doors_of(reach.doors, declared)
    return Verdict(undeclared, unreachable, strange, missing, reach.unread, len(reach.flows), len(wanted))


def undeclared_of(flows: Iterable[Flow], claims: Iterable[Claim]) -> tuple[Undeclared, ...]:
    """Return what gets through although no claim names it, a counter-example for each rule."""
    known = tuple(claims)
    allowed = indexed(known, lambda one: one.box)
    left, innocent = [], set[Place]()
    for flow in flows:
        boxes = beyond(flow.region, allowed.get((flow.source, flow.target)))
        if boxes:
            left.append((flow, boxes))
        else:
            innocent.update(flow.path)
    likely, causes = _Likely(known if left else ()), _causes(left, innocent)
    found = (
        Undeclared(one.source, one.target, plainest(boxes, likely.between(one)), one.path, cause)
        for (one, boxes), cause in zip(left, causes, strict=True)
    )
    return tuple(_by_cause(found))


def unreachable_of(flows: Iterable[Flow], claims: Iterable[Claim]) -> tuple[Unreachable, ...]:
    """Return what claims promise and nothing lets through, the smallest packet for each owner."""
    reached = indexed(flows, lambda one: one.region.box)
    known = tuple(claims)
    missed: dict[str, list[tuple[Packet, Claim]]] = defaultdict(list)
    less = []
    for claim in known:
        there = None if claim.optional else reached.get((claim.source, claim.target))
        if not claim.optional and (boxes := _less(claim.box, there)):
            less.append((claim, boxes))
    likely = _Likely(known if less else ())
    for claim, boxes in less:
        missed[claim.owner].append((plainest(boxes, likely.between(claim)), claim))
    return tuple(_unreachable(owner, found) for owner, found in sorted(missed.items()))


def doors_of(found: Iterable[Door], declared: Iterable[Door]) -> tuple[tuple[Door, ...], tuple[Door, ...]]:
    """Return side doors that nobody declared, and declared ones that are not there."""
    there, wanted = {one.key: one for one in found}, {one.key: one for one in declared}
    strange = tuple(one for key, one in sorted(there.items()) if key not in wanted)
    return strange, tuple(one for key, one in sorted(wanted.items()) if key not in there)


def indexed(things: Iterable[_Ends], box: Callable[[_Ends], Box]) -> dict[Pair, Index[_Ends]]:
    """Return things by their ends."""
    found: dict[Pair, list[_Ends]] = defaultdict(list)
    for one in things:
        found[one.source, one.target].append(one)
    return {pair: Index(those, box) for pair, those in found.items()}


def beyond(region: Region, allowed: Index[Claim] | None) -> list[Box]:
    """Return what of a region no claim holds."""
    near = allowed.near(region.box) if allowed else ()
    inner = region.box.limits
    if any(covers(one.box.limits, inner) for one in near):
        return []
    left = minus([region.box], (one.box for one in near))
    return cut((one for box in left for one in seen(box)), region.holes) if left else []


def covers(outer: Limits, inner: Limits) -> bool:
    """Tell whether all packets within the inner limits are within the outer ones; a quick no may be wrong."""
    for name, values in outer.items():
        mine = inner.get(name)
        if mine is None or (mine != values and not within(mine, values)):
            return False
    return True


def _less(box: Box, reached: Index[Flow] | None) -> list[Box]:
    """Return what of a claim no flow holds, in states that packets can be in."""
    near = reached.near(box) if reached else ()
    if any(covers(one.region.box.limits, box.limits) and _whole(box, one.region) for one in near):
        return []
    return [one for part in seen(box) for one in missing(part, reached)]


def _whole(box: Box, region: Region) -> bool:
    """Tell whether no hole of a region can be in a box."""
    return not any(box.touches(one.needs) for one in region.holes)


def missing(box: Box, reached: Index[Flow] | None) -> list[Box]:
    """Return what of a box no flow holds."""
    left = [box]
    for flow in reached.near(box) if reached else ():
        if not left:
            break
        left = [piece for one in left for piece in _without(one, flow.region)]
    return left


def seen(box: Box) -> Iterator[Box]:
    """Yield packets in the states that the kernel can see them in; frames that nobody tracks as they are."""
    if field.STATE not in box.limits and field.DIRECTION not in box.limits:
        yield box
        return
    yield from (both for state in STATES if (both := box.common(state)) is not None)


def _without(box: Box, region: Region) -> list[Box]:
    inside = box.common(region.box)
    if inside is None:
        return [box]
    outside = list(box.without(region.box))
    return [*outside, *minus([inside], cut([inside], region.holes))] if region.holes else outside


def culprit(path: tuple[Place, ...], innocent: set[Place]) -> Place | None:
    """Return what is to blame: the last on the path that no declared flow passes by; else its last element or rule."""
    strange = [one for one in path if one not in innocent]
    elements = [one for one in path if "element/" in one.key]
    found = strange or elements or path
    return found[-1] if found else None


def _causes(left: Sequence[tuple[Flow, list[Box]]], innocent: set[Place]) -> list[Place | None]:
    """Return what is to blame for each flow: for errors about conversations that are not declared, what lets these."""
    found = [culprit(one.path, innocent) for one, _ in left]
    errors = [all(box.at(field.STATE) == _RELATED for box in boxes) for _, boxes in left]
    between = {
        frozenset((one.source, one.target)): cause
        for (one, _), cause, error in zip(left, found, errors, strict=True)
        if not error
    }
    return [
        between.get(frozenset((one.source, one.target)), cause) if error else cause
        for (one, _), cause, error in zip(left, found, errors, strict=True)
    ]


def _by_cause(found: Iterable[Undeclared]) -> Iterator[Undeclared]:
    causes: dict[tuple[object, ...], list[Undeclared]] = defaultdict(list)
    for one in found:
        causes[(one.rule,) if one.rule else (one.source, one.target)].append(one)
    for those in causes.values():
        first = min(those, key=lambda one: (smaller(one.packet), one.source, one.target))
        more = sorted({(one.source, one.target) for one in those} - {(first.source, first.target)})
        yield Undeclared(first.source, first.target, first.packet, first.path, first.rule, tuple(more))


def _unreachable(owner: str, found: list[tuple[Packet, Claim]]) -> Unreachable:
    packet, first = min(found, key=lambda one: (smaller(one[0]), one[1].source, one[1].target))
    more = sorted({(one.source, one.target) for _, one in found} - {(first.source, first.target)})
    return Unreachable(owner, first.source, first.target, packet, tuple(more))


class _Likely:
    """Which addresses ends have, by what claims say of them: so that a counter-example uses a real one."""

    def __init__(self, claims: Iterable[Claim]) -> None:
        self._known: dict[tuple[str, str], list[int]] = defaultdict(list)
        for one in claims:
            for end, names in ((one.source, _SENDS), (one.target, _GETS)):
                for name, kind in names:
                    self._known[end, kind] += few(one.box.limits.get(name)) or ()

    def between(self, one: Flow | Claim) -> Likely:
        """Return likely values of the addresses of packets between two ends."""
        pairs = [(name, self._known.get((one.source, kind))) for name, kind in _SENDS]
        pairs += [(name, self._known.get((one.target, kind))) for name, kind in _GETS]
        return {name: joined(span for number in known for span in exactly(number)) for name, known in pairs if known}


_SENDS = ((field.SOURCE4, "4"), (field.SOURCE6, "6"))
_GETS = ((field.TARGET4, "4"), (field.TARGET6, "6"))
