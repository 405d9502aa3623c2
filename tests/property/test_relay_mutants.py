# SPDX-License-Identifier: Apache-2.0
"""Every rule, element and policy by which something is relayed is taken away or turned round once, and it is noticed.

What it need not notice is listed with the reason.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import replace
from ipaddress import ip_address
from itertools import product

import pytest
from tests import factory
from tests.packets import gathering
from tests.packets.fabric import Fabric, read
from tests.packets.gathering import BACNET, CHATTER, HOMES, IO, IO_GROUP, TELEMETRY_GROUP
from tests.packets.mutants import changes
from tests.packets.packet import Packet
from tests.packets.walk import Walker
from tests.unit.compile.test_relays import bind

from ringfence.compile.fabric import fabric_artifacts

VRRP, HIGH = 112, 40_000
EQUIVALENT = (
    (r"\w+ rule \w+ count", "counts and goes on"),
    (r"ip rule arriving queries", "no switch asks here; test_casts.py asks as one does"),
    (r"ip6 rule arriving broadcast", "IPv6 has no broadcasts"),
    (r"ip rule vrrp4_\w+ prepare", "VRRP comes with 255 hops or not at all"),
    (r"guard element casts4 \(IPv4Address\('10.91.3.255'\),\)", "nobody there is spoken to as everybody"),
)
"""Mutants that change nothing that anybody gets, and why."""
SITE = gathering.site()
BINDINGS = bind(SITE)
Answer = tuple[object, ...]


@pytest.fixture(scope="module")
def whole() -> Fabric:
    return fabric()


def fabric() -> Fabric:
    made = fabric_artifacts(SITE, frozenset(SITE.workloads), BINDINGS, gathering.scope(), factory.NOW)
    return read([one.document for one in made])


def questions() -> Iterator[tuple[str, Packet]]:
    """Yield who says what to many: honest and not, with few hops and many."""
    ways = ((1, ""), (255, ""), (1, "host"))
    for name, place in zip(HOMES, (1, 1, 1, 2, 2, 3), strict=True):
        own = BINDINGS[name].interfaces["eth0"]
        spoken = [
            *product(("ip",), ("255.255.255.255", f"10.91.{place}.255", IO_GROUP), (BACNET, IO, CHATTER), ways),
            *product(("ip6",), (TELEMETRY_GROUP,), (4839, 4840, 4843, 4844), ways),
        ]
        for kind, text, port, (hops, cast) in spoken:
            target = ip_address(text)
            said = cast or ("multicast" if target.is_multicast else "broadcast")
            source = own.ipv4 if kind == "ip" else own.ipv6
            yield (
                name,
                Packet(kind, own.mac, source, target, "udp", HIGH, port, hops=hops, cast=said, state="untracked"),
            )
        advert = Packet("ip", own.mac, own.ipv4, ip_address("224.0.0.18"), VRRP, cast="multicast", state="untracked")
        yield from ((name, replace(advert, hops=hops)) for hops in (254, 255))


def answer(fabric_: Fabric, name: str, packet: Packet) -> Answer:
    """Return everything that becomes of a frame."""
    copies, goes_on = fabric_.copied(name, packet)
    homes = {own: who for who in HOMES for own in (four_and_six(who))}
    handed = [fabric_.handed(fabric_.ports[homes[one.via]], one) for one in copies if one.via]
    return (goes_on, *sorted(str(one) for one in (*copies, *handed)))


def four_and_six(name: str) -> tuple[object, object]:
    own = BINDINGS[name].interfaces["eth0"]
    return own.ipv4, own.ipv6


def routed() -> Iterator[Packet]:
    """Yield announcements to one other, on their way through the router."""
    for kind, hops in product(("ip", "ip6"), (253, 254)):
        yield Packet(kind, protocol=VRRP, hops=hops)
        yield Packet(kind, protocol="udp", hops=hops)


def answers(fabric_: Fabric) -> Iterator[Answer]:
    for name, packet in questions():
        yield answer(fabric_, name, packet)
    for packet in routed():
        yield fabric_.relays[packet.kind].run("forward", packet)


def mutants(fabric_: Fabric) -> Iterator[tuple[str, Fabric]]:
    for family in fabric_.relays:
        for what, change in changes(fabric_.relays[family].ruleset):
            ruleset = deepcopy(fabric_.relays[family].ruleset)
            change(ruleset)
            yield f"{family} {what}", replace(fabric_, relays={**fabric_.relays, family: Walker(ruleset)})
    for table, pattern in (("router", r"(rule output copies|element copies .*)"), ("guard", r".*casts.*")):
        for what, change in changes(getattr(fabric_, table).ruleset):
            if re.fullmatch(pattern, what):
                ruleset = deepcopy(getattr(fabric_, table).ruleset)
                change(ruleset)
                made = replace(fabric_)
                setattr(made, table, Walker(ruleset))
                yield f"{table} {what}", made


def needless(what: str) -> bool:
    return any(re.fullmatch(pattern, what) for pattern, _ in EQUIVALENT)


@pytest.mark.slow
def test_every_mutant_of_a_relay_is_noticed(whole: Fabric) -> None:
    expected = list(answers(whole))
    survivors = [
        what
        for what, fabric_ in mutants(whole)
        if not needless(what) and all(one == other for one, other in zip(answers(fabric_), expected, strict=True))
    ]
    assert not survivors, "\n".join(survivors)
