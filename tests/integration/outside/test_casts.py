# SPDX-License-Identifier: Apache-2.0
"""What is said to many crosses an uplink to exactly the members that a conduit names, and the plant's switches know."""

from __future__ import annotations

import socket
import struct
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from examples.outside.frames import IPV4, Recorder
from examples.outside.lan import CARD, Device, Lan
from examples.outside.space import Space
from tests.integration.fabric.stage import Stage

from ringfence.compile.scope import Endpoints, Scope
from ringfence.site.loader import load

SITE = Path(__file__).with_name("casts.yaml")
GROUP, VALUES, BACNET = "239.192.7.7", 2222, 47808
IGMP = 2
QUIET_S, PATIENCE_S = 0.4, 5.0


@dataclass
class Plant:
    """The fabric, its network outside, and who is where."""

    stage: Stage
    lan: Lan
    devices: dict[str, Device]

    def space(self, name: str) -> Space:
        """Return where somebody is."""
        return self.devices.get(name) or Space(self.stage.scope.stub(name))

    def link(self, name: str) -> str:
        return CARD if name in self.devices else "eth0"


ADDRESSES = {
    "fan": "10.79.1.7",
    "damper": "10.79.1.6",
    "third": "10.79.1.8",
    "desk": "10.79.1.11",
    "report": "10.79.3.11",
    "idle": "10.79.3.12",
}


@pytest.fixture(scope="module")
def plant() -> Iterator[Plant]:
    site, problems = load(SITE.read_bytes())
    assert site is not None, problems
    stage, lan = Stage(site, Scope("t-casts", "server1", "live", Endpoints.STUB)), Lan("t-casts-plant")
    try:
        lan.make()
        lan.cable("t-o-card")
        devices = {name: lan.join(name, f"{ADDRESSES[name]}/24") for name in ("fan", "damper", "third")}
        for device in devices.values():
            device.run("ip", "route", "add", "224.0.0.0/4", "dev", CARD)
        stage.up()
        yield Plant(stage, lan, devices)
    finally:
        stage.down()
        lan.remove()


@contextmanager
def ears(plant: Plant, port: int, group: str = "") -> Iterator[dict[str, socket.socket]]:
    """Yield a socket for each that hears what is sent to a port, and to a group where that is named."""
    with ExitStack() as stack:
        made = {name: plant.space(name).inside(_ear(port, group, plant.link(name))) for name in ADDRESSES}
        yield {name: stack.enter_context(one) for name, one in made.items()}


def _ear(port: int, group: str, link: str) -> Callable[[], socket.socket]:
    def made() -> socket.socket:
        found = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        found.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
        found.bind(("", port))
        if group:
            index = socket.if_nametoindex(link)
            wanted = struct.pack("4s4si", socket.inet_aton(group), bytes(4), index)
            found.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, wanted)
            found.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_LOOP, 0)
        return found

    return made


def heard(known: dict[str, socket.socket], wanted: set[str], word: bytes) -> dict[str, str]:
    """Return who heard a word, and from whom; it waits for those who are wanted, and a little for all others."""
    found: dict[str, str] = {}
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end and not wanted <= found.keys():
        _listen(known, word, found, 0.05)
    _listen(known, word, found, QUIET_S)
    return found


def _listen(known: dict[str, socket.socket], word: bytes, found: dict[str, str], seconds: float) -> None:
    for name, ear in known.items():
        ear.settimeout(seconds if name not in found else 0.01)
        try:
            said, (sender, _) = ear.recvfrom(2048)
        except TimeoutError:
            continue
        if said == word:
            assert name not in found, f"{name} heard it twice"
            found[name] = sender


def test_what_was_compiled_is_what_is_observed(plant: Plant) -> None:
    assert plant.stage.drift() == []


@pytest.mark.parametrize("where", ["10.79.1.255", "255.255.255.255"])
def test_a_broadcast_reaches_the_named_device_and_its_answer_comes_back(plant: Plant, where: str) -> None:
    with ears(plant, BACNET) as known:
        known["desk"].sendto(b"who-is", (where, BACNET))
        assert heard(without(known, "desk"), {"fan"}, b"who-is") == {"fan": ADDRESSES["desk"]}
        known["fan"].sendto(b"i-am", (ADDRESSES["desk"], BACNET))
        assert heard(known, {"desk"}, b"i-am") == {"desk": ADDRESSES["fan"]}


def test_what_nobody_declared_is_not_copied(plant: Plant) -> None:
    with ears(plant, BACNET) as known:
        known["idle"].sendto(b"who-is", ("10.79.3.255", BACNET))
        assert heard(without(known, "idle"), set(), b"who-is") == {}
        known["third"].sendto(b"anybody", ("10.79.1.255", BACNET))
        neighbours = {"fan", "damper"}  # they hear it in the plant, as ever
        assert heard(without(known, "third"), neighbours, b"anybody").keys() == neighbours


def test_a_group_of_the_plant_reaches_the_named_workloads(plant: Plant) -> None:
    with ears(plant, VALUES, GROUP) as known:
        known["fan"].sendto(b"21.5", (GROUP, VALUES))
        wanted = {"desk", "report", "damper", "third"}  # the last two hear it in the plant, as ever
        assert heard(without(known, "fan"), wanted, b"21.5") == dict.fromkeys(wanted, ADDRESSES["fan"])


def test_a_group_of_a_workload_reaches_the_named_device_alone(plant: Plant) -> None:
    with ears(plant, VALUES, GROUP) as known:
        known["report"].sendto(b"set 20", (GROUP, VALUES))
        assert heard(without(known, "report"), {"damper"}, b"set 20") == {"damper": ADDRESSES["report"]}


def test_switches_of_the_plant_are_told_which_groups_are_heard(plant: Plant) -> None:
    with Recorder(plant.lan) as recorder, plant.space("third").inside(_querier) as querier:
        querier.sendto(bytes((0x11, 1, 0xEE, 0xFE, *bytes(8))), ("224.0.0.1", 0))
        end = time.monotonic() + PATIENCE_S
        while not _joins(recorder) and time.monotonic() < end:
            time.sleep(0.05)
        assert _joins(recorder) == {socket.inet_aton(GROUP)}


def without(known: dict[str, socket.socket], name: str) -> dict[str, socket.socket]:
    return {other: ear for other, ear in known.items() if other != name}


def _querier() -> socket.socket:
    """Return what asks who listens to groups, as a switch does: IGMPv3, RFC 3376 clause 4.1."""
    found = socket.socket(socket.AF_INET, socket.SOCK_RAW, IGMP)
    index = socket.if_nametoindex(CARD)
    found.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, struct.pack("4s4si", bytes(4), bytes(4), index))
    return found


def _joins(recorder: Recorder) -> set[bytes]:
    """Return the groups that the host's port reports (IGMPv3, RFC 3376 clause 4.2: records begin after 8 bytes)."""
    found = set()
    for frame in recorder.frames("host", lambda one: one.kind == IPV4 and one.body[9] == IGMP):
        report = frame.body[(frame.body[0] & 0xF) * 4 :]
        found.add(report[8 + 4 : 8 + 8])
    return found
