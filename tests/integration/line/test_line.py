# SPDX-License-Identifier: Apache-2.0
"""Two skids with the same addresses, from nothing to nothing. The tests stand in the order in which they run."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from examples.line.plant import PLC, SETPOINTS, Line
from examples.line.tour import BOTH
from examples.outside.bystanders import Bystanders
from guests.roles.wire.client import READ_HOLDING, Client
from tests.integration.outside.example import site_text
from tests.integration.waterworks import power_cut
from tests.integration.waterworks.host import host_view, left_of
from tests.integration.waterworks.talk import until
from tests.integration.waterworks.works import Works, replaced, standing

SITE = "rf-t-line"
ONE, OTHER = "192.168.0.30", "192.168.0.31"


@pytest.fixture(scope="module")
def line(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Line]:
    made = Line("rf-t-li", tmp_path_factory.mktemp("line"))
    made.down()
    try:
        made.up()
        for lan in made.skids.values():
            lan.join("one", f"{ONE}/24")
            lan.join("other", f"{OTHER}/24")
        yield made
    finally:
        made.down()


@pytest.fixture(scope="module")
def bystanders(line: Line) -> Iterator[list[Bystanders]]:
    """Two drives in each skid that speak with each other, at the same addresses in both."""
    pairs = [Bystanders(lan.device("one"), lan.device("other"), OTHER) for lan in line.skids.values()]
    with pairs[0], pairs[1]:
        yield pairs


@pytest.fixture(scope="module")
def before(line: Line) -> dict[str, str]:
    return host_view()


@pytest.fixture(scope="module")
def works(tmp_path_factory: pytest.TempPathFactory, line: Line, before: dict[str, str]) -> Iterator[Works]:
    text = site_text("line", SITE, {f"line-nic-{skid}": line.card(skid) for skid in SETPOINTS})
    with standing(Works(SITE, tmp_path_factory.mktemp("works"), text)) as made:
        assert left_of(made) == []
        yield made


def plcs(works: Works) -> dict[str, Any]:
    told = works.guest("scada").run("/bin/wget", "-q", "-O", "-", "http://127.0.0.1:8080/values.json")
    found: dict[str, Any] = json.loads(told.text)["plcs"]
    return found


def answering(works: Works) -> dict[str, int | None]:
    try:
        found = plcs(works)
    except RuntimeError:  # the guest's agent is the last to come up
        return {}
    return {skid: one["values"]["setpoint"] if one["ok"] else None for skid, one in found.items()}


def test_one_server_reads_both_skids_and_the_right_one_answers(
    works: Works, line: Line, bystanders: list[Bystanders]
) -> None:
    works.apply()
    assert works.health() == {"scada": "healthy"}
    until("both answers", lambda: answering(works) == SETPOINTS)
    assert {skid: one["address"] for skid, one in plcs(works).items()} == {"a": "10.11.1.10:502", "b": "10.11.2.10:502"}
    assert works.drift() == []
    assert "Nothing to do" in works.apply().out
    assert all(pair.same() for pair in bystanders)


def test_a_skid_sees_an_address_of_its_own_network(works: Works, line: Line) -> None:
    peers = line.plc("a").run("ss", "-Htn", "state", "established", "sport", "=", ":502").split()
    assert any("192.168.0.250" in word for word in peers), peers


def test_the_panels_beside_them_go_on_reading(works: Works, line: Line) -> None:
    for skid, setpoint in SETPOINTS.items():
        with line.panel(skid).inside(lambda: Client(PLC, 502)) as client:
            assert client.read_words(READ_HOLDING, 10) == (setpoint,)


def test_no_skid_reaches_anything(works: Works, line: Line) -> None:
    plc = line.plc("a")
    for via in (None, "192.168.0.250"):  # without any way out, and with one through Ringfence's own address
        if via:
            plc.run("ip", "route", "add", "default", "via", via)
        for address, port in (("10.11.2.10", "502"), ("10.11.0.11", "8080"), ("192.168.0.250", "22")):
            assert plc.ask("busybox", "nc", "-w", "2", address, port).returncode != 0
    plc.run("ip", "route", "del", "default")


def test_a_skid_taken_out_of_the_conduit_is_no_longer_read(works: Works, line: Line) -> None:
    works.apply(replaced(works.text, {BOTH: BOTH.replace(", asset/plc-b", "")}))
    until("silence of skid b", lambda: answering(works) == {**SETPOINTS, "b": None})
    works.apply()
    until("both answers", lambda: answering(works) == SETPOINTS)


def test_after_a_power_cut_both_skids_are_read_without_ringfence(works: Works, line: Line) -> None:
    for lan in line.skids.values():
        lan.pull()
    power_cut.cut(works)
    for skid, lan in line.skids.items():
        lan.cable(line.card(skid))
    power_cut.boot_without_python(works)
    until("health", lambda: works.health() == {"scada": "healthy"}, seconds=120, pause=1)
    until("both answers", lambda: answering(works) == SETPOINTS, pause=1)
    assert works.drift() == []
    assert "Nothing to do" in works.apply().out


def test_destroy_leaves_nothing(works: Works, line: Line, bystanders: list[Bystanders], before: dict[str, str]) -> None:
    assert all(pair.same() for pair in bystanders)
    works.must("destroy", "--yes", "--all-data", "--forget")
    assert left_of(works) == []
    assert host_view() == before
    assert all(Path("/sys/class/net", line.card(skid)).exists() for skid in SETPOINTS)
