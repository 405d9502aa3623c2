# SPDX-License-Identifier: Apache-2.0
"""The law of relays: who gets a copy is named by a conduit, and who is named gets one, once, from its sender."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from ipaddress import ip_address

from hypothesis import given
from hypothesis import strategies as st
from tests import factory
from tests.packets.cases import PORTS, WORKLOADS, bind, compiled, gatherings
from tests.packets.declared import Cast, casts
from tests.packets.fabric import Fabric, read
from tests.packets.packet import Ip, Packet

from ringfence.compile.bindings import Bindings
from ringfence.compile.fabric.group_frame import group_mac
from ringfence.site.site import Site

EVERYBODY = ip_address("255.255.255.255")
GROUPS = ("239.1.1.1", "224.0.1.129", "239.9.9.9", "224.0.0.18", "ff05::1", "ff05::9", "ff02::12")
VRRP, HIGH = 112, 40_000


def addresses(bindings: Bindings, name: str) -> dict[int, Ip]:
    bound = bindings[name].interfaces["eth0"]
    return {one.version: one for one in (bound.ipv4, bound.ipv6) if one is not None}


def broadcasts(site: Site, name: str) -> set[Ip]:
    """Return what a workload may call everybody by."""
    net = site.zones[site.workloads[name].interfaces[0].zone].ipv4
    return {EVERYBODY, net.broadcast_address} if net else set()


def declared(site: Site, bindings: Bindings, packet: Packet, sender: str) -> set[Ip]:
    """Return the addresses of those who are to get a copy of an honest packet to many."""
    target = packet.target
    assert target is not None
    to = "" if target in broadcasts(site, sender) else str(target)
    protocol, port = ("vrrp", 0) if packet.protocol == VRRP else ("udp", packet.target_port)
    found = {one.member for one in casts(site, factory.NOW.date()) if one[:4] == (protocol, sender, to, port)}
    return {own[target.version] for name in found if target.version in (own := addresses(bindings, name))}


def honest(site: Site, bindings: Bindings, cast: Cast) -> Iterator[Packet]:
    """Yield the packets that a sender may say a cast with; none where it has no address of that version."""
    targets = {ip_address(cast.to)} if cast.to else broadcasts(site, cast.source)
    own, mac = addresses(bindings, cast.source), bindings[cast.source].interfaces["eth0"].mac
    for target in targets:
        if target.version in own:
            vrrp = cast.protocol == "vrrp"
            yield Packet(
                "ip" if target.version == 4 else "ip6",
                mac,
                own[target.version],
                target,
                VRRP if vrrp else "udp",
                None if vrrp else HIGH,
                None if vrrp else cast.port,
                hops=255 if vrrp else 1,
                cast="multicast" if cast.to else "broadcast",
                state="untracked",
            )


@st.composite
def packets(draw: st.DrawFn, site: Site, bindings: Bindings) -> tuple[str, Packet]:
    """Draw a workload's port and a frame to many that it might send, lies included."""
    sender, other = draw(st.sampled_from(WORKLOADS)), draw(st.sampled_from(WORKLOADS))
    pool = [ip_address(one) for one in GROUPS] + sorted(broadcasts(site, sender) | broadcasts(site, other))
    target = draw(st.sampled_from(pool))
    named: list[Cast] = sorted(one for one in casts(site, factory.NOW.date()) if one.source == sender)
    found = [packet for one in named for packet in honest(site, bindings, one)]
    as_declared = draw(st.booleans())
    if found and as_declared:
        return sender, replace(draw(st.sampled_from(found)), hops=draw(st.sampled_from((1, 2, 64, 254, 255))))
    speaker = draw(st.sampled_from((sender, sender, other)))
    protocol: str | int = draw(st.sampled_from(("udp", "udp", "tcp", str(VRRP))))
    protocol = VRRP if protocol == str(VRRP) else protocol
    ported = protocol != VRRP
    return sender, Packet(
        "ip" if target.version == 4 else "ip6",
        bindings[draw(st.sampled_from((sender, sender, other)))].interfaces["eth0"].mac,
        addresses(bindings, speaker).get(target.version, ip_address("10.91.1.99")),
        target,
        protocol,
        HIGH if ported else None,
        draw(st.sampled_from(PORTS)) if ported else None,
        hops=draw(st.sampled_from((1, 64, 255))),
        cast=draw(st.sampled_from(("host", "broadcast", "multicast"))),
        state="untracked",
    )


def is_honest(bindings: Bindings, sender: str, packet: Packet) -> bool:
    own = bindings[sender].interfaces["eth0"]
    return packet.ether_source == own.mac and packet.source in addresses(bindings, sender).values()


@given(gatherings(), st.data())
def test_whoever_gets_a_copy_is_named_and_gets_one(site: Site, data: st.DataObject) -> None:
    bindings = bind(site)
    fabric = read(compiled(site, bindings))
    for _ in range(12):
        sender, packet = data.draw(packets(site, bindings))
        copies, goes_on = fabric.copied(sender, packet)
        if not copies:
            continue
        assert not goes_on
        assert is_honest(bindings, sender, packet)
        assert packet.cast != "host"
        got = Counter(one.via for one in copies)
        assert max(got.values()) == 1
        assert set(got) <= declared(site, bindings, packet, sender)
        for one in copies:
            assert (one.source, one.protocol, one.target_port) == (packet.source, packet.protocol, packet.target_port)
            assert one.hops == (255 if packet.hops == 255 else max(1, packet.hops - 1))
            assert one.oif == fabric.way(one.via) if one.via else False


@given(gatherings())
def test_whoever_is_named_gets_a_copy_in_a_frame_to_many(site: Site) -> None:
    bindings = bind(site)
    fabric = read(compiled(site, bindings))
    homes = {own: name for name in WORKLOADS for own in addresses(bindings, name).values()}
    for cast in casts(site, factory.NOW.date()):
        for packet in honest(site, bindings, cast):
            copies, goes_on = fabric.copied(cast.source, packet)
            wanted = declared(site, bindings, packet, cast.source)
            assert {one.via for one in copies} == wanted
            assert goes_on is not bool(wanted)
            for one in copies:
                assert one.via is not None
                received(site, fabric, homes[one.via], one)


def received(site: Site, fabric: Fabric, member: str, copy: Packet) -> None:
    frame = fabric.handed(fabric.ports[member], copy)
    assert frame is not None
    target = frame.target
    assert target is not None
    if target.is_multicast:
        assert frame.ether_target == group_mac(target)
    else:
        assert target in broadcasts(site, member)
        assert frame.ether_target == "ff:ff:ff:ff:ff:ff"


@given(gatherings(), st.data())
def test_what_nobody_relays_goes_on_to_the_router_s_rules(site: Site, data: st.DataObject) -> None:
    bindings = bind(site)
    fabric = read(compiled(site, bindings))
    for _ in range(8):
        sender, packet = data.draw(packets(site, bindings))
        wanted = declared(site, bindings, packet, sender) if is_honest(bindings, sender, packet) else set()
        copies, goes_on = fabric.copied(sender, packet)
        if not wanted:
            assert copies == []
            assert goes_on is fabric.leaves(sender, packet)
            assert not fabric.delivered(sender, packet)
            assert not fabric.into_router(sender, packet)
