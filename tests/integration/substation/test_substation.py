# SPDX-License-Identifier: Apache-2.0
"""A virtual relay and a simulated bay, from nothing to nothing. The tests stand in the order in which they run."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest
from examples.outside.frames import Recorder
from examples.outside.lan import CARD
from examples.outside.space import PlantError
from examples.substation.bay import BAY_1, BAY_2, BayTwo
from examples.substation.plant import BAY_2_MAC, Substation
from examples.substation.tour import POSITION, TRIP_BAY_1, says
from guests.roles.goose.message import ETHERTYPE
from guests.roles.mms.read import OFF, ON
from tests.integration.outside.example import site_text
from tests.integration.waterworks.host import host_view, left_of
from tests.integration.waterworks.talk import until
from tests.integration.waterworks.works import REPOSITORY, Works, replaced, standing

SITE, NAME = "rf-t-substation", "rf-t-su"
HOST_PORT = "host"
FOREIGN = (
    ("8892", "010ecfffffff"),  # PROFINET
    ("88ba", "010ccd040001"),  # sampled values
    ("88b8", "010ccd010063"),  # GOOSE to another group
    ("0800", "01005e000001"),
    ("0806", "ffffffffffff"),
)
LISTENING = "/run/listening"
SEND = f"""
import socket, sys
with socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as wire:
    wire.bind(({CARD!r}, 0))
    wire.send(bytes.fromhex(sys.argv[1]))
"""
LISTEN = """
import socket, time
wire = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
wire.bind(("eth1", 3))
wire.settimeout(0.2)
open("LISTENING", "w").close()
end, found = time.monotonic() + 4, set()
while time.monotonic() < end:
    try:
        data, where = wire.recvfrom(2048)
    except TimeoutError:
        continue
    if where[2] != socket.PACKET_OUTGOING:
        found.add(data[:6].hex(":") + "/" + data[12:14].hex())
print(*sorted(found))
""".replace("LISTENING", LISTENING)


@pytest.fixture(scope="module")
def substation() -> Iterator[Substation]:
    made = Substation(NAME)
    made.down()
    try:
        made.up()
        yield made
    finally:
        made.down()


@pytest.fixture(scope="module")
def before(substation: Substation) -> dict[str, str]:
    return host_view()


@pytest.fixture(scope="module")
def works(tmp_path_factory: pytest.TempPathFactory, substation: Substation, before: dict[str, str]) -> Iterator[Works]:
    text = site_text("substation", SITE, {"substation-pb": f"{NAME}-pb", "substation-sb": f"{NAME}-sb"})
    with standing(Works(SITE, tmp_path_factory.mktemp("works"), text)) as made:
        assert left_of(made) == []
        yield made


@pytest.fixture
def bay(substation: Substation) -> Iterator[BayTwo]:
    with BayTwo(substation.bay_2) as made:
        yield made


def seen(substation: Substation) -> str:
    """Return the position that the control centre reads; empty when it reads none."""
    try:
        return substation.read(POSITION)
    except PlantError:
        return ""


def test_relay_and_gateway_come_up(works: Works, substation: Substation) -> None:
    works.apply()
    assert works.health() == {"ied-1": "healthy", "gateway": "healthy"}
    assert works.drift() == []
    assert "Nothing to do" in works.apply().out


def test_bays_trip_each_other_and_the_control_centre_sees_it(works: Works, substation: Substation, bay: BayTwo) -> None:
    assert bay.wait(says(ON), 5) is not None
    until("the position", lambda: seen(substation) == ON, seconds=20)
    bay.trip(on=True)
    after = bay.wait(says(OFF), 5)
    assert after is not None
    until("the open breaker", lambda: seen(substation) == OFF, seconds=20)
    bay.trip(on=False)
    assert bay.wait(says(ON), 10) is not None
    until("the closed breaker", lambda: seen(substation) == ON, seconds=20)


def test_nothing_but_goose_of_the_relay_leaves_by_the_process_bus(works: Works, substation: Substation) -> None:
    with Recorder(substation.process) as recorder, BayTwo(substation.bay_2) as bay:
        works.guest("ied-1").run("/bin/ping", "-c", "1", "-W", "1", "-I", "eth1", "224.0.0.1")
        assert bay.wait(lambda _: True, 5) is not None
        frames = recorder.frames(HOST_PORT)
    assert {(one.kind, one.destination, one.tagged) for one in frames} == {(ETHERTYPE, BAY_1, True)}


def test_no_other_frame_of_bay_2_reaches_the_relay(works: Works, substation: Substation) -> None:
    relay = works.guest("ied-1")
    listening = relay.start("/usr/bin/python3", "-S", "-E", "-c", LISTEN)
    with BayTwo(substation.bay_2) as bay:  # its own messages arrive meanwhile
        until("a listener", lambda: relay.run("/bin/ls", LISTENING).status == 0)
        for (kind, group), tag in product(FOREIGN, ("", "81008000", "81008007")):
            substation.bay_2.run("python3", "-c", SEND, f"{group}{BAY_2_MAC.replace(':', '')}{tag}{kind}{'a5' * 60}")
        assert bay.wait(says(ON), 5) is not None
    assert relay.wait(listening).text.split() == [f"{BAY_2}/{ETHERTYPE:04x}"]


def test_what_a_software_bridge_cannot_keep_is_said_before_it_is_built(works: Works) -> None:
    text = (REPOSITORY / "examples/substation/sampled-values.yaml").read_text()
    done = works.run("check", text=replaced(text, {"interface: substation-sv": f"interface: {NAME}-sv"}))
    assert done.status == 1, done.text
    assert "RF-FRM-007 conduit/samples" in done.words
    assert "RF-FRM-007 conduit/time" in done.words
    assert " error RF-" not in done.words


def test_without_its_conduit_a_trip_goes_nowhere(works: Works, substation: Substation, bay: BayTwo) -> None:
    works.apply(replaced(works.text, {TRIP_BAY_1: ""}))
    bay.trip(on=True)
    assert bay.wait(says(OFF), 3) is None
    works.apply()
    assert bay.wait(says(OFF), 3) is not None
    bay.trip(on=False)
    assert bay.wait(says(ON), 10) is not None


def test_destroy_leaves_nothing(works: Works, substation: Substation, before: dict[str, str]) -> None:
    works.must("destroy", "--yes", "--all-data", "--forget")
    assert left_of(works) == []
    assert host_view() == before
    assert all(Path("/sys/class/net", f"{NAME}-{bus}").exists() for bus in ("pb", "sb"))
