# SPDX-License-Identifier: Apache-2.0
"""Radiology, from nothing to nothing: a real archive beside a simulated scanner. The tests stand in order."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from examples.hospital.plant import ARCHIVE, PORT, Hospital
from examples.hospital.tour import FORWARD_ONLY, STORE, WITH_BACK
from examples.outside.bystanders import Bystanders
from examples.outside.frames import ARP, Frame, Recorder
from examples.outside.lan import Device
from tests.integration.outside.example import site_text
from tests.integration.waterworks.host import host_view, left_of
from tests.integration.waterworks.talk import until
from tests.integration.waterworks.works import Works, replaced, standing

SITE, CARD = "rf-t-hospital", "rf-t-hosp-nic"
PUMP, NURSE = "192.168.40.70", "192.168.40.71"
HOST_PORT = "host"
REPLY = 2


@pytest.fixture(scope="module")
def hospital(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hospital]:
    made = Hospital("rf-t-ho", CARD, tmp_path_factory.mktemp("hospital") / "files")
    made.down()
    try:
        made.up()
        made.lan.join("pump", f"{PUMP}/24", gateway="192.168.40.1")
        made.lan.join("nurse", f"{NURSE}/24")
        yield made
    finally:
        made.down()


@pytest.fixture(scope="module")
def recorder(hospital: Hospital) -> Iterator[Recorder]:
    """Everything that is said in radiology while the tests run."""
    with Recorder(hospital.lan) as made:
        yield made


@pytest.fixture(scope="module")
def bystanders(hospital: Hospital) -> Iterator[Bystanders]:
    with Bystanders(hospital.lan.device("nurse"), hospital.lan.device("pump"), PUMP) as made:
        yield made


@pytest.fixture(scope="module")
def before(hospital: Hospital) -> dict[str, str]:
    return host_view()


@pytest.fixture(scope="module")
def works(tmp_path_factory: pytest.TempPathFactory, hospital: Hospital, before: dict[str, str]) -> Iterator[Works]:
    text = site_text("hospital", SITE, {"hospital-nic": CARD})
    with standing(Works(SITE, tmp_path_factory.mktemp("works"), text)) as made:
        assert left_of(made) == []
        yield made


def reaches(device: Device, address: str, port: str) -> bool:
    return device.ask("busybox", "nc", "-w", "2", address, port).returncode == 0


def answers_of_the_host(recorder: Recorder) -> set[tuple[str, str]]:
    """Return for whom the host's side answered whom, in all ARP replies so far."""
    replies = recorder.frames(HOST_PORT, lambda one: one.kind == ARP and one.body[7] == REPLY)
    return {(_ip(one.body[14:18]), _ip(one.body[24:28])) for one in replies}


def _ip(data: bytes) -> str:
    return ".".join(map(str, data))


def test_the_archive_joins_the_scanners_network(works: Works, recorder: Recorder, bystanders: Bystanders) -> None:
    works.apply()
    assert works.health() == {"archive": "healthy"}
    assert works.drift() == []
    assert "Nothing to do" in works.apply().out
    assert bystanders.same()


def test_the_scanner_stores_an_image_and_the_workstation_gets_it(works: Works, hospital: Hospital) -> None:
    assert hospital.echo(hospital.scanner)
    image = hospital.image(1)
    assert hospital.store(image)
    assert hospital.echo(hospital.workstation)
    assert hospital.move()
    assert hospital.has(image)


def test_nobody_else_reaches_anything(works: Works, hospital: Hospital) -> None:
    pump = hospital.lan.device("pump")
    assert not reaches(pump, ARCHIVE, PORT)
    assert not hospital.echo(pump)
    for device, port in ((hospital.scanner, "8042"), (hospital.workstation, "22")):
        assert not reaches(device, ARCHIVE, port)
    archive = works.guest("archive")
    # The scanner listens nowhere, the pump would say so at once; the workstation's receiver is open to moves only.
    for address in (PUMP, NURSE, "192.168.40.50", "192.168.40.9"):
        assert archive.run("/bin/nc", "-w", "2", address, "80").status != 0
    assert archive.run("/bin/sh", "-c", f"nc -w 2 192.168.50.20 {PORT} </dev/null").status == 0


def test_a_device_that_goes_away_and_comes_back_is_answered_for_by_nobody(
    works: Works, hospital: Hospital, recorder: Recorder
) -> None:
    pump, nurse = hospital.lan.device("pump"), hospital.lan.device("nurse")
    pump.unplug()
    nurse.run("ip", "neigh", "flush", "dev", "eth0")
    assert not reaches(nurse, PUMP, "80")
    assert PUMP not in nurse.neighbours()
    pump.plug_in()
    assert not reaches(nurse, PUMP, "80")  # refused: it is there, and nothing listens
    assert nurse.neighbours()[PUMP] == pump.mac
    assert answers_of_the_host(recorder) <= {(ARCHIVE, "192.168.40.50"), (ARCHIVE, "192.168.40.1")}


def test_without_the_flow_back_no_image_comes_back(works: Works, hospital: Hospital) -> None:
    hospital.forget()
    works.apply(replaced(works.text, {WITH_BACK: FORWARD_ONLY}))
    assert hospital.echo(hospital.workstation)
    hospital.move()
    assert list(hospital.received.iterdir()) == []
    works.apply()
    assert hospital.move()
    assert hospital.has(hospital.image(1))


def test_without_its_conduit_the_scanner_hears_nothing(works: Works, hospital: Hospital) -> None:
    pids = works.pids()
    works.apply(replaced(works.text, {STORE: ""}))
    assert not hospital.echo(hospital.scanner)
    assert not hospital.store(hospital.image(2))
    assert hospital.echo(hospital.workstation)
    works.apply()
    until("an image that is kept", lambda: hospital.store(hospital.image(2)))
    assert works.pids() == pids


def test_a_cut_cable_is_mended(works: Works, hospital: Hospital) -> None:
    hospital.lan.cut()
    assert not hospital.echo(hospital.scanner)
    hospital.lan.mend()
    until("an echo", lambda: hospital.echo(hospital.scanner))
    assert works.drift() == []


def test_only_what_is_declared_ever_came_from_the_host(
    works: Works, hospital: Hospital, recorder: Recorder, bystanders: Bystanders
) -> None:
    def foreign(frame: Frame) -> bool:
        if frame.kind == ARP:
            return False  # looked at above
        return frame.body[12:16] != bytes(map(int, ARCHIVE.split(".")))

    assert recorder.frames(HOST_PORT, foreign) == []
    assert answers_of_the_host(recorder) == {(ARCHIVE, "192.168.40.50"), (ARCHIVE, "192.168.40.1")}


def test_destroy_leaves_nothing(works: Works, hospital: Hospital, before: dict[str, str]) -> None:
    works.must("destroy", "--yes", "--all-data", "--forget")
    assert left_of(works) == []
    assert host_view() == before
    assert Path("/sys/class/net", CARD).exists()
    assert not hospital.echo(hospital.scanner)
