# SPDX-License-Identifier: Apache-2.0
"""What a hostile guest sends by hand: lies about who it is, protocols nobody declared, the host and the router."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from ipaddress import IPv6Address, ip_address

import pytest
from tests.integration.fabric import frames
from tests.integration.fabric.stage import Stage
from tests.integration.fabric.troupe import Troupe, token
from tests.packets.declared import address

OPEN_PORT = 48102
"""Where the host and the router themselves listen, so that silence means something."""
NOBODY = "0.0.0.0"  # noqa: S104 - who has no address yet
QUIET_S = 0.6


@pytest.fixture(scope="module")
def troupe(stage: Stage) -> Iterator[Troupe]:
    with stage.played("router", "host") as found:
        found.serve((*stage.site.workloads, "router", "host"), tcp=(OPEN_PORT,), udp=(OPEN_PORT,))
        yield found


class Guest:
    """Everything that plc-north, the hostile one, knows and could learn."""

    def __init__(self, stage: Stage) -> None:
        self.name, self.peer, self.stage = "plc-north", "plc-south", stage
        self.mac = stage.bindings[self.name].interfaces["eth0"].mac
        self.peer_mac = stage.bindings[self.peer].interfaces["eth0"].mac
        self.ip4, self.ip6 = (address(stage.bindings, self.name, version) for version in (4, 6))
        self.peer4, self.peer6 = (address(stage.bindings, self.peer, version) for version in (4, 6))
        link = stage.document("link", "field").parts
        self.gateway_mac, self.bridge_mac = link["router/mac"], link["bridge/mac"]
        zone = stage.site.zones["field"]
        self.gateway4, self.gateway6 = str(zone.gateway4), str(zone.gateway6)


@pytest.fixture(scope="module")
def guest(stage: Stage) -> Guest:
    return Guest(stage)


def plain(me: Guest, word: bytes) -> dict[str, str]:
    """Frames that are a guest's good right, and must get as far as the router's leg."""
    asks, probes = (me.mac, me.ip4), (me.mac, NOBODY)
    unknown = ("00:00:00:00:00:00", me.peer4)
    return {
        "datagram": frames.ether(me.mac, me.gateway_mac, 0x0800, frames.udp(me.ip4, me.gateway4, (9, 9), word)),
        "datagram6": frames.ether(me.mac, me.gateway_mac, 0x86DD, frames.udp(me.ip6, me.gateway6, (9, 9), word)),
        "arp": frames.ether(me.mac, frames.BROADCAST, 0x0806, frames.arp(1, asks, unknown, word)),
        "conflict probe": frames.ether(me.mac, frames.BROADCAST, 0x0806, frames.arp(1, probes, unknown, word)),
        "announcement": frames.ether(me.mac, frames.BROADCAST, 0x8035, frames.arp(3, asks, asks, word)),
        "error": frames.ether(me.mac, me.gateway_mac, 0x0800, error(me, me.ip4, word)),
        "error6": frames.ether(me.mac, me.gateway_mac, 0x86DD, error(me, me.ip6, word)),
        "neighbour": frames.ether(me.mac, frames.ALL_NODES, 0x86DD, advert(me, me.ip6, me.mac, word)),
        "dhcp": frames.ether(me.mac, frames.BROADCAST, 0x0800, asking(me.mac, word)),
    }


def asking(link: str, word: bytes) -> bytes:
    return frames.udp(NOBODY, "255.255.255.255", (68, 67), frames.dhcp_discover(link) + word)


def error(me: Guest, about: str, word: bytes) -> bytes:
    """Return a message that a packet from the gateway to ``about`` could not be delivered."""
    near, far = (me.ip6, me.gateway6) if ":" in about else (me.ip4, me.gateway4)
    lost = frames.udp(far, about, (OPEN_PORT, 9), word)
    if ":" in about:
        return frames.icmp6(near, far, 1, bytes(4) + lost)
    body = b"\x03\x03" + bytes(6) + lost
    return frames.ip(near, far, 1, body[:2] + frames.checksum(body).to_bytes(2, "big") + body[4:])


def advert(me: Guest, target: str, link: str, word: bytes) -> bytes:
    rest = bytes(4) + IPv6Address(target).packed + frames.target_link(2, link) + word
    return frames.icmp6(me.ip6, "ff02::1", 136, rest)


def hostile(me: Guest, word: bytes) -> dict[str, str]:
    """Frames that must reach nobody."""
    good = frames.udp(me.ip4, me.gateway4, (9, 9), word)
    lies4 = frames.udp(me.peer4, me.gateway4, (9, 9), word)
    lies6 = frames.udp(me.peer6, me.gateway6, (9, 9), word)
    to = me.gateway_mac
    unknown = ("00:00:00:00:00:00", me.peer4)
    router = frames.icmp6(me.ip6, "ff02::1", 134, bytes(12) + word)
    redirect = frames.icmp6(me.ip6, me.peer6, 137, bytes(36) + word)
    return {
        "error about another's packet": frames.ether(me.mac, to, 0x0800, error(me, me.peer4, word)),
        "error about another's packet6": frames.ether(me.mac, to, 0x86DD, error(me, me.peer6, word)),
        "DHCP for the peer": frames.ether(me.mac, frames.BROADCAST, 0x0800, asking(me.peer_mac, word)),
        "DHCP without a message": frames.ether(
            me.mac, frames.BROADCAST, 0x0800, frames.udp(NOBODY, "255.255.255.255", (68, 67), word)
        ),
        "DHCP relay": frames.ether(me.mac, to, 0x0800, frames.udp(me.ip4, me.gateway4, (67, 67), word)),
        "unknown EtherType": frames.ether(me.mac, to, 0x88B5, word),
        "unknown EtherType to all": frames.ether(me.mac, frames.BROADCAST, 0x88B5, word),
        "GOOSE": frames.ether(me.mac, "01:0c:cd:01:00:01", 0x88B8, word),
        "PROFINET": frames.ether(me.mac, me.peer_mac, 0x8892, word),
        "bridge protocol": frames.ether(me.mac, "01:80:c2:00:00:00", len(word), b"\x42\x42\x03" + word),
        "LLDP": frames.ether(me.mac, "01:80:c2:00:00:0e", 0x88CC, word),
        "priority tag": frames.ether(me.mac, to, 0x8100, frames.tagged(0xE000, 0x0800, good)),
        "VLAN tag": frames.ether(me.mac, to, 0x8100, frames.tagged(5, 0x0800, good)),
        "two tags": frames.ether(me.mac, to, 0x88A8, frames.tagged(5, 0x8100, frames.tagged(6, 0x0800, good))),
        "tagged ARP": frames.ether(
            me.mac, to, 0x8100, frames.tagged(0, 0x0806, frames.arp(1, (me.mac, me.ip4), unknown, word))
        ),
        "peer's MAC": frames.ether(me.peer_mac, to, 0x0800, good),
        "gateway's MAC": frames.ether(me.gateway_mac, frames.BROADCAST, 0x0800, good),
        "peer's IPv4": frames.ether(me.mac, to, 0x0800, lies4),
        "gateway's IPv4": frames.ether(me.mac, to, 0x0800, frames.udp(me.gateway4, me.ip4, (9, 9), word)),
        "no IPv4": frames.ether(me.mac, to, 0x0800, frames.udp(NOBODY, me.gateway4, (9, 9), word)),
        "peer's IPv6": frames.ether(me.mac, to, 0x86DD, lies6),
        "link-local speech": frames.ether(me.mac, to, 0x86DD, frames.udp("fe80::9", me.gateway6, (9, 9), word)),
        "ARP for the gateway": frames.ether(
            me.mac, frames.BROADCAST, 0x0806, frames.arp(2, (me.mac, me.gateway4), unknown, word)
        ),
        "ARP for the peer": frames.ether(
            me.mac, to, 0x0806, frames.arp(1, (me.mac, me.peer4), (to, me.gateway4), word)
        ),
        "ARP with the peer's MAC": frames.ether(
            me.mac, to, 0x0806, frames.arp(2, (me.peer_mac, me.ip4), (to, me.gateway4), word)
        ),
        "ARP of another form": frames.ether(me.mac, to, 0x0806, b"\x00\x06" + bytes(26) + word),
        "neighbour's advertisement": frames.ether(me.mac, frames.ALL_NODES, 0x86DD, advert(me, me.peer6, me.mac, word)),
        "gateway's advertisement": frames.ether(
            me.mac, frames.ALL_NODES, 0x86DD, advert(me, me.gateway6, me.mac, word)
        ),
        "router advertisement": frames.ether(me.mac, frames.ALL_NODES, 0x86DD, router),
        "redirect": frames.ether(me.mac, me.peer_mac, 0x86DD, redirect),
        "DHCP answer": frames.ether(me.mac, me.peer_mac, 0x0800, frames.udp(me.ip4, me.peer4, (67, 68), word)),
        "DHCPv6 answer": frames.ether(me.mac, me.peer_mac, 0x86DD, frames.udp(me.ip6, me.peer6, (547, 546), word)),
        "straight to the peer": frames.ether(
            me.mac, me.peer_mac, 0x0800, frames.udp(me.ip4, me.peer4, (5000, 5000), word)
        ),
        "straight to the host": frames.ether(
            me.mac, me.bridge_mac, 0x0800, frames.udp(me.ip4, "10.0.0.1", (9, OPEN_PORT), word)
        ),
    }


def test_honest_frames_reach_the_router(stage: Stage, troupe: Troupe, guest: Guest) -> None:
    words = {name: token() for name in plain(guest, b"")}
    sent = [plain(guest, words[name].encode())[name] for name in words]
    troupe.seen(0)
    troupe[guest.name].ask("send", link="eth0", frames=sent)
    got = troupe["router"].ask("seen", seconds=QUIET_S)["tokens"]
    assert [name for name, word in words.items() if word not in got] == []


def test_hostile_frames_reach_nobody(stage: Stage, troupe: Troupe, guest: Guest) -> None:
    words = {name: token() for name in hostile(guest, b"")}
    sent = [hostile(guest, words[name].encode())[name] for name in words]
    before = stage.driver.denied(stage.scope)
    troupe.seen(0)
    troupe[guest.name].ask("send", link="eth0", frames=sent)
    seen = troupe.seen(QUIET_S)
    got = {
        (who, name) for who, seen_there in seen.items() for name, word in words.items() if word in seen_there["tokens"]
    }
    assert got == set()
    after = stage.driver.denied(stage.scope)
    risen = {reason for reason, packets in after.items() if packets > before[reason]}
    assert risen >= {
        "other_protocol",
        "spoofed_mac",
        "spoofed_ip",
        "spoofed_arp",
        "spoofed_nd",
        "spoofed_error",
        "rogue_server",
    }


def test_a_guest_speaks_to_no_address_of_host_and_router(stage: Stage, troupe: Troupe, guest: Guest) -> None:
    addresses = [*host_addresses(), *(str(one) for zone in stage.site.zones.values() for one in gateways(zone))]
    targets = [[one, OPEN_PORT] for one in addresses]
    troupe.seen(0)
    assert len(addresses) > 10
    inside = ["nsenter", f"--net=/run/netns/{stage.scope.namespace}", "ss", "-Hltn"]
    assert f":{OPEN_PORT}" in subprocess.run(inside, capture_output=True, text=True, check=True).stdout
    assert not any(troupe[guest.name].ask("connect", targets=targets, seconds=1.5))
    assert troupe[guest.name].ask("ask", targets=[[*one, token()] for one in targets], seconds=1) == []
    assert troupe[guest.name].ask("ping", targets=[[one, token()] for one in addresses], seconds=1) == []
    assert troupe["host"].ask("seen", seconds=0)["tokens"] == []


def test_only_the_router_claims_addresses_and_never_the_asker_s_own(stage: Stage, troupe: Troupe, guest: Guest) -> None:
    others = [str(stage.site.zones["dmz"].gateway4), *(one for one in host_addresses() if ":" not in one)]
    asked = [guest.gateway4, guest.peer4, guest.ip4, *others]
    requests = [
        frames.ether(
            guest.mac, frames.BROADCAST, 0x0806, frames.arp(1, (guest.mac, guest.ip4), ("00:00:00:00:00:00", one))
        )
        for one in asked
    ]
    troupe.seen(0)
    troupe[guest.name].ask("send", link="eth0", frames=requests)
    heard = troupe[guest.name].ask("seen", seconds=QUIET_S)["heard"]
    claims = {value for word, value in heard if word == "claim"}
    assert claims == {f"{guest.gateway4} {guest.gateway_mac}", f"{guest.peer4} {guest.gateway_mac}"}


def test_addresses_are_handed_out_to_the_bound_mac(stage: Stage, troupe: Troupe, guest: Guest) -> None:
    discover = frames.udp(NOBODY, "255.255.255.255", (68, 67), frames.dhcp_discover(guest.mac))
    solicit = frames.udp(own_link_local(stage, guest), "ff02::1:2", (546, 547), frames.dhcp6_solicit(guest.mac))
    routers = frames.icmp6(own_link_local(stage, guest), "ff02::2", 133, bytes(4))
    sent = [
        frames.ether(guest.mac, frames.BROADCAST, 0x0800, discover),
        frames.ether(guest.mac, "33:33:00:01:00:02", 0x86DD, solicit),
        frames.ether(guest.mac, "33:33:00:00:00:02", 0x86DD, routers),
    ]
    troupe.seen(0)
    troupe[guest.name].ask("send", link="eth0", frames=sent)
    heard = troupe[guest.name].ask("seen", seconds=2)["heard"]
    assert ["offer", guest.ip4] in heard
    assert any(word == "offer6" and ip_address(guest.ip6).packed.hex() in value for word, value in heard)
    adverts = [bytes.fromhex(value) for word, value in heard if word == "advert"]
    assert adverts
    prefixes = [option for advert in adverts for option in options(advert[16:]) if option[0] == 3]
    assert prefixes
    assert all(not option[3] & 0x80 for option in prefixes)  # off-link: peers are reached through the router


def options(data: bytes) -> Iterator[bytes]:
    while data and data[1]:
        yield data[: data[1] * 8]
        data = data[data[1] * 8 :]


def own_link_local(stage: Stage, guest: Guest) -> str:
    shown = subprocess.run(
        ["ip", "-n", stage.scope.stub(guest.name), "-j", "-6", "address", "show", "scope", "link"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    return next(str(one["local"]) for link in json.loads(shown) for one in link.get("addr_info", ()) if "local" in one)


def host_addresses() -> list[str]:
    shown = subprocess.run(["ip", "-j", "address", "show"], capture_output=True, text=True, check=True).stdout
    found = [str(one["local"]) for link in json.loads(shown) for one in link["addr_info"] if "local" in one]
    return [one for one in found if not one.startswith(("127.", "::1", "fe80"))]


def gateways(zone: object) -> list[object]:
    return [getattr(zone, name) for name in ("gateway4", "gateway6")]
