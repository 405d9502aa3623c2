# SPDX-License-Identifier: Apache-2.0
"""map, as a person meets it, on a simulated host."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest

from ringfence.app import mapping
from ringfence.base.errors import Refused
from ringfence.engine.cancel import Cancel

from .conftest import Desk


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever waits for traffic waits for a moment only."""
    monkeypatch.setattr(Cancel, "wait", lambda *_: False)


@pytest.mark.usefixtures("hurried")
def test_the_map_is_an_svg_of_what_runs(applied: Desk) -> None:
    applied("stop", "scada", "--yes", "-q")
    ran = applied("map", "--for", "1s")
    assert ran.status == 0
    assert "Counting traffic for 1 s" in ran.err
    root = ET.fromstring(ran.out)  # noqa: S314 - our own
    shown = {text.text for text in root.iter("{http://www.w3.org/2000/svg}text")}
    assert {"running, never verified", "STOPPED, never verified"} <= shown
    assert any(text and text.startswith("SIMULATED. Revision 1") for text in shown)


def test_the_table_tells_what_the_picture_shows(applied: Desk) -> None:
    applied("grant", "vendor", "--for", "10m")
    out = applied("map", "--for", "1s", "--table").out
    rows = [line.split() for line in out.splitlines()]
    assert ["field", "plc", "running", "healthy", "never"] in rows
    poll = next(row for row in rows if row[:1] == ["poll"])
    assert poll[1] == "open"
    assert int(poll[3]) > 0
    assert next(row for row in rows if row[:1] == ["vendor"])[1:4] == ["granted", "for", "another"]


def test_as_json(applied: Desk) -> None:
    applied("island", "field", "--reason", "a test")
    message = applied("map", "--for", "1s", "--json").message
    assert {one["name"]: (one["state"], one["why"]) for one in message["conduits"]} == {
        "poll": ("closed", "by island/field"),
        "vendor": ("closed", "by island/field"),
    }
    assert 0.9 < message["window_s"] < 10
    assert message["restrictions"] == ["island/field"]


@pytest.mark.usefixtures("hurried")
def test_a_file_and_a_place_where_none_can_be(applied: Desk) -> None:
    file = applied.folder / "map.svg"
    ran = applied("map", "--for", "1s", "--out", str(file))
    assert file.read_text().startswith("<svg")
    assert f"Wrote {file}." in ran.err
    nowhere = applied("map", "--for", "1s", "--out", "/nowhere/map.svg")
    assert nowhere.status == 3
    assert "Name another file with --out FILE." in nowhere.err
    assert "Counting traffic" not in nowhere.err


def test_a_fabric_that_is_not_up_hides_the_traffic_only(applied: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def down(*_: object) -> None:
        raise Refused("The router's namespace is not there.", "Apply the site.")

    monkeypatch.setattr(mapping, "flows", down)
    ran = applied("map", "--for", "1s", "--table")
    assert ran.status == 0
    assert "Not known: The router's namespace is not there." in ran.out
    assert "plc" in ran.out


def test_an_intruder_has_to_hold_something_of_the_site(applied: Desk) -> None:
    ran = applied("map", "--attack-paths", "nobody")
    assert ran.status == 2
    assert "It has: workload/plc, workload/scada, host, router, management." in ran.err
