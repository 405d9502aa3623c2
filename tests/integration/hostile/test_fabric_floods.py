# SPDX-License-Identifier: Apache-2.0
"""A guest that wears the router out, or speaks to its address service in another's name."""

from __future__ import annotations

import json
import socket
import struct
import subprocess
from collections.abc import Iterator
from ipaddress import IPv6Address
from pathlib import Path

import pytest
from tests.integration.fabric import frames
from tests.integration.fabric.stage import Stage
from tests.integration.fabric.troupe import Troupe
from tests.integration.test_fabric_guests import NOBODY, Guest, own_link_local

DISCOVER, DECLINE, RELEASE = 1, 4, 7
SOLICIT6, DECLINE6 = 1, 9
MANY = 3000
FEW = 300
"""More than the guard lets pass in a few seconds, and far less than the host's table of neighbours holds (1024)."""


@pytest.fixture(scope="module")
def troupe(stage: Stage) -> Iterator[Troupe]:
    with stage.played() as found:
        yield found


@pytest.fixture(scope="module")
def guest(stage: Stage) -> Guest:
    return Guest(stage)


def dhcp(link: str, kind: int, *options: tuple[int, bytes], relay: str = NOBODY) -> bytes:
    """Return a DHCP message of a client, with the broadcast flag."""
    head = struct.pack("!BBBBIHH", 1, 1, 6, 0, 0x1234, 0, 0x8000) + bytes(12) + socket.inet_aton(relay)
    tail = b"".join(bytes((code, len(value))) + value for code, value in ((53, bytes((kind,))), *options))
    return head + frames.mac(link) + bytes(10 + 192) + b"\x63\x82\x53\x63" + tail + b"\xff"


def broadcast(link: str, message: bytes) -> str:
    datagram = frames.udp(NOBODY, "255.255.255.255", (68, 67), message)
    return frames.ether(link, frames.BROADCAST, 0x0800, datagram)


def dhcp6(kind: int, link: str, address: str | None = None) -> bytes:
    """Return a DHCPv6 message with a DUID-LL and one IA_NA that holds ``address``."""
    duid = struct.pack("!HH", 3, 1) + frames.mac(link)
    held = struct.pack("!HH", 5, 24) + IPv6Address(address).packed + struct.pack("!II", 60, 60) if address else b""
    ia = struct.pack("!HHIII", 3, 12 + len(held), 7, 0, 0) + held
    return bytes((kind, 0, 0x12, 0x34)) + struct.pack("!HH", 1, len(duid)) + duid + ia


def offered(troupe: Troupe, guest: Guest) -> bool:
    """Tell whether the peer is offered its own address."""
    troupe.seen(0)
    troupe[guest.peer].ask("send", link="eth0", frames=[broadcast(guest.peer_mac, dhcp(guest.peer_mac, DISCOVER))])
    return ["offer", guest.peer4] in troupe[guest.peer].ask("seen", seconds=1.5)["heard"]


def test_nobody_declines_or_releases_another_s_address(stage: Stage, troupe: Troupe, guest: Guest) -> None:
    server = (54, socket.inet_aton(guest.gateway4))
    wanted = (50, socket.inet_aton(guest.peer4))
    assert offered(troupe, guest)
    lies = [dhcp(guest.peer_mac, kind, server, wanted) for kind in (DECLINE, RELEASE)]
    lies.append(dhcp(guest.peer_mac, DECLINE, server, wanted, relay=guest.ip4))
    again = [frames.udp(guest.ip4, guest.gateway4, (port, 67), one) for one in lies for port in (68, 67)]
    sent = [broadcast(guest.mac, one) for one in lies]
    sent += [frames.ether(guest.mac, guest.gateway_mac, 0x0800, one) for one in again]
    before = stage.driver.denied(stage.scope)
    troupe[guest.name].ask("send", link="eth0", frames=sent)
    assert offered(troupe, guest)
    after = stage.driver.denied(stage.scope)
    assert after["spoofed_mac"] + after["rogue_server"] >= before["spoofed_mac"] + before["rogue_server"] + len(sent)


def test_nobody_declines_another_s_ipv6_address(stage: Stage, troupe: Troupe, guest: Guest) -> None:
    local = own_link_local(stage, guest)
    words = [
        frames.udp(local, "ff02::1:2", (546, 547), dhcp6(DECLINE6, link, guest.peer6))
        for link in (guest.mac, guest.peer_mac)
    ]
    before = stage.driver.denied(stage.scope)["given_back"]
    sent = [frames.ether(guest.mac, "33:33:00:01:00:02", 0x86DD, one) for one in words]
    troupe[guest.name].ask("send", link="eth0", frames=sent)
    peer = Guest(stage)
    peer.name = guest.peer
    solicit = frames.udp(own_link_local(stage, peer), "ff02::1:2", (546, 547), dhcp6(SOLICIT6, guest.peer_mac))
    troupe.seen(0)
    asked = frames.ether(guest.peer_mac, "33:33:00:01:00:02", 0x86DD, solicit)
    troupe[guest.peer].ask("send", link="eth0", frames=[asked])
    heard = troupe[guest.peer].ask("seen", seconds=2)["heard"]
    assert any(word == "offer6" and IPv6Address(guest.peer6).packed.hex() in value for word, value in heard)
    assert stage.driver.denied(stage.scope)["given_back"] == before + 2


def test_one_guest_does_not_fill_the_host_s_table_of_neighbours(stage: Stage, troupe: Troupe, guest: Guest) -> None:
    """The kernel has one table for all namespaces: a full one also cuts the host off from its own network."""

    def solicit(number: int) -> str:
        rest = bytes(4) + IPv6Address("fe80::1").packed + frames.target_link(1, guest.mac)
        packet = frames.icmp6(f"fe80::bad:{number:x}", "ff02::1:ff00:1", 135, rest)
        return frames.ether(guest.mac, "33:33:ff:00:00:01", 0x86DD, packet)

    before = stage.driver.denied(stage.scope)["flood"]
    for start in range(0, MANY, 500):
        troupe[guest.name].ask("send", link="eth0", frames=[solicit(one) for one in range(start, start + 500)])
    shown = ["ip", "-n", stage.scope.namespace, "-j", "-6", "neighbour", "show"]
    known = json.loads(subprocess.run(shown, capture_output=True, text=True, check=True).stdout)
    assert len([one for one in known if one["dst"].startswith("fe80::bad:")]) < FEW
    assert stage.driver.denied(stage.scope)["flood"] > before + MANY - FEW


def test_one_guest_s_questions_keep_no_other_from_an_address(stage: Stage, troupe: Troupe, guest: Guest) -> None:
    flood = [broadcast(guest.mac, dhcp(guest.mac, DISCOVER))] * 500
    for _ in range(4):
        troupe[guest.name].ask("send", link="eth0", frames=flood)
    assert offered(troupe, guest)


def test_guests_write_nothing_into_the_host_s_memory(stage: Stage, troupe: Troupe, guest: Guest) -> None:
    folder = Path("/run/ringfence", stage.scope.site, stage.scope.fabric)
    before = {path.name: path.stat().st_size for path in folder.iterdir()}
    selectors = [dhcp(guest.mac, DISCOVER, (118, bytes((9, 9, 9, number)))) for number in range(80)]
    troupe[guest.name].ask("send", link="eth0", frames=[broadcast(guest.mac, one) for one in selectors])
    troupe.rest(0.5, guest.name)
    assert {path.name: path.stat().st_size for path in folder.iterdir()} == before
