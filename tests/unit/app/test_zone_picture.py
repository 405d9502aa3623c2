# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from dataclasses import replace
from ipaddress import IPv4Network
from itertools import combinations
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from tests import factory

from ringfence.app.picture.layout import Box, Layout
from ringfence.app.picture.order import ordered
from ringfence.app.picture.route import crossings
from ringfence.app.picture.scene import scene
from ringfence.app.site_file import read_site
from ringfence.app.zone_picture import MOST, MOST_ZONES, layout, zone_picture
from ringfence.site.asset import Asset
from ringfence.site.conduit import Conduit
from ringfence.site.declared.reference import endpoint
from ringfence.site.functions import EssentialFunction
from ringfence.site.site import Site
from ringfence.site.workload import Interface

SVG = "{http://www.w3.org/2000/svg}"


def _conduit(name: str, source: str, *targets: str, dormant: bool = False) -> Conduit:
    ends = [endpoint(text) for text in (source, *targets)]
    return Conduit(name, (ends[0],), tuple(ends[1:]), ("modbus",), "Because.", "Somebody", dormant=dormant)


def _site(workloads: int, zones: int, pairs: list[tuple[int, int]]) -> Site:
    found = [factory.zone(f"zone-{number}", number + 1, level=float(number % 4)) for number in range(zones)]
    made = [
        factory.workload(f"w-{number}", interfaces=(Interface("eth0", f"zone-{number % zones}"),))
        for number in range(workloads)
    ]
    conduits = {
        f"c-{number}": _conduit(f"c-{number}", f"workload/w-{a}", f"workload/w-{b}", dormant=number % 3 == 0)
        for number, (a, b) in enumerate(pairs)
    }
    return factory.site(made, found, conduits=conduits)


@st.composite
def sites(draw: st.DrawFn) -> Site:
    workloads, zones = draw(st.integers(1, 25)), draw(st.integers(1, 7))
    number = st.integers(0, workloads - 1)
    return _site(workloads, zones, draw(st.lists(st.tuples(number, number), max_size=25)))


def _overlap(one: Box, other: Box) -> bool:
    return one.x < other.right and other.x < one.right and one.y < other.bottom and other.y < one.bottom


@given(sites())
def test_no_card_and_no_frame_lies_on_another(site: Site) -> None:
    made = layout(ordered(scene(site)))
    for boxes in ([box for _, box in made.cards], [box for _, box in made.frames]):
        assert not any(_overlap(one, other) for one, other in combinations(boxes, 2))
    for _, card in made.cards:
        assert any(
            frame.x < card.x and card.right < frame.right and frame.y < card.y and card.bottom < frame.bottom
            for _, frame in made.frames
        )


@given(sites())
@example(_site(11, 6, [(5, 9), (3, 6), (8, 6), (2, 7), (4, 9)]))  # two lanes of a gap that round() put on one place
def test_no_line_runs_through_a_card_and_none_lies_on_another(site: Site) -> None:
    made = layout(ordered(scene(site)))
    for wire in made.wires:
        (x0, y0), (x1, y1) = wire.points
        assert x0 == x1 or y0 == y1
        line = Box(min(x0, x1), min(y0, y1), abs(x1 - x0) or 0.1, abs(y1 - y0) or 0.1)
        assert not any(_overlap(line, Box(b.x + 1, b.y + 1, b.width - 2, b.height - 2)) for _, b in made.cards)
        assert line.x > 0
        assert line.right < made.width
        assert line.bottom < made.height
    assert not _on_one_another(made)


def _on_one_another(made: Layout) -> bool:
    upright = [wire for wire in made.wires if wire.points[0][0] == wire.points[1][0]]
    flat = [wire for wire in made.wires if wire.points[0][1] == wire.points[1][1] and wire not in upright]
    for wires, across in ((upright, 0), (flat, 1)):
        for one, other in combinations(wires, 2):
            if one.net == other.net or one.points[0][across] != other.points[0][across]:
                continue
            ends = [sorted(point[1 - across] for point in wire.points) for wire in (one, other)]
            if ends[0][0] < ends[1][1] and ends[1][0] < ends[0][1]:
                return True
    return False


@given(sites())
def test_every_end_of_every_conduit_is_drawn(site: Site) -> None:
    made = layout(ordered(scene(site)))
    for number, net in enumerate(made.nets):
        ends = [wire for wire in made.wires if wire.net == number and (wire.arrow or wire.dot)]
        assert len(ends) == len(net.ends)
        assert sum(wire.arrow for wire in ends) == len(net.targets)
    assert sorted(label.net for label in made.labels) == list(range(len(made.nets)))


@given(sites())
def test_the_picture_is_xml_and_always_the_same(site: Site) -> None:
    picture = zone_picture(site)
    assert picture == zone_picture(site)
    root = ET.fromstring(picture)  # noqa: S314 - our own
    assert root.tag == f"{SVG}svg"
    shown = {text.text for text in root.iter(f"{SVG}text")}
    assert shown >= set(site.workloads)
    assert not any("href" in name for found in root.iter() for name in found.attrib)


def test_ordering_lowers_crossings() -> None:
    site = _site(12, 4, [(number, 11 - number) for number in range(12)])
    plain, better = (crossings(layout(one).wires) for one in (scene(site), ordered(scene(site))))
    assert better <= plain


def test_text_of_people_is_escaped() -> None:
    site = factory.site(
        description='<script>alert("x")</script> & \x07', workloads=[factory.workload(description="<b>")]
    )
    picture = zone_picture(site)
    assert "<script" not in picture
    assert "&lt;script&gt;" in picture
    ET.fromstring(picture)  # noqa: S314 - our own


def test_what_things_are_can_be_told_without_colour() -> None:
    plc = factory.workload("plc", function=EssentialFunction.CONTROL)
    asset = Asset("range", "control", "plant", (IPv4Network("10.91.1.9/32"),), function=EssentialFunction.SAFETY)
    site = factory.site(
        [plc, factory.workload("hmi")],
        assets={"range": asset},
        conduits={
            "poll": _conduit("poll", "workload/hmi", "workload/plc", "asset/range"),
            "service": _conduit("service", "zone/control", "workload/plc", dormant=True),
        },
    )
    picture = zone_picture(site)
    for shown in ("CONTROL", "SAFETY", "whole zone", 'stroke-dasharray="5 4"', "dormant: closed until it is granted"):
        assert shown in picture
    assert "asset, outside of Ringfence" in picture


def test_a_large_site_is_drawn_zone_by_zone() -> None:
    site = _site(MOST + 1, 5, [(number, number + 1) for number in range(MOST)])
    picture = zone_picture(site)
    assert "w-7" not in picture
    assert "25 workloads" in picture
    assert " conduits" in picture


def test_a_site_of_many_zones_is_drawn_level_by_level() -> None:
    zones = MOST_ZONES + 1
    site = _site(2 * zones, zones, [(number, number + 1) for number in range(2 * zones - 1)])
    picture = zone_picture(site)
    assert "zone-7" not in picture
    assert "16 zones" in picture  # levels 0 to 3 in turn
    assert "32 workloads" in picture


@pytest.mark.parametrize("workloads", [0, 1])
def test_small_sites(workloads: int) -> None:
    site = factory.site([factory.workload()][:workloads])
    assert zone_picture(site).startswith("<svg")
    assert zone_picture(replace(site, zones={}, workloads={})).startswith("<svg")


@pytest.mark.parametrize("example", ["waterworks", "hospital", "line", "substation"])
def test_the_examples(repository: Path, example: str) -> None:
    """The committed picture comes from the committed site: ringfence picture SITE --out FILE."""
    site = read_site(repository / "examples" / example / "site.yaml").site
    assert zone_picture(site) == (repository / "docs" / "images" / f"{example}.svg").read_text()


def test_every_interface_stands_in_its_own_zone_and_conduits_end_at_the_one_they_name() -> None:
    nics = (Interface("eth0", "control"), Interface("eth1", "office", reason="Operators watch it."))
    scada, desk = factory.workload("scada", interfaces=nics), factory.workload("desk", interfaces=nics[1:])
    conduits = {
        name: _conduit(name, "workload/desk", end)
        for name, end in (("first", "workload/scada/eth0"), ("second", "workload/scada/eth1"))
    }
    zones = [factory.zone("control", 1), factory.zone("office", 2)]
    drawn = scene(factory.site([scada, desk], zones, conduits=conduits))
    held = {
        frame.name: [card.key for row in frame.rows for card in row] for band in drawn.bands for frame in band.frames
    }
    assert held == {"control": ["workload/scada"], "office": ["workload/desk", "workload/scada/eth1"]}
    assert [net.targets for net in drawn.nets] == [("workload/scada",), ("workload/scada/eth1",)]
    picture = zone_picture(factory.site([scada, desk], zones, conduits=conduits))
    assert "another interface of a workload" in picture
    assert "Operators watch it." in picture
