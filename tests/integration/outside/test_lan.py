# SPDX-License-Identifier: Apache-2.0
"""The simulated plant is what the tests of the examples stand on: it has to show what disturbs it, and to go away."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from examples.hospital.plant import Hospital
from examples.line.plant import PLC, SETPOINTS, Line
from examples.outside.bystanders import Bystanders
from examples.outside.frames import ARP, Recorder
from examples.outside.lan import CARD, Device, Lan
from examples.outside.space import SPACES, PlantError
from examples.substation.bay import BAY_2, BayTwo
from examples.substation.plant import Substation
from guests.roles.goose.message import ETHERTYPE
from guests.roles.wire.client import READ_HOLDING, Client
from tests.integration.waterworks.talk import until

NAME, NIC = "rf-t-outside", "rf-t-outnic"
NEAR, FAR, GONE = "198.51.100.1", "198.51.100.2", "198.51.100.3"


@pytest.fixture
def lan() -> Iterator[Lan]:
    made = Lan(NAME)
    made.remove()
    try:
        made.make()
        made.join("near", f"{NEAR}/24", "2001:db8::1/64")
        made.join("far", f"{FAR}/24")
        made.cable(NIC)
        yield made
    finally:
        made.remove()


def devices(lan: Lan) -> tuple[Device, Device]:
    return lan.device("near"), lan.device("far")


def test_it_goes_away_with_everything_and_the_host_has_no_address_in_it(lan: Lan) -> None:
    device, _ = devices(lan)
    device.start("sleep", "600", log=Path("/dev/null"))
    until("the program", device.processes)
    assert "inet" not in lan.switch.run("ip", "address", "show", "dev", "lan")
    assert Path("/sys/class/net", NIC).exists()
    with pytest.raises(PlantError, match="exists already"):
        lan.cable(NIC, "again")
    Lan(NAME).remove()  # as another process would
    assert not Path("/sys/class/net", NIC).exists()
    assert list(SPACES.glob(f"{NAME}*")) == []


def test_bystanders_notice_nothing_while_nobody_disturbs_them(lan: Lan) -> None:
    with Bystanders(*devices(lan), FAR) as two:
        assert two.same()
        assert two.heard.endswith(b"still there?")


def test_bystanders_notice_a_foreign_answer(lan: Lan) -> None:
    near, far = devices(lan)
    liar = lan.join("liar", f"{GONE}/24")
    with Bystanders(near, far, FAR) as two:
        wrong = bytes.fromhex(f"{near.mac}{liar.mac}0806".replace(":", ""))
        wrong += bytes.fromhex("0001080006040002") + bytes.fromhex(liar.mac.replace(":", "")) + bytes([198, 51, 100, 2])
        wrong += bytes.fromhex(near.mac.replace(":", "")) + bytes([198, 51, 100, 1])

        def lied() -> bool:  # within its first second the kernel keeps what it heard first (locktime)
            liar.run("python3", "-c", _SEND, wrong.hex())
            return near.neighbours()[FAR] == liar.mac

        until("the lie", lied)
        assert two.view() != two.began


def test_bystanders_notice_a_lost_cable(lan: Lan) -> None:
    near, far = devices(lan)
    with Bystanders(near, far, FAR) as two:
        far.unplug()
        two.near.sendall(b"lost")
        until("a retransmission", two.retransmitted)
        far.plug_in()
        assert two.view() != two.began


def test_the_recorder_tells_every_frame_once_by_the_port_it_came_in(lan: Lan) -> None:
    near, far = devices(lan)
    goose = bytes.fromhex("010ccd010001") + bytes.fromhex(near.mac.replace(":", "")) + bytes.fromhex("8100800088b8")
    with Recorder(lan) as recorder:
        with Bystanders(near, far, FAR):
            pass
        near.run("python3", "-c", _SEND, (goose + b"whatever it says" * 4).hex())
        until("the frame", lambda: recorder.frames("near", lambda frame: frame.kind == ETHERTYPE))
    asked, told = (recorder.frames(port, lambda frame: frame.kind == ARP) for port in ("near", "far"))
    assert (asked[0].source, asked[0].destination) == (near.mac, "ff:ff:ff:ff:ff:ff")
    assert (told[0].source, told[0].destination) == (far.mac, near.mac)
    (frame,) = recorder.frames(None, lambda frame: frame.kind == ETHERTYPE)
    assert (frame.port, frame.tagged, frame.destination) == ("near", True, "01:0c:cd:01:00:01")
    assert frame.body.startswith(b"whatever it says")
    assert recorder.frames("host") == []


def test_the_skids_answer_at_the_same_address_with_registers_of_their_own(tmp_path: Path) -> None:
    line = Line("rf-t-o", tmp_path)
    try:
        line.up()
        line.up()  # does nothing
        for skid, setpoint in SETPOINTS.items():
            panel = line.panel(skid)
            with panel.inside(lambda: Client(PLC, 502)) as client:
                assert client.read_words(READ_HOLDING, 10) == (setpoint,)
    finally:
        line.down()
    assert list(SPACES.glob("rf-t-o-*")) == []


def test_bay_two_says_when_it_trips(tmp_path: Path) -> None:
    substation = Substation("rf-t-o")
    try:
        substation.up()
        with Recorder(substation.process) as recorder, BayTwo(substation.bay_2) as bay:
            until("a message", lambda: recorder.frames("bay-2"))
            bay.trip(on=True)
            until("a trip", lambda: recorder.frames("bay-2")[-1].body.endswith(b"\x83\x01\x01"))
        assert {frame.destination for frame in recorder.frames()} == {BAY_2}
        assert all(frame.tagged for frame in recorder.frames())
        with pytest.raises(PlantError):
            substation.read("STATIONLD0/IED1$Pos")  # nobody is there
    finally:
        substation.down()


def test_the_workstation_takes_an_image_and_tells_it_from_another(tmp_path: Path) -> None:
    hospital = Hospital("rf-t-oh", "rf-t-oh", tmp_path / "hospital")
    try:
        hospital.up()
        one, other = hospital.image(1), hospital.image(2)
        hospital.workstation.run("storescu", "--call", "WORKSTATION", "127.0.0.1", "11112", str(one.file))
        assert hospital.has(one)
        assert not hospital.has(other)
        assert not hospital.echo(hospital.scanner)  # there is no archive
    finally:
        hospital.down()
    assert list(tmp_path.iterdir()) == []


_SEND = f"""
import socket, sys
one = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
one.bind(({CARD!r}, 0))
one.send(bytes.fromhex(sys.argv[1]))
"""
