# SPDX-License-Identifier: Apache-2.0
"""Layer-2 conduits with real frames: among guests, and over a wire to the devices of a bay."""

from __future__ import annotations

import struct
import time
from collections import defaultdict
from collections.abc import Iterator
from itertools import product
from typing import NamedTuple

import pytest
from tests.integration.fabric.frames import BROADCAST, mac
from tests.integration.fabric.stage import Stage
from tests.integration.fabric.troupe import Troupe, token, troupe
from tests.integration.fabric.yard import DEVICES, SWITCH, sent_into_yard, sh, space, yard
from tests.packets import bay
from tests.packets.frames import Passage, passages

from ringfence.base.ethertype import GOOSE, PROFINET, SAMPLED_VALUES

C_TAG, S_TAG, OLD_TAG = 0x8100, 0x88A8, 0x9100
PRIORITY = 4 << 13
TAGS: tuple[tuple[tuple[int, int], ...], ...] = (
    (),
    ((C_TAG, PRIORITY),),
    ((C_TAG, bay.VLAN),),
    ((C_TAG, PRIORITY | bay.VLAN),),
    ((C_TAG, bay.VLAN + 1),),
    ((S_TAG, 0),),
    ((S_TAG, bay.VLAN),),
    ((OLD_TAG, 0),),
    ((C_TAG, 0), (C_TAG, 0)),
    ((C_TAG, 0), (C_TAG, bay.VLAN)),
    ((C_TAG, bay.VLAN), (C_TAG, 0)),
    ((C_TAG, bay.VLAN), (C_TAG, bay.VLAN)),
    ((S_TAG, bay.VLAN), (C_TAG, bay.VLAN)),
)
KINDS = (GOOSE, PROFINET, SAMPLED_VALUES)
GROUPS = (*(bay.GROUP.format(number) for number in range(1, 6)), bay.MACS["plc-b"], bay.IDENTIFY, BROADCAST)
BPDU, LLDP = "01:80:c2:00:00:00", "01:80:c2:00:00:0e"
ALL_MACS = {**bay.MACS, **DEVICES}


class Sent(NamedTuple):
    """A frame: from whose port, in whose name, for whom. ``tags`` are type and value of each, outermost first."""

    place: str
    sender: str
    receiver: str
    kind: int
    tags: tuple[tuple[int, int], ...] = ()

    def frame(self, word: str) -> str:
        """Return it in hexadecimal, with a word in it."""
        heads = b"".join(struct.pack("!HH", *tag) for tag in self.tags)
        rest = heads + struct.pack("!H", self.kind) + word.encode().ljust(46, b"\0")
        return (mac(self.receiver) + mac(self.sender) + rest).hex()

    @property
    def vlan(self) -> int | None:
        """Return the VLAN that it belongs to, 0 for none; None where no conduit can name its tags."""
        match self.tags:
            case ():
                return 0
            case ((kind, value),) if kind == C_TAG:
                return value & 0xFFF
            case _:
                return None


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    site = bay.site()
    with yard(), Stage(site, bay.scope(), bindings=bay.bindings(site)).standing() as found:
        yield found


@pytest.fixture(scope="module")
def players(stage: Stage) -> Iterator[Troupe]:
    places = {name: (stage.scope.stub(name), ["eth0"]) for name in bay.HOMES}
    places |= {device: (space(device), ["eth0"]) for device in DEVICES}
    places["host"] = "", [stage.scope.link("bridge", zone) for zone in stage.site.zones]
    places["router"] = stage.scope.namespace, ["control"]
    with troupe(places) as found:
        yield found


def everything() -> list[Sent]:
    """Return frames of every kind, tag and receiver from every place, honest and in others' names."""
    found = []
    for place, own in ALL_MACS.items():
        others = [one for name, one in ALL_MACS.items() if name in {"relay", "ied-1", "plc-a"} and one != own]
        for sender, receiver, kind, tags in product((own, *others), GROUPS, KINDS, TAGS):
            found.append(Sent(place, sender, receiver, kind, tags))
    return found


def reached(declared: set[Passage], one: Sent) -> set[str]:
    """Return who may see a frame that a guest sent, or which guests may see one that a device sent."""
    guest = one.place in bay.HOMES
    if one.vlan is None or (guest and one.sender != bay.MACS[one.place]):
        return set()
    start = f"workload/{one.place}" if guest else "uplink/yard"
    found = {
        way.target for way in declared if way[0] == start and way[2:] == (one.kind, one.sender, one.receiver, one.vlan)
    }
    everybody = set(DEVICES) if "uplink/yard" in found else set()
    return everybody | {target.partition("/")[2] for target in found if target.startswith("workload/")}


def send(players: Troupe, frames: list[Sent]) -> dict[Sent, str]:
    """Send frames, each with a word of its own; return the words."""
    words = {one: token() for one in frames}
    orders: dict[str, list[str]] = defaultdict(list)
    for one, word in words.items():
        orders[one.place].append(one.frame(word))
    players.seen(0)
    players.each("send", {name: {"link": "eth0", "frames": found} for name, found in orders.items()})
    return words


def test_the_compiled_bay_is_what_is_observed(stage: Stage) -> None:
    assert stage.drift() == []


def test_exactly_the_declared_frames_arrive_with_their_tags(stage: Stage, players: Troupe) -> None:
    declared = passages(stage.site, stage.bindings)
    words, before = send(players, everything()), sent_into_yard()
    seen = players.seen(1)
    wanted: dict[str, set[str]] = defaultdict(set)
    for one, word in words.items():
        for name in reached(declared, one):
            wanted[name].add(word)
    from_guests = {word for one, word in words.items() if one.place in bay.HOMES}
    for name in bay.HOMES:
        assert set(seen[name]["tokens"]) == wanted[name], name
    for name in DEVICES:
        assert set(seen[name]["tokens"]) & from_guests == wanted[name], name
    assert all(wanted[name] for name in ("hmi", "relay", "third", "plc-b", "stranger"))
    assert not seen["host"]["tokens"]
    assert not seen["router"]["tokens"]
    tags = {(word, one.tags[0][1]) for one, word in words.items() if one.tags and one.vlan is not None}
    for name in bay.HOMES:
        assert {tuple(pair) for pair in seen[name]["tags"]} == {pair for pair in tags if pair[0] in wanted[name]}
    assert sent_into_yard() >= before
    assert players.seen(0.3)["ied-1"]["tokens"] == []


def test_only_declared_frames_leave_by_the_wire(stage: Stage, players: Troupe) -> None:
    before = sent_into_yard()
    frames = [one for one in everything() if one.place in bay.HOMES]
    words = send(players, frames)
    leaving = [one for one in words if "stranger" in reached(passages(stage.site, stage.bindings), one)]
    players.seen(0.5)
    assert sent_into_yard() - before == len(leaving) == 2  # with and without priority


def test_a_closed_conduit_lets_nothing_pass_until_the_next_apply(stage: Stage, players: Troupe) -> None:
    """Its sender may still say the same to others: another conduit shares that."""
    frame = Sent("relay", bay.MACS["relay"], GROUPS[0], GOOSE)
    stage.driver.close(stage.scope, stage.document("frames", "trip"))
    (word,) = send(players, [frame]).values()
    seen = players.seen(0.3)
    assert word not in seen["hmi"]["tokens"]
    assert word in seen["ied-1"]["tokens"]
    assert stage.drift() == ["Layer-2 conduit trip is missing."]
    stage.ensure(stage.changes())
    (word,) = send(players, [frame]).values()
    assert word in players.seen(0.3)["hmi"]["tokens"]


def test_frames_between_bridges_reach_nobody_and_close_no_port(stage: Stage, players: Troupe) -> None:
    """STP, LLDP and slow protocols, from guests and devices: nothing of them passes, and the wire stays open."""
    groups = (BPDU, "01:80:c2:00:00:01", "01:80:c2:00:00:02", "01:80:c2:00:00:03", LLDP)
    before = sent_into_yard()
    words = send(players, [Sent(place, own, one, 0x88CC) for place, own in ALL_MACS.items() for one in groups])
    bpdu = (
        mac(BPDU) + mac(DEVICES["stranger"]) + struct.pack("!H", 38) + bytes.fromhex("424203000000000000") + bytes(29)
    )
    players["stranger"].ask("send", link="eth0", frames=[bpdu.hex()] * 3)
    seen = players.seen(0.5)
    assert not any(set(seen[name]["tokens"]) & set(words.values()) for name in (*bay.HOMES, "host", "router"))
    assert sent_into_yard() == before
    assert stage.drift() == []


def test_a_wire_that_was_cut_carries_frames_again(stage: Stage, players: Troupe) -> None:
    both = [
        Sent("relay", bay.MACS["relay"], GROUPS[0], GOOSE),
        Sent("ied-1", bay.DEVICES["ied-1"], GROUPS[1], GOOSE),
    ]
    sh("ip link set plug down", within=SWITCH)
    first = set(send(players, both).values())
    seen = players.seen(0.3)
    assert not first & {*seen["ied-1"]["tokens"], *seen["relay"]["tokens"]}
    sh("ip link set plug up", within=SWITCH)
    until = time.monotonic() + 10
    while "state forwarding" not in sh(f"bridge link show dev {bay.WIRE}") and time.monotonic() < until:
        time.sleep(0.05)
    there, here = send(players, both).values()
    seen = players.seen(0.3)
    assert there in seen["ied-1"]["tokens"]
    assert here in seen["relay"]["tokens"]
    assert stage.drift() == []


EDITS = {
    "guest's port isolated again": ("bridge link set dev {relay} isolated on", "isolated"),
    "device's MAC not bound": ("bridge fdb del {ied} dev {wire} master static", "fdb"),
    "another MAC bound": ("bridge fdb add 02:00:5e:00:00:77 dev {wire} master static", "fdb"),
    "wire learns and floods": ("bridge link set dev {wire} learning on flood on", "flood"),
    "wire isolated": ("bridge link set dev {wire} isolated on", "isolated"),
    "wire without guard": ("bridge link set dev {wire} guard off", "bpdu_guard"),
    "wire off the bridge": ("ip link set dev {wire} nomaster", "master"),
    "wire down": ("ip link set dev {wire} down", "up"),
    "wire with IPv6": ("echo 0 >/proc/sys/net/ipv6/conf/{wire}/disable_ipv6", "disable_ipv6"),
    "wire with an address": ("ip address add 192.0.2.77/32 dev {wire}", "ipv4"),
    "wire unguarded": ("nft delete element bridge {table} wires '{{ \"{wire}\" }}'", "wires"),
    "wire nobody's": ("ip link set dev {wire} alias ''", "missing"),
    "passage more": ('nft add element bridge {table} frames \'{{ "{wire}" . "{relay}" . {frames} }}\'', "frames"),
    "passage owned": (
        'nft add element bridge {table} frames \'{{ "{wire}" . "{relay}" . {frames} comment "trip" }}\'',
        "0x88b8",
    ),
    "passage gone": ("nft flush set bridge {table} frames", "0x88b8"),
    "tagged passage gone": ("nft flush set bridge {table} frames_5", "VLAN 5"),
    "nothing to be said": ("nft flush set bridge {table} says", "0x88b8"),
    "rule gone": ("nft flush chain bridge {table} between", "between"),
    "set of another type": (
        (
            "nft flush chain bridge {table} between; nft delete set bridge {table} frames;"
            " nft add set bridge {table} frames '{{ type ifname . ifname; }}'"
        ),
        "frames",
    ),
    "bridge gone": ("ip link del dev {bridge}", "missing"),
}


@pytest.mark.parametrize("what", EDITS)
def test_a_change_by_hand_is_seen_and_put_right(stage: Stage, what: str) -> None:
    line, said = EDITS[what]
    words = {
        "relay": stage.document("port", "relay", "eth0").parts["name"],
        "bridge": stage.scope.link("bridge", "bay"),
        "wire": bay.WIRE,
        "ied": bay.DEVICES["ied-1"],
        "table": stage.scope.table,
        "frames": f"0x88b8 . {bay.DEVICES['ied-2']} . {GROUPS[1]}",
    }
    sh(line.format(**words))
    assert said in " ".join(stage.drift())
    for _ in range(2):
        stage.ensure(stage.changes())
    assert stage.drift() == []
