# SPDX-License-Identifier: Apache-2.0
"""What can happen against what may: equal, or the smallest packet, the rule and the rest by cause."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringfence.compile.document import Document, Kind
from ringfence.proof import field
from ringfence.proof.box import Box, Limits
from ringfence.proof.compare import compare
from ringfence.proof.difference import difference
from ringfence.proof.flow import Claim, Door, Flow, Place, Reach, Unread
from ringfence.proof.line import line_of
from ringfence.proof.packet import alone, smallest
from ringfence.proof.region import Region
from ringfence.proof.values import Values, between, exactly
from ringfence.proof.wording import told

A, B, C = "workload/a/eth0", "workload/b/eth0", "workload/c/eth0"
TABLE = "host/server1/live/table/router"
POLL = Place("host/server1/live/conduit/poll", "element/c4_field/10.0.0.1 . 10.0.0.2 . tcp . 502")
ACCEPT = Place(TABLE, "rule/leg_field/original")


class Hole:
    """What an earlier rule took."""

    def __init__(self, box: Box) -> None:
        self.box = box

    @property
    def needs(self) -> Limits:
        return self.box.limits

    def hits(self, box: Box) -> Iterable[Box]:
        both = box.common(self.box)
        return () if both is None else (both,)


def tcp(ports: Values, source: int = 0x0A000001, target: int = 0x0A000002) -> Box:
    return Box(
        {
            field.PROTOCOL: exactly(field.IP4),
            field.SOURCE4: exactly(source),
            field.TARGET4: exactly(target),
            field.PROTO: exactly(field.TCP),
            field.DPORT: ports,
            field.STATE: exactly(field.NEW, field.ESTABLISHED),
            field.DIRECTION: exactly(field.ORIGINAL),
        }
    )


def flow(box: Box, *path: Place, holes: tuple[Box, ...] = (), source: str = A, target: str = B) -> Flow:
    return Flow(source, target, Region(box, tuple(Hole(one) for one in holes)), path)


def claim(box: Box, owner: str = "conduit/poll", source: str = A, target: str = B, *, optional: bool = False) -> Claim:
    return Claim(owner, source, target, box, optional)


def test_what_is_declared_and_happens_is_proven() -> None:
    reach = Reach((flow(tcp(exactly(502)), POLL), flow(tcp(exactly(503)), POLL)))
    verdict = compare(reach, [claim(tcp(between(502, 503)))])
    assert (verdict.word, verdict.flows, verdict.claims) == ("proven", 2, 1)


def test_one_port_more_is_the_smallest_packet_with_the_element_that_lets_it() -> None:
    verdict = compare(Reach((flow(tcp(between(500, 510)), ACCEPT, POLL),)), [claim(tcp(exactly(*range(501, 511))))])
    (found,) = verdict.undeclared
    assert verdict.word == "wrong"
    assert found.rule == POLL
    assert told(found.packet, found.source, found.target) == (
        "IPv4 TCP from 10.0.0.1 (workload/a/eth0) port 1024 to 10.0.0.2 (workload/b/eth0) port 500, "
        "the first of a connection"
    )


def test_what_earlier_rules_took_is_no_counter_example() -> None:
    wide, took = tcp(between(500, 510)), tcp(exactly(500))
    assert compare(Reach((flow(wide, POLL, holes=(took,)),)), [claim(tcp(between(501, 510)))]).word == "proven"
    verdict = compare(Reach((flow(wide, POLL, holes=(tcp(exactly(500, 505)),)),)), [claim(tcp(between(501, 510)))])
    assert [(one.owner, one.packet[field.DPORT]) for one in verdict.unreachable] == [("conduit/poll", 505)]


def test_a_rule_that_no_declared_packet_passes_by_is_to_blame() -> None:
    hole = Place(TABLE, "rule/forward/mine")
    fine = flow(tcp(exactly(502)), ACCEPT, POLL)
    leaks = flow(tcp(exactly(22)), ACCEPT, hole, POLL)
    (found,) = compare(Reach((fine, leaks)), [claim(tcp(exactly(502)))]).undeclared
    assert found.rule == hole


def test_one_rule_has_one_counter_example_however_much_it_lets() -> None:
    hole = Place(TABLE, "rule/forward/mine")
    leaks = [flow(tcp(exactly(port), source=port), hole, source=f"workload/w{port}/eth0") for port in range(1, 100)]
    (found,) = compare(Reach(tuple(leaks)), ()).undeclared
    assert found.source == "workload/w1/eth0"
    assert len(found.more) == 98


def test_a_claim_is_missing_with_its_owner_unless_it_only_permits() -> None:
    known = [claim(tcp(exactly(502))), claim(tcp(exactly(1)), "standing/x", optional=True)]
    verdict = compare(Reach(()), [*known, claim(tcp(exactly(502)), target=C)])
    (found,) = verdict.unreachable
    assert (found.owner, found.source, found.target, found.more) == ("conduit/poll", A, B, ((A, C),))


def test_a_state_that_no_packet_can_be_in_is_not_missed() -> None:
    untracked = Box({**tcp(exactly(502)).limits, field.STATE: exactly(field.UNTRACKED)})
    assert compare(Reach(()), [claim(untracked)]).word == "proven"


def test_doors_are_undeclared_or_missing() -> None:
    disk, seed = Door("disk", A, B, "/srv/x"), Door("seed", A, B, "/srv/y", owner="workload/a")
    verdict = compare(Reach((), (disk,)), (), (seed,))
    assert (verdict.word, verdict.doors, verdict.missing) == ("wrong", (disk,), (seed,))
    assert compare(Reach((), (disk,)), (), (disk, seed)).word == "proven"


def test_what_is_not_understood_is_never_proven() -> None:
    unread = Unread(ACCEPT, "frobnicate", "not known")
    assert compare(Reach((), (), (unread,)), ()).word == "unproven"
    assert compare(Reach((flow(tcp(exactly(1))),), (), (unread,)), ()).word == "wrong"


numbers = st.sets(st.integers(1, 12), min_size=1).map(lambda found: exactly(*found))
boxes = st.builds(tcp, numbers, st.integers(1, 3), st.integers(1, 3))


@given(st.lists(st.tuples(boxes, st.lists(boxes, max_size=2)), max_size=12), st.lists(boxes, max_size=12))
def test_the_comparison_finds_exactly_the_packets_that_differ(
    flows: list[tuple[Box, list[Box]]], claims: list[Box]
) -> None:
    """Against a world of 108 packets, tried one by one."""
    verdict = compare(Reach(tuple(flow(box, holes=tuple(holes)) for box, holes in flows)), map(claim, claims))
    every = [tcp(exactly(port), one, two) for port in range(1, 13) for one in (1, 2, 3) for two in (1, 2, 3)]
    can = [one for one in every if any(b.meets(one) and not any(h.meets(one) for h in holes) for b, holes in flows)]
    may = [one for one in every if any(box.meets(one) for box in claims)]
    more, less = [one for one in can if one not in may], [one for one in may if one not in can]
    assert bool(verdict.undeclared) is bool(more)
    assert bool(verdict.unreachable) is bool(less)
    for found, there in ((verdict.undeclared, more), (verdict.unreachable, less)):
        assert all(any(alone(one.packet).within(box) for box in there) for one in found)


@given(boxes)
def test_the_smallest_packet_lies_in_its_box_and_is_one(box: Box) -> None:
    packet = smallest(box)
    assert packet.keys() == box.limits.keys()
    assert alone(packet).within(box)


@pytest.mark.parametrize(
    ("limits", "words"),
    [
        (
            {field.PROTOCOL: field.ARP, field.ARP_OPERATION: 1, field.ARP_SOURCE: 1, field.ARP_TARGET: 2},
            f"ARP request from {A} as 0.0.0.1 to {B} for 0.0.0.2",
        ),
        (
            {field.PROTOCOL: 0x88B8, field.ETHER_TARGET: 0x010CCD010001, field.TAG: field.TAGGED, field.VLAN: 5},
            f"EtherType 0x88b8 from {A} to 01:0c:cd:01:00:01 ({B}), in VLAN 5",
        ),
        (
            {field.PROTOCOL: field.IP6, field.PROTO: field.ICMP6, field.TYPE: 128, field.TARGET6: 1},
            f"IPv6 ICMPv6 echo request from {A} to ::1 ({B})",
        ),
        (
            {field.PROTOCOL: field.IP4, field.PROTO: field.UDP, field.SPORT: 53, field.STATE: 1, field.DIRECTION: 1},
            f"IPv4 UDP from {A} port 53 to {B}, an answer",
        ),
        ({}, f"A frame from {A} to {B}"),
    ],
)
def test_packets_in_words(limits: dict[str, int], words: str) -> None:
    assert told(limits, A, B) == words


def test_a_part_is_found_in_the_artifacts_body() -> None:
    body = (
        "add table inet t\n"
        'add rule inet t forward counter comment "count"\n'
        'add rule inet t forward accept comment "mine"\n'
        "add element inet t c4 { 10.0.0.1 . 502 : accept, 10.0.0.11 . 502 : accept }\n"
    )
    parts = {"rule/forward/mine": "accept", "element/c4/10.0.0.11 . 502": "accept", "bridge/stp": "0"}
    document = {TABLE: Document(TABLE, Kind.TABLE, parts, body)}
    assert [line_of(document, Place(TABLE, key)).number for key in parts] == [3, 4, 0]
    assert line_of(document, Place(TABLE, "element/c4/10.0.0.11 . 502")).text == "c4 { 10.0.0.11 . 502 : accept }"
    assert line_of({}, Place(TABLE, "rule/forward/mine")).number == 0


def test_a_difference_tells_what_opens_and_what_stops() -> None:
    before = Reach((flow(tcp(between(1, 3)), POLL), flow(tcp(exactly(9)), POLL, target=C)), (Door("disk", A, B, "x"),))
    after = Reach((flow(tcp(between(2, 4)), POLL), flow(tcp(exactly(9)), POLL, target=C)), (Door("usb", A, B, "y"),))
    found = difference(before, after)
    assert [(one.source, one.target, one.service) for one in found.opens] == [(A, B, "tcp/4")]
    assert [one.service for one in found.closes] == ["tcp/1"]
    assert [one.kind for one in (*found.doors_open, *found.doors_close)] == ["usb", "disk"]
    assert found.whole
    assert not difference(before, before)
