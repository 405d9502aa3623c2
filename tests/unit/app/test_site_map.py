# SPDX-License-Identifier: Apache-2.0
"""The picture of a running site, and of an intruder's ways: from findings written by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from itertools import combinations
from pathlib import Path
from typing import Any, Literal
from xml.etree import ElementTree as ET

import pytest
from tests import factory

from ringfence.app.attack import as_message
from ringfence.app.mapping import map_picture
from ringfence.app.picture.intruder import attacked_scene
from ringfence.app.picture.layout import Box
from ringfence.app.picture.live import live_scene
from ringfence.app.picture.order import ordered
from ringfence.app.picture.text import text_width
from ringfence.app.site_file import read_site
from ringfence.app.zone_picture import as_much, layout
from ringfence.messages.site_map import ConduitState, MapAsset, MapConduit, MapStray, MapWorkload, SiteMap, Traffic
from ringfence.messages.verification import LastVerified
from ringfence.proof.paths import How, Paths, Route, State, Step
from ringfence.site.conduit import Conduit
from ringfence.site.declared.reference import endpoint
from ringfence.site.site import Site
from ringfence.site.workload import Interface

SVG = "{http://www.w3.org/2000/svg}"
NOW = datetime(2026, 3, 1, 3, 4, 5, tzinfo=UTC)
PROVEN = LastVerified("workload/x", "proven", NOW, 7, current=True)
WRONG, OLD = replace(PROVEN, verdict="wrong"), replace(PROVEN, revision=6, current=False)
NEVER = LastVerified("workload/x", "never", None, 0, current=False)


def _map(site: Site, *strays: MapStray, verified: LastVerified = PROVEN) -> SiteMap:
    return SiteMap(
        site.name,
        NOW,
        7,
        False,
        60.0,
        "",
        "server1",
        PROVEN,
        tuple(
            MapWorkload(name, one.interfaces[0].zone, "running", "healthy", verified)
            for name, one in site.workloads.items()
        ),
        tuple(MapAsset(name, one.zone, one.uplink, "connected") for name, one in site.assets.items()),
        tuple(
            MapConduit(name, "dormant" if one.dormant else "open", "", Traffic(2, 240, 18_200))
            for name, one in site.conduits.items()
        ),
        strays,
        0,
        (),
    )


@pytest.fixture
def site(repository: Path) -> Site:
    return read_site(repository / "examples/waterworks/site.yaml").site


@pytest.fixture
def found(site: Site) -> SiteMap:
    return _map(site)


def _shown(picture: str) -> str:
    return "\n".join(text.text or "" for text in ET.fromstring(picture).iter(f"{SVG}text"))  # noqa: S314 - our own


def test_states_verdicts_links_and_traffic_are_words(site: Site, found: SiteMap) -> None:
    shown = _shown(map_picture(site, found))
    assert shown.count("running, proven at r7") == len(site.workloads)
    assert "poll: modbus, 240 packets 18.2 kB" in shown
    assert "Revision 7, 2026-03-01 03:04:05 UTC, traffic of 60 s" in shown
    assert "Carries SL-T 2" in shown


@pytest.mark.parametrize(
    ("change", "words", "meaning"),
    [
        ({"verified": WRONG}, "running, WRONG at r7", "something is WRONG"),
        ({"verified": OLD}, "running, proven at r6", "unproven, never verified, or not known"),
        ({"verified": NEVER}, "running, never verified", "unproven, never verified, or not known"),
        ({"verified": None}, "running, verdict unknown", "unproven, never verified, or not known"),
        ({"state": "stopped"}, "STOPPED, proven at r7", "does not run, or its link is down"),
        ({"health": "unhealthy"}, "UNHEALTHY, proven at r7", "something is WRONG"),
    ],
)
def test_what_is_not_as_it_should_be_stands_out_without_colour(
    site: Site, found: SiteMap, change: dict[str, Any], words: str, meaning: str
) -> None:
    plain = map_picture(site, found)
    first = replace(found.workloads[0], **change)
    picture = map_picture(site, replace(found, workloads=(first, *found.workloads[1:])))
    assert words in _shown(picture)
    assert meaning in _shown(picture)
    assert words not in _shown(plain)
    assert meaning not in _shown(plain)


@pytest.mark.parametrize(("state", "dashes"), [("undeclared", 'style="stroke-width:1.8"'), ("unproven", "9 3 2 3")])
def test_what_no_conduit_names_has_a_line_of_its_own_kind(
    site: Site, found: SiteMap, state: Literal["undeclared", "unproven"], dashes: str
) -> None:
    stray = MapStray("workload/jump", "workload/scada", "telnet tcp/23", state, "Seen at noon.")
    picture = map_picture(site, replace(found, strays=(stray,)))
    assert f"{state.upper()}: telnet tcp/23" in _shown(picture)
    assert dashes in picture
    assert dashes not in map_picture(site, found)
    assert "Seen at noon." in picture
    assert "telnet tcp/23 from workload/jump to workload/scada" in picture  # read aloud


def test_strays_end_at_strangers_the_router_and_the_host(site: Site, found: SiteMap) -> None:
    strays = tuple(
        MapStray("workload/jump", end, "tcp/23", "undeclared", "") for end in ("192.0.2.7", "router", "host")
    )
    shown = _shown(map_picture(site, replace(found, strays=strays)))
    assert "192.0.2.7" in shown
    assert "router" in shown
    assert shown.count("UNDECLARED: tcp/23") == 3 * 2  # a light line under each


def test_conduits_tell_their_state(site: Site, found: SiteMap) -> None:
    states: dict[str, tuple[ConduitState, str]] = {
        "poll": ("closed", "by island/field"),
        "vendor-write": ("granted", "for another 40 s"),
    }
    conduits = tuple(
        replace(one, state=states[one.name][0], why=states[one.name][1]) if one.name in states else one
        for one in found.conduits
    )
    shown = _shown(map_picture(site, replace(found, conduits=conduits)))
    for words in (
        "closed by island/field",
        "granted for another 40 s",
        "closed in an emergency",
        "open now for a time",
    ):
        assert words in shown


def test_traffic_that_is_not_known_is_said_to_be(site: Site, found: SiteMap) -> None:
    conduits = tuple(replace(one, traffic=None) for one in found.conduits)
    picture = map_picture(
        site, replace(found, window_s=None, traffic_unknown="The fabric is not up.", conduits=conduits)
    )
    assert "traffic not known" in _shown(picture)
    assert "Its traffic is not counted." in picture


STEPS = (
    Step("workload/scada", "workload/plc-north", How.NETWORK, "conduit/poll", "modbus", State.DECLARED),
    Step(
        "workload/scada",
        "host",
        How.HOST,
        "qemu",
        "out of QEMU",
        State.BLOCKED,
        ("seccomp", "own user"),
        "verify at noon",
    ),
    Step("workload/scada", "workload/jump", How.DOOR, "disk/a", "a disk", State.UNDECLARED),
    Step("workload/scada", "router", How.MANAGEMENT, "dhcp", "asks", State.OPEN),
    Step("workload/scada", "workload/station", How.DOOR, "folder/b", "a folder", State.UNPROVEN),
)
FURTHER = Step("host", "workload/historian", How.HOST, "qemu", "the host runs it", State.OPEN)
PATHS = as_message(
    Paths(
        "workload/scada",
        STEPS,
        (*(Route(one.target, (one,)) for one in STEPS), Route("workload/historian", (STEPS[1], FURTHER))),
        ("workload/plc-south",),
    )
)


def test_attack_paths_show_every_step_with_what_blocks_it(site: Site, found: SiteMap) -> None:
    picture = map_picture(site, replace(found, paths=PATHS))
    shown = _shown(picture)
    assert "waterworks: if an intruder held workload/scada" in shown
    for words in (
        "network: poll",
        "host: qemu, blocked: seccomp and 1 more",
        "door: a, UNDECLARED",
        "management: dhcp, NOTHING BLOCKS IT",
        "door: b, UNPROVEN",
        "HELD",
        "REACHED in 1 step",
        "2 steps, 1 barrier",
        "1 step, UNPROVEN",
        "no way there",
    ):
        assert words in shown
    assert "Blocked by: seccomp; own user. Last shown by: verify at noon." in picture
    assert "Last shown by: never." in picture
    assert "blocked or unproven: host (1), workload/station (1), workload/historian (1)." in picture


def _overlap(one: Box, other: Box) -> bool:
    return one.x < other.right and other.x < one.right and one.y < other.bottom and other.y < one.bottom


@pytest.mark.parametrize("example", ["waterworks", "hospital", "line", "substation", "outside"])
@pytest.mark.parametrize("attacked", [False, True])
def test_no_label_lies_on_another_on_a_card_or_outside(repository: Path, example: str, attacked: bool) -> None:
    folder = "tests/integration/outside" if example == "outside" else f"examples/{example}"
    site = read_site(repository / folder / "site.yaml").site
    found = _map(
        site, MapStray(f"workload/{next(iter(site.workloads))}", "192.0.2.7", "telnet tcp/23", "undeclared", "")
    )
    drawn = as_much(site)
    paths = as_message(_everywhere(site))
    seen = attacked_scene(site, drawn, found, paths) if attacked else live_scene(site, drawn, found)
    made = layout(ordered(seen))
    labels = [Box(one.x, one.y - 10, text_width(one.text, 11), 12) for one in made.labels if one.text]
    assert labels
    cards = [box for _, box in made.cards]
    assert not any(_overlap(one, other) for one, other in combinations(labels, 2))
    assert not any(_overlap(one, other) for one in labels for other in cards)
    assert all(one.x > 0 and one.right < made.width and one.bottom < made.height for one in labels)
    for card, box in made.cards:
        assert text_width(card.status, 11) + 12 < box.width


def _everywhere(site: Site) -> Paths:
    """Steps from a workload to every other end."""
    held, *others = [
        *(f"workload/{name}" for name in site.workloads),
        *(f"asset/{name}" for name in site.assets),
        "host",
    ]
    states = list(State)
    steps = tuple(
        Step(held, end, How.NETWORK, f"conduit/{number}", "x", states[number % 5], ("a layer",) * (number % 5 == 1))
        for number, end in enumerate(others)
    )
    return Paths(held, steps, tuple(Route(one.target, (one,)) for one in steps))


def _large(workloads: int, zones: int) -> Site:
    made = [factory.zone(f"zone-{number}", number + 1, level=float(number % 4)) for number in range(zones)]
    each = [
        factory.workload(f"w-{number}", interfaces=(Interface("eth0", f"zone-{number % zones}"),))
        for number in range(workloads)
    ]
    conduits = {
        f"c-{number}": Conduit(
            f"c-{number}",
            (endpoint(f"workload/w-{number}"),),
            (endpoint(f"workload/w-{(number * 7 + 3) % workloads}"),),
            ("modbus",),
            "Because.",
            "Somebody",
        )
        for number in range(workloads)
    }
    return factory.site(each, made, conduits=conduits)


@pytest.mark.parametrize(("zones", "name"), [(20, "zone-7"), (70, "level 3")])
def test_a_large_site_is_grouped_and_one_that_is_wrong_still_stands_out(zones: int, name: str) -> None:
    site = _large(500, zones)
    found = _map(site)
    workloads = tuple(replace(one, verified=WRONG) if one.name == "w-7" else one for one in found.workloads)
    stray = MapStray("workload/w-7", "host", "udp/161", "undeclared", "")
    picture = map_picture(site, replace(found, workloads=workloads, strays=(stray,)))
    shown = _shown(picture)
    assert name in shown
    assert shown.count("1 WRONG") == 1
    assert "UNDECLARED: udp/161" in shown
    assert " packets " in shown
    assert len(picture) < 200_000
    paths = as_message(_everywhere(site))
    attacked = _shown(map_picture(site, replace(found, paths=paths)))
    assert "ways" in attacked
    assert "HELD" in attacked
