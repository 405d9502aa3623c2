# SPDX-License-Identifier: Apache-2.0
"""The law of the fabric: what passes is named by a conduit or a probe, and what is declared passes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from ipaddress import ip_address

from hypothesis import given
from hypothesis import strategies as st
from tests import factory
from tests.packets.cases import PORTS, WORKLOADS, bind, compiled, sites
from tests.packets.declared import Talk, talks
from tests.packets.fabric import read
from tests.packets.packet import Ip, Packet

from ringfence.compile.bindings import Bindings
from ringfence.compile.prober import PROBE_UID
from ringfence.site.site import Site

NOBODY = "0.0.0.0"  # noqa: S104 - who has no address yet
HIGH = 40_000
KINDS = {4: "ip", 6: "ip6"}
PINGS = {4: "icmp", 6: "ipv6-icmp"}


def addresses(bindings: Bindings, name: str) -> dict[int, Ip]:
    (bound,) = bindings[name].interfaces.values()
    return {one.version: one for one in (bound.ipv4, bound.ipv6) if one is not None}


def mac(bindings: Bindings, name: str) -> str:
    return bindings[name].interfaces["eth0"].mac


def opening(site: Site, bindings: Bindings, talk: Talk) -> Packet | None:
    """Return the first packet of a conversation; None where an end has no address of that version."""
    ends = [addresses(bindings, name).get(talk.version) for name in (talk.source, talk.target)]
    if ends[0] is None or ends[1] is None:
        return None
    ping = talk.protocol == "ping"
    source, target = ends
    return Packet(
        KINDS[talk.version],
        mac(bindings, talk.source),
        source,
        target,
        PINGS[talk.version] if ping else talk.protocol,
        None if ping else HIGH,
        None if ping else talk.port,
        icmp="echo-request" if ping else None,
    )


def declared(site: Site) -> set[Talk]:
    """Return what may be opened now: neither dormant nor closed by expiry."""
    left = {
        name: one
        for name, one in site.conduits.items()
        if not (one.on_expiry == "close" and one.expires and one.expires < factory.NOW.date())
    }
    return talks(replace(site, conduits=left))


def named(site: Site, bindings: Bindings) -> set[tuple[Ip, Ip, str | int, int | None]]:
    """Return every declared opening as addresses, protocol and port."""
    packets = (opening(site, bindings, talk) for talk in declared(site))
    found = ((one.source, one.target, one.protocol, one.target_port) for one in packets if one)
    return {(s, t, p, port) for s, t, p, port in found if s and t and p}


def peers(site: Site, bindings: Bindings, packet: Packet) -> bool:
    """Tell whether a packet stays in a zone whose peers may all talk."""
    zones = [
        site.workloads[name].interfaces[0].zone
        for end in (packet.source, packet.target)
        for name in WORKLOADS
        if end in addresses(bindings, name).values()
    ]
    if packet.target and len(zones) == 1:  # an address of the zone that nobody has
        home = site.zones[zones[0]]
        return home.peers == "open" and any(net and packet.target in net for net in (home.ipv4, home.ipv6))
    return len(zones) == 2 and zones[0] == zones[1] and site.zones[zones[0]].peers == "open"


@st.composite
def packets(draw: st.DrawFn, site: Site, bindings: Bindings) -> tuple[str, Packet]:
    """Draw a workload's port and a frame it might send, lies included."""
    version = draw(st.sampled_from((4, 6)))
    pool = [one for name in WORKLOADS for v, one in addresses(bindings, name).items() if v == version]
    strange = {4: (NOBODY, "10.91.1.1", "10.91.2.200", "255.255.255.255"), 6: ("::", "fe80::1", "fd91:0:0:2::200")}
    pool += [ip_address(text) for text in strange[version]]
    sender = draw(st.sampled_from(WORKLOADS))
    protocol = draw(st.sampled_from(("tcp", "udp", PINGS[version])))
    ping = protocol == PINGS[version]
    types = st.sampled_from(("echo-request", "echo-reply", "destination-unreachable", "nd-router-advert"))
    near, far = draw(st.sampled_from(((HIGH, None), (None, HIGH), (None, None))))
    packet = Packet(
        KINDS[version],
        mac(bindings, draw(st.sampled_from((sender, sender, sender, *WORKLOADS)))),
        draw(st.sampled_from(pool)),
        draw(st.sampled_from(pool)),
        protocol,
        None if ping else near or draw(st.sampled_from(PORTS)),
        None if ping else far or draw(st.sampled_from(PORTS)),
        icmp=draw(types) if ping else None,
        state=draw(st.sampled_from(("new", "established", "invalid", "untracked"))),
        direction=draw(st.sampled_from(("original", "reply"))),
    )
    return sender, packet


@given(sites(), st.data())
def test_every_packet_that_passes_is_named(site: Site, data: st.DataObject) -> None:
    bindings = bind(site)
    fabric, allowed = read(compiled(site, bindings)), named(site, bindings)
    for _ in range(25):
        sender, packet = data.draw(packets(site, bindings))
        if fabric.delivered(sender, packet):
            it = packet if packet.direction == "original" else packet.reversed
            assert packet.ether_source == mac(bindings, sender)
            assert packet.source in addresses(bindings, sender).values()
            assert packet.state in {"new", "established"}
            assert (it.source, it.target, it.protocol, it.target_port) in allowed or peers(site, bindings, packet)
            assert peers(site, bindings, packet) or packet.icmp in {
                None,
                "echo-request" if packet.direction == "original" else "echo-reply",
            }


@given(sites())
def test_every_declared_conversation_passes_both_ways(site: Site) -> None:
    bindings = bind(site)
    fabric = read(compiled(site, bindings))
    for talk in declared(site):
        first = opening(site, bindings, talk)
        if first is not None:
            answer = replace(first.reversed, ether_source=mac(bindings, talk.target))
            assert fabric.delivered(talk.source, first)
            assert fabric.delivered(talk.source, replace(first, state="established"))
            assert fabric.delivered(talk.target, answer)


@given(sites(), st.data())
def test_nothing_but_answers_to_probes_reaches_the_router(site: Site, data: st.DataObject) -> None:
    bindings = bind(site)
    fabric = read(compiled(site, bindings))
    asked = {
        (address, probe.port)
        for name in WORKLOADS
        for probe in site.workloads[name].probes
        for address in addresses(bindings, name).values()
    }
    for _ in range(15):
        sender, packet = data.draw(packets(site, bindings))
        if fabric.into_router(sender, packet):
            assert (packet.direction, packet.protocol) == ("reply", "tcp")
            assert (packet.source, packet.source_port) in asked
        assert not fabric.into_host(fabric.ports[sender], packet)


@given(sites())
def test_the_router_speaks_to_probed_ports_only_and_as_the_prober_only(site: Site) -> None:
    bindings = bind(site)
    fabric = read(compiled(site, bindings))
    for name in WORKLOADS:
        zone = site.zones[site.workloads[name].interfaces[0].zone]
        gateways = {4: zone.gateway4, 6: zone.gateway6}
        for (version, address), port in ((pair, port) for pair in addresses(bindings, name).items() for port in PORTS):
            question = Packet(KINDS[version], "", gateways[version], address, "tcp", HIGH, port, uid=PROBE_UID)
            probed = port in {probe.port for probe in site.workloads[name].probes}
            assert fabric.out_of_router(question) is probed
            assert not fabric.out_of_router(replace(question, uid=0))
            assert not fabric.out_of_router(replace(question, uid=None))
            assert fabric.out_of_router(replace(question, uid=None, state="established")) is probed
            answer = replace(question.reversed, ether_source=mac(bindings, name))
            assert fabric.into_router(name, answer) is probed


@given(sites())
def test_ports_are_isolated_and_frames_between_them_dropped(site: Site) -> None:
    bindings = bind(site)
    fabric = read(compiled(site, bindings))
    assert fabric.isolated == set(fabric.ports.values())
    for near, far in ((near, far) for near in WORKLOADS for far in WORKLOADS if near != far):
        frame = Packet("ip", mac(bindings, near), iif=fabric.ports[near], oif=fabric.ports[far])
        assert fabric.guard.verdict("forward", frame) == "drop"


def spoken(site: Site, bindings: Bindings, name: str) -> Iterator[Packet]:
    """Yield what every guest has to be able to say, to get addresses and to be found."""
    own = mac(bindings, name)
    for version, address in addresses(bindings, name).items():
        if version == 4:
            yield Packet("arp", own, arp=("request", own, address))
            yield Packet("arp", own, arp=("request", own, ip_address(NOBODY)))
        else:
            local = ip_address("fe80::77")
            for source, kind in (
                (address, "advert"),
                (local, "advert"),
                (local, "solicit"),
                (ip_address("::"), "solicit"),
            ):
                target = int(address) if kind == "advert" and source == address else int(local)
                yield Packet(
                    "ip6",
                    own,
                    source,
                    ip_address("ff02::1"),
                    "ipv6-icmp",
                    icmp=f"nd-neighbor-{kind}",
                    nd_target=target,
                    hops=255,
                )


@given(sites())
def test_guests_may_make_themselves_known_and_nobody_else(site: Site) -> None:
    bindings = bind(site)
    fabric = read(compiled(site, bindings))
    for name in WORKLOADS:
        for packet in spoken(site, bindings, name):
            assert fabric.leaves(name, packet)
            for other in set(WORKLOADS) - {name}:
                assert not fabric.leaves(other, packet)
                lie = replace(packet, ether_source=mac(bindings, other))
                if packet.arp or packet.source in addresses(bindings, name).values():
                    assert not fabric.leaves(other, lie)
