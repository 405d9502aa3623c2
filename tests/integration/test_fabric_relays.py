# SPDX-License-Identifier: Apache-2.0
"""What is said to many, with real packets: exactly the named members get a copy, once, whole, from its sender."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv4Address, ip_address

import pytest
from tests.integration.fabric import frames
from tests.integration.fabric.stage import Stage
from tests.integration.fabric.troupe import Troupe, token
from tests.packets import gathering
from tests.packets.declared import address
from tests.packets.gathering import BACNET, CHATTER, HOMES, IO, IO_GROUP, TELEMETRY, TELEMETRY_GROUP

from ringfence.compile.fabric.group_frame import group_mac
from ringfence.compile.fabric.names import gateway_mac
from ringfence.plan.change import Change

EVERYBODY = "255.255.255.255"
ALL = "ff:ff:ff:ff:ff:ff"
SETTLE_S = 0.4
OTHER_GROUP = "239.192.1.8"
VRRP, VRRP_GROUP = 112, "224.0.0.18"


@dataclass
class Gathering:
    """The site's fabric with an agent in place of each workload."""

    stage: Stage
    troupe: Troupe

    def say(self, name: str, port: int, target: str, size: int = 60, hops: int = 1) -> str:
        word = token()
        self.troupe[name].ask("cast", port=port, target=target, token=word, size=size, hops=hops)
        return word

    def frame(self, name: str, target: str, packet: bytes) -> None:
        kind = {4: 0x0800, 6: 0x86DD}[packet[0] >> 4]
        whole = frames.ether(self.mac(name), target, kind, packet)
        self.troupe[name].ask("send", link="eth0", frames=[whole])

    def copies(self, word: str) -> dict[str, list[tuple[str, str, str, int]]]:
        """Return what reached whom: MAC, sender, target and hops of each frame with the token, by name."""
        return self.heard(word)[0]

    def heard(self, word: str) -> tuple[dict[str, list[tuple[str, str, str, int]]], dict[str, list[tuple[int, str]]]]:
        """Return frames, and what programs were told (size, sender), by name."""
        found = self.troupe.each("copies", {name: {"seconds": SETTLE_S} for name in self.troupe.actors})
        copies = {name: [tuple(one[1:]) for one in said["copies"] if one[0] == word] for name, said in found.items()}
        told = {
            name: [(size, who) for one, size, who in said["told"] if one == word and who not in self.addresses(name)]
            for name, said in found.items()
        }
        return ({n: one for n, one in copies.items() if one}, {n: one for n, one in told.items() if one})

    def addresses(self, name: str) -> set[str]:
        """Return a workload's addresses: its kernel gives what it says to many to its own programs as well."""
        return {self.own(name, version) for version in (4, 6)} if name in HOMES else set()

    def own(self, name: str, version: int = 4) -> str:
        return address(self.stage.bindings, name, version)

    def mac(self, name: str) -> str:
        return self.stage.bindings[name].interfaces["eth0"].mac

    def everybody(self, name: str) -> str:
        """Return the broadcast address of a workload's zone."""
        net = self.stage.site.zones[HOMES[name]].ipv4
        assert net is not None
        return str(net.broadcast_address)

    def counted(self) -> int:
        """Return how many packets were relayed since the table stands."""
        words = ["nsenter", f"--net=/run/netns/{self.stage.scope.namespace}", "nft", "-j", "list", "counters", "table"]
        said = subprocess.run([*words, "ip", self.stage.scope.table], capture_output=True, check=True).stdout
        return sum(one["counter"]["packets"] for one in json.loads(said)["nftables"] if "counter" in one)


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    with Stage(gathering.site("t-relays"), gathering.scope("t-relays")).standing() as found:
        yield found


@pytest.fixture(scope="module")
def playing(stage: Stage) -> Iterator[Troupe]:
    with stage.played("host") as found:
        for port, groups in (
            (BACNET, []),
            (CHATTER, []),
            (IO, [IO_GROUP, OTHER_GROUP]),
            (IO + 1, [IO_GROUP]),
            (TELEMETRY, [TELEMETRY_GROUP]),
        ):
            found.each("listen", {name: {"port": port, "groups": groups, "links": ["eth0"]} for name in HOMES})
        yield found


@pytest.fixture
def gathered(stage: Stage, playing: Troupe) -> Gathering:
    playing.each("copies", {name: {"seconds": 0} for name in playing.actors})
    return Gathering(stage, playing)


def test_the_compiled_relays_are_what_is_observed(stage: Stage) -> None:
    assert stage.drift() == []


@pytest.mark.parametrize("limited", [False, True])
def test_a_broadcast_reaches_exactly_the_named_members(gathered: Gathering, limited: bool) -> None:
    it, members = gathered, ("plc-a", "plc-b", "station")
    word = it.say("scada", BACNET, EVERYBODY if limited else it.everybody("scada"), hops=64)
    copies, told = it.heard(word)
    there = {name: EVERYBODY if limited else it.everybody(name) for name in members}
    assert copies == {name: [(ALL, it.own("scada"), there[name], 63)] for name in members}
    assert told == {name: [(60, it.own("scada"))] for name in members}


def test_a_group_reaches_exactly_the_named_members(gathered: Gathering) -> None:
    it, members = gathered, ("scada", "guest")
    copies, told = it.heard(it.say("plc-a", IO, IO_GROUP))
    mac = group_mac(IPv4Address(IO_GROUP))
    assert copies == {name: [(mac, it.own("plc-a"), IO_GROUP, 1)] for name in members}
    assert told == {name: [(60, it.own("plc-a"))] for name in members}


def test_a_group_of_ipv6_reaches_exactly_the_named_members(gathered: Gathering) -> None:
    it, members = gathered, ("plc-a", "station")
    copies, told = it.heard(it.say("plc-b", TELEMETRY, TELEMETRY_GROUP))
    mac = group_mac(ip_address(TELEMETRY_GROUP))
    assert copies == {name: [(mac, it.own("plc-b", 6), TELEMETRY_GROUP, 1)] for name in members}
    assert told == {name: [(60, it.own("plc-b", 6))] for name in members}


@pytest.mark.parametrize(
    ("name", "port", "target"),
    [
        ("plc-b", IO, IO_GROUP),
        ("plc-a", IO, OTHER_GROUP),
        ("plc-a", IO + 1, IO_GROUP),
        ("plc-a", IO, EVERYBODY),
        ("scada", IO, IO_GROUP),
        ("plc-c", BACNET, EVERYBODY),
        ("guest", BACNET, EVERYBODY),
        ("plc-c", TELEMETRY, TELEMETRY_GROUP),
    ],
)
def test_nothing_undeclared_reaches_anybody(gathered: Gathering, name: str, port: int, target: str) -> None:
    assert gathered.heard(gathered.say(name, port, target, hops=8)) == ({}, {})


def test_nobody_speaks_to_many_in_another_s_name(gathered: Gathering) -> None:
    it, word = gathered, token()
    packet = frames.udp(it.own("plc-a"), IO_GROUP, (IO, IO), word.encode())
    for name in ("plc-b", "scada", "guest"):
        it.frame(name, group_mac(IPv4Address(IO_GROUP)), packet)
    # To the router alone, so that nobody's switch would have carried it to many.
    it.frame("plc-a", gateway_mac(it.stage.scope.site, "control"), packet)
    assert it.copies(word) == {}
    it.frame("plc-a", group_mac(IPv4Address(IO_GROUP)), packet)
    assert it.copies(word).keys() == {"scada", "guest"}


def test_who_is_and_i_am_make_the_round(gathered: Gathering) -> None:
    it = gathered
    asked = it.say("scada", BACNET, it.everybody("scada"), hops=64)
    assert it.heard(asked)[1].keys() == {"plc-a", "plc-b", "station"}
    to_all = it.say("plc-a", BACNET, it.everybody("plc-a"), hops=64)
    assert it.heard(to_all)[1] == {"scada": [(60, it.own("plc-a"))]}
    to_one = it.say("plc-b", BACNET, it.own("scada"), hops=64)
    assert it.heard(to_one)[1] == {"scada": [(60, it.own("plc-b"))]}
    assert it.heard(it.say("plc-b", BACNET, it.own("station"), hops=64)) == ({}, {})


@pytest.mark.parametrize(
    ("name", "port", "target", "members"),
    [
        ("scada", BACNET, EVERYBODY, {"plc-a", "plc-b", "station"}),
        ("plc-a", IO, IO_GROUP, {"scada", "guest"}),
        ("plc-b", TELEMETRY, TELEMETRY_GROUP, {"plc-a", "station"}),
    ],
)
@pytest.mark.parametrize("size", [1472, 1473, 9000, 60_000])
def test_what_comes_in_fragments_arrives_whole(
    gathered: Gathering, name: str, port: int, target: str, members: set[str], size: int
) -> None:
    it = gathered
    version = 6 if ":" in target else 4
    told = it.heard(it.say(name, port, target, size=size))[1]
    assert told == {member: [(size, it.own(name, version))] for member in members}


@pytest.mark.parametrize(("hops", "arrives"), [(1, 1), (2, 1), (3, 2), (64, 63), (254, 253), (255, 255)])
def test_hops_count_as_behind_a_router_and_never_run_out(gathered: Gathering, hops: int, arrives: int) -> None:
    for name, port, target in (("plc-a", IO, IO_GROUP), ("plc-b", TELEMETRY, TELEMETRY_GROUP)):
        found = gathered.copies(gathered.say(name, port, target, hops=hops))
        assert {copy[3] for copies in found.values() for copy in copies} == {arrives}


def test_a_redundant_pair_hears_each_other_with_255_hops(gathered: Gathering) -> None:
    it, mac = gathered, group_mac(IPv4Address(VRRP_GROUP))
    for name, other in (("plc-a", "plc-b"), ("plc-b", "plc-a")):
        word = token()
        advert = frames.ip(it.own(name), VRRP_GROUP, VRRP, b"\x31\x07\x64\x01" + word.encode(), hops=255)
        it.frame(name, mac, advert)
        assert it.copies(word) == {other: [(mac, it.own(name), VRRP_GROUP, 255)]}
    for name, hops in (("plc-c", 255), ("plc-a", 254)):
        word = token()
        it.frame(name, mac, frames.ip(it.own(name), VRRP_GROUP, VRRP, word.encode(), hops=hops))
        assert it.copies(word) == {}


@pytest.mark.parametrize("version", [4, 6])
def test_a_pair_s_unicast_announcements_arrive_with_255_hops(gathered: Gathering, version: int) -> None:
    it = gathered
    for name, other in (("scada", "station"), ("station", "scada"), ("scada", "plc-a")):
        word = token()
        advert = frames.ip(it.own(name, version), it.own(other, version), VRRP, word.encode(), hops=255)
        it.frame(name, gateway_mac(it.stage.scope.site, HOMES[name]), advert)
        arrived = [(target, hops) for _, _, target, hops in it.copies(word).get(other, [])]
        assert arrived == ([(it.own(other, version), 255)] if other != "plc-a" else [])


def test_zones_that_relay_to_each_other_make_no_storm(gathered: Gathering) -> None:
    it = gathered
    for zone, others in (("control", "supervision"), ("supervision", "control")):
        for name in (one for one, home in HOMES.items() if home == zone):
            before = it.counted()
            copies = it.copies(it.say(name, CHATTER, EVERYBODY, hops=255))
            assert {who: len(found) for who, found in copies.items()} == {
                one: 1 for one, home in HOMES.items() if home == others
            }
            assert it.counted() - before == 1


def test_a_conduit_is_closed_at_once_and_the_others_members_stay(gathered: Gathering) -> None:
    it = gathered
    document = it.stage.document("relay", "who-is")
    it.stage.driver.close(it.stage.scope, document)
    # Conduit who-is-too names plc-a as well.
    assert it.copies(it.say("scada", BACNET, EVERYBODY)).keys() == {"plc-a", "station"}
    assert it.copies(it.say("plc-b", BACNET, EVERYBODY)) == {}
    it.stage.ensure([Change(None, document)])
    assert it.copies(it.say("scada", BACNET, EVERYBODY)).keys() == {"plc-a", "plc-b", "station"}
    assert it.stage.drift() == []
