# SPDX-License-Identifier: Apache-2.0
"""Who may open what to whom, with assets, frames, side doors and large sites."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

from tests.integration.fabric.stage import Stage

from ringfence.app.claims import claims
from ringfence.app.picture.matrix import MOST_ENDS, matrix_picture
from ringfence.app.proof.case import Case
from ringfence.app.proof.matrix import matrix_of
from ringfence.app.proof.why import why
from ringfence.cli.paint import Paint
from ringfence.cli.show.matrix import matrix_lines
from ringfence.compile.scope import Endpoints, Scope
from ringfence.messages.proof import MatrixCell, MatrixEnd, ProofMatrix
from ringfence.proof.flow import Door, Place, Unread
from ringfence.proof.reach import reach
from ringfence.site.loader import load


def case_of(path: Path) -> Case:
    site, problems = load(path.read_bytes(), str(path), str(path.parent), lambda one: Path(one).read_bytes())
    assert site is not None, problems
    of = Stage(site, Scope(site.name, next(iter(site.hosts)), "live", Endpoints.STUB))
    documents = {one.address: one for one in of.documents()}
    may = claims(site, frozenset(site.workloads), of.bindings, of.scope, of.now)
    can = reach(documents.values())
    return Case("compiled", site, of.scope, of.bindings, of.now, documents, can, may, can.doors)


def pairs(found: ProofMatrix) -> set[tuple[str, str, str]]:
    return {(one.source, one.target, what) for one in found.by_end for what in one.services}


def test_assets_are_named_by_their_addresses_and_the_smallest_range_counts(repository: Path) -> None:
    found = matrix_of(case_of(repository / "tests/integration/outside/site.yaml"))
    assert found.verdict == "proven"
    assert {one for one in pairs(found) if "asset/one" in one} == {
        ("workload/view", "asset/one", "modbus"),
        ("workload/view", "asset/one", "ping"),
    }
    assert ("asset/plc", "asset/spot", "https") in pairs(found)
    assert not any(one.undeclared or one.strange_doors for one in (*found.by_end, *found.by_zone))


def test_frames_are_told_by_their_type(repository: Path) -> None:
    found = matrix_of(case_of(repository / "examples/substation/site.yaml"))
    assert ("asset/bay-2", "workload/ied-1", "EtherType 0x88b8") in pairs(found)


def test_why_with_an_asset(repository: Path) -> None:
    case = case_of(repository / "tests/integration/outside/site.yaml")
    found = why(case, "hist", "plc", "modbus")
    assert (found.passes, found.verdict, found.opening.owners) == (True, "proven", ("conduit/poll",))
    assert "uplink/plant" in found.opening.packet
    assert not why(case, "plc", "hist", "modbus").passes


def test_a_door_between_zones_and_one_between_machines_have_their_cells(repository: Path) -> None:
    case = case_of(repository / "examples/minimal/site.yaml")
    name, zone = next(iter(case.site.workloads)), next(iter(case.site.zones))
    legs = Door("legs", f"leg/{zone}", f"leg/{zone}", f"workload/{name}")
    disk = Door("disk", f"workload/{name}", "asset/printer", "/srv/x")
    changed = replace(case, reach=replace(case.reach, doors=(*case.reach.doors, legs, disk)), doors=case.doors)
    found = matrix_of(changed)
    assert [(one.source, one.target) for one in found.by_zone if one.strange_doors] == [(zone, zone)]
    assert [one.target for one in found.by_end if one.strange_doors] == ["asset/printer"]
    assert any("!=" in line for line in matrix_lines(found, Paint()))


def test_what_is_not_understood_marks_its_own_machine_or_everybody(repository: Path) -> None:
    case = case_of(repository / "examples/minimal/site.yaml")
    name = next(iter(case.site.workloads))
    own = Unread(Place(f"host/server1/live/guard/{name}", "element/x/y"), "y", "not known")
    shared = Unread(Place("host/server1/live/table/router", "rule/forward/x"), "x", "not known")
    found = matrix_of(replace(case, reach=replace(case.reach, unread=(own, shared))))
    assert found.verdict == "unproven"
    assert [one.unproven for one in found.ends if one.name == f"workload/{name}"] == [True]
    assert len(found.unproven) == 1
    text = "\n".join(matrix_lines(found, Paint()))
    assert f"{name} (?)" in text
    assert "?? Not understood: host/server1/live/table/router" in text


def _large(count: int) -> ProofMatrix:
    ends = tuple(MatrixEnd(f"workload/w{number}", f"zone-{number % 7}") for number in range(count))
    by_end = tuple(MatrixCell(f"workload/w{number}", "workload/w0", ("modbus",)) for number in range(1, count))
    by_zone = (MatrixCell("zone-1", "zone-0", ("modbus",), ("conduit/a",), ("ssh",)),)
    return ProofMatrix("large", "compiled", "wrong", tuple(f"zone-{n}" for n in range(7)), ends, by_zone, by_end)


def test_a_large_site_is_drawn_by_zone_and_told_in_lines() -> None:
    text = matrix_picture(_large(MOST_ENDS + 1))
    ET.fromstring(text)  # noqa: S314 - our own
    assert "zone-1 to zone-0: modbus. declared by conduit/a. UNDECLARED: ssh." in text
    assert "w17" not in text
    lines = matrix_lines(_large(400), Paint())
    assert len(lines) < 300
    assert any("more pairs; --json tells all" in line for line in lines)


def test_text_of_people_is_escaped_and_nothing_is_said_by_colour_alone() -> None:
    odd = replace(_large(3), site='<a href="x">')
    text = matrix_picture(odd)
    assert "<a href" not in text
    small = matrix_picture(_large(3))
    assert small.count("<title>") > 2
    assert 'class="tag"' in matrix_picture(_large(MOST_ENDS + 1)), "what is undeclared has a sign of its own"
