# SPDX-License-Identifier: Apache-2.0
"""Sets of values, boxes and regions against every packet of a small world, counted one by one."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise, product

from hypothesis import given
from hypothesis import strategies as st

from ringfence.proof import field, values
from ringfence.proof.box import Box, Limits, minus
from ringfence.proof.region import Region
from ringfence.proof.values import Values

LAST = 15
FIELDS = (field.STATE, field.CAST, field.LATER)
WORLD = list(product(*(range(1 << field.WIDTH[name]) for name in FIELDS)))
Packet = tuple[int, ...]


def members(of: Values) -> set[int]:
    return {number for first, last in of for number in range(first, last + 1)}


def packets(box: Box) -> set[Packet]:
    held = [members(box.at(name)) for name in FIELDS]
    return {one for one in WORLD if all(value in may for value, may in zip(one, held, strict=True))}


def canonical(of: Values) -> bool:
    """Tell whether spans are in order, not empty, disjoint and not adjacent."""
    return all(low <= high for low, high in of) and all(a[1] + 1 < b[0] for a, b in pairwise(of))


spans = st.tuples(st.integers(0, LAST), st.integers(0, LAST)).map(lambda two: (min(two), max(two)))
some = st.lists(spans, max_size=5).map(values.joined)


@st.composite
def boxes(draw: st.DrawFn) -> Box:
    limits = {}
    for name in draw(st.sets(st.sampled_from(FIELDS))):
        whole = st.integers(0, (1 << field.WIDTH[name]) - 1)
        limits[name] = values.exactly(*draw(st.sets(whole, min_size=1)))
    return Box(limits)


@dataclass(frozen=True)
class Bite:
    """A hole made of boxes."""

    taken: tuple[Box, ...]

    @property
    def needs(self) -> Limits:
        return {}

    def hits(self, box: Box) -> list[Box]:
        return [both for one in self.taken if (both := box.common(one)) is not None]


@given(st.lists(spans, max_size=6))
def test_joined_spans_hold_what_they_held(drawn: list[tuple[int, int]]) -> None:
    found = values.joined(drawn)
    assert canonical(found)
    assert members(found) == {number for one in drawn for number in members((one,))}


@given(some, some)
def test_sets_of_values_are_sets(one: Values, other: Values) -> None:
    for found, wanted in (
        (values.common(one, other), members(one) & members(other)),
        (values.without(one, other), members(one) - members(other)),
    ):
        assert canonical(found)
        assert members(found) == wanted
    assert values.within(one, other) is (members(one) <= members(other))


@given(st.integers(0, LAST), st.integers(0, 4))
def test_a_prefix_holds_what_begins_alike(value: int, length: int) -> None:
    wanted = {one for one in range(LAST + 1) if one >> (4 - length) == value >> (4 - length)}
    assert members(values.prefix(value, length, 4)) == wanted


@given(boxes(), boxes())
def test_boxes_are_sets_of_packets(one: Box, other: Box) -> None:
    both = one.common(other)
    assert (packets(both) if both else set()) == packets(one) & packets(other)
    assert one.meets(other) is bool(packets(one) & packets(other))
    assert one.within(other) is (packets(one) <= packets(other))


@given(boxes(), boxes())
def test_what_is_left_of_a_box_is_disjoint(one: Box, other: Box) -> None:
    pieces = [packets(piece) for piece in one.without(other)]
    assert all(pieces)
    assert sum(map(len, pieces)) == len(set().union(*pieces)) == len(packets(one) - packets(other))
    assert set().union(*pieces) == packets(one) - packets(other)


@given(boxes(), boxes(), st.sampled_from(FIELDS))
def test_given_and_free_change_one_field(one: Box, other: Box, name: str) -> None:
    place, held = FIELDS.index(name), other.at(name)
    may = {(*packet[:place], value, *packet[place + 1 :]) for packet in packets(one) for value in members(held)}
    assert packets(one.given(name, held)) == may
    freed = {(*packet[:place], value, *packet[place + 1 :]) for packet in packets(one) for value in range(8)}
    assert packets(one.free(name)) == freed & set(WORLD)


@given(boxes(), st.lists(st.lists(boxes(), max_size=2), max_size=3))
def test_a_region_is_its_box_without_its_holes(box: Box, holes: list[list[Box]]) -> None:
    wanted = packets(box) - {packet for hole in holes for one in hole for packet in packets(one)}
    region = Region(box, tuple(Bite(tuple(hole)) for hole in holes))
    pieces = [packets(piece) for piece in region.boxes()]
    assert set().union(*pieces) == wanted
    assert sum(map(len, pieces)) == len(wanted)
    assert set().union(*map(packets, minus([box], [one for hole in holes for one in hole]))) == wanted


@given(boxes(), st.lists(boxes(), max_size=2), boxes())
def test_a_region_within_a_box_is_what_both_hold(box: Box, hole: list[Box], other: Box) -> None:
    region = Region(box, (Bite(tuple(hole)),))
    inner = region.within(other)
    whole = set().union(*map(packets, region.boxes()))
    assert set().union(*map(packets, inner.boxes() if inner else [])) == whole & packets(other)
