# SPDX-License-Identifier: Apache-2.0
"""The law of claims: what the declaration is read to let is exactly what packets do in the compiled fabric."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace
from ipaddress import ip_address

from hypothesis import given
from hypothesis import strategies as st
from tests import factory
from tests.packets.cases import WORKLOADS, bind, compiled, gatherings, sites
from tests.packets.declared import casts
from tests.packets.fabric import Fabric, read
from tests.packets.numbers import inside, packet_in
from tests.packets.packet import Packet
from tests.property import test_packets, test_relays

from ringfence.app.claims import claims
from ringfence.compile.bindings import Bindings
from ringfence.proof.flow import Claim
from ringfence.site.site import Site


def claimed(site: Site, bindings: Bindings) -> tuple[Claim, ...]:
    return claims(site, frozenset(site.workloads), bindings, factory.scope(site=site.name), factory.NOW)


def allows(known: Collection[Claim], source: str, target: str, packet: Packet) -> bool:
    return any(one.source == source and one.target == target and inside(one.box, packet) for one in known)


def place(name: str) -> str:
    return f"workload/{name}/eth0"


def holder(bindings: Bindings, packet: Packet) -> str | None:
    """Return who has a packet's target."""
    return next((name for name in WORKLOADS if packet.target in test_packets.addresses(bindings, name).values()), None)


def drawn(
    data: st.DataObject, site: Site, bindings: Bindings, known: Collection[Claim]
) -> Iterator[tuple[str, Packet]]:
    """Yield frames of ports: any, what guests say to be found, and such as a claim has, with its source's MAC."""
    yield from (data.draw(test_packets.packets(site, bindings)) for _ in range(4))
    for name in WORKLOADS:
        for packet in test_packets.spoken(site, bindings, name):
            yield name, packet
            yield data.draw(st.sampled_from(WORKLOADS)), packet
    ours = [one for one in known if one.source.startswith("workload/")]
    for _ in range(8):
        one = data.draw(st.sampled_from(ours))
        found = packet_in(one.box, lambda edges: data.draw(st.sampled_from(edges)))
        for packet in (found,) if found is not None else ():
            sender = one.source.split("/")[1]
            mac = test_packets.mac(bindings, sender)
            yield sender, replace(packet, ether_source=packet.ether_source or mac)
            yield data.draw(st.sampled_from(WORKLOADS)), replace(packet, ether_source=mac)
            if packet.source is not None:
                lies = [own for name in WORKLOADS for own in test_packets.addresses(bindings, name).values()]
                same = [own for own in lies if own.version == packet.source.version] or [packet.source]
                yield sender, replace(packet, ether_source=mac, source=data.draw(st.sampled_from(same)))


def guarded(known: Collection[Claim], site: Site, name: str, packet: Packet) -> bool:
    leg = f"leg/{site.workloads[name].interfaces[0].zone}"
    return allows(known, place(name), leg, packet)


def judge(fabric: Fabric, site: Site, bindings: Bindings, known: Collection[Claim], name: str, packet: Packet) -> None:
    guard = guarded(known, site, name, packet)
    assert fabric.leaves(name, packet) is guard
    other = holder(bindings, packet)
    answers_nothing = packet.state == "new" and packet.direction == "reply"  # which no packet can be
    if other is not None and other != name and packet.state != "related" and not answers_nothing:
        assert fabric.delivered(name, packet) is (guard and allows(known, place(name), place(other), packet))
    zone = site.zones[site.workloads[name].interfaces[0].zone]
    if packet.kind != "arp" and packet.state != "related" and (packet.kind == "ip" or zone.ipv6):
        assert fabric.into_router(name, packet) is (guard and allows(known, place(name), "router", packet))


@given(sites(), st.data())
def test_packets_from_ports_do_what_is_claimed(site: Site, data: st.DataObject) -> None:
    bindings = bind(site)
    fabric, known = read(compiled(site, bindings)), claimed(site, bindings)
    for name, packet in drawn(data, site, bindings, known):
        judge(fabric, site, bindings, known, name, packet)


@given(sites(), st.data())
def test_the_router_says_what_is_claimed(site: Site, data: st.DataObject) -> None:
    bindings = bind(site)
    fabric, known = read(compiled(site, bindings)), claimed(site, bindings)
    ours = [one for one in known if one.source == "router"]
    for _ in range(20):
        one = data.draw(st.sampled_from(ours))
        name = data.draw(st.sampled_from(WORKLOADS))
        packet = packet_in(one.box, lambda edges: data.draw(st.sampled_from(edges)))
        if packet is not None and packet.state != "related":
            packet = replace(packet, uid=data.draw(st.sampled_from((packet.uid, packet.uid, 0))))
            leg = fabric.legs[fabric.homes[fabric.ports[name]]]
            own = packet.target in test_packets.addresses(bindings, name).values()
            if own or not str(packet.target).startswith(("10.91", "fd91")):
                said = fabric.out_of_router(replace(packet, oif=leg))
                zone = site.zones[site.workloads[name].interfaces[0].zone]
                if packet.kind == "ip" or zone.ipv6:
                    assert said is allows(known, "router", place(name), packet)


@given(gatherings(), st.data())
def test_who_gets_a_copy_is_claimed(site: Site, data: st.DataObject) -> None:
    bindings = bind(site)
    fabric, known = read(compiled(site, bindings)), claimed(site, bindings)
    for _ in range(12):
        sender, packet = data.draw(test_relays.packets(site, bindings))
        copies, _ = fabric.copied(sender, packet)
        got = {(one.via, str(one.target)) for one in copies}
        for name in WORKLOADS:
            own = test_packets.addresses(bindings, name)
            for target in {str(packet.target), *map(str, test_relays.broadcasts(site, name))}:
                as_got = replace(packet, target=ip_address(target))
                found = {to for via, to in got if via in own.values()}
                if copies and target in found:
                    assert allows(known, place(sender), place(name), as_got)


@given(gatherings())
def test_whoever_is_claimed_to_get_a_copy_gets_one(site: Site) -> None:
    bindings = bind(site)
    fabric, known = read(compiled(site, bindings)), claimed(site, bindings)
    found = set()
    for cast in casts(site, factory.NOW.date()):
        for packet in test_relays.honest(site, bindings, cast):
            copies, _ = fabric.copied(cast.source, packet)
            found |= {(cast.source, one.via, one.target, one.protocol, one.target_port) for one in copies}
    homes = {own: name for name in WORKLOADS for own in test_packets.addresses(bindings, name).values()}
    wanted = set(many(known))
    assert {(sender, homes[via], target, what, port) for sender, via, target, what, port in found if via} == wanted


def many(known: Collection[Claim]) -> Iterator[tuple[str, str, object, object, int | None]]:
    """Yield every claim about a copy, once for each port."""
    for one in known:
        packet = packet_in(one.box, min)
        to_many = packet is not None and packet.target is not None and ("TARGET" not in one.box.limits)
        is_copy = one.owner.startswith("conduit/") and "ct state" not in one.box.limits
        if packet is not None and to_many and is_copy:
            ends = one.source.split("/")[1], one.target.split("/")[1]
            spans = one.box.limits.get("th dport")
            for port in [None] if spans is None else [port for first, last in spans for port in range(first, last + 1)]:
                yield (*ends, packet.target, packet.protocol, port)
