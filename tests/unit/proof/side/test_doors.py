# SPDX-License-Identifier: Apache-2.0
"""Every kind of side door, put into the artifacts of a plant by hand: found, and told in a sentence."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from lxml import etree
from tests.unit.compile.test_plants import compiled
from tests.unit.proof.side.doors_case import HERE, bodies, changed

from ringfence.compile.document import Document, Kind
from ringfence.compile.part.flatten import flatten, parse
from ringfence.proof.side import Hardware, PciFunction, Side, kind, look
from ringfence.proof.side.told import sentence

GOLDEN = Path(__file__).parents[3] / "golden" / "doors"
DOMAINS = Path(__file__).parents[3] / "golden" / "domain"
CASES = sorted(file.stem for file in GOLDEN.glob("*.xml"))
SCHEMA = Path("/usr/share/libvirt/schemas/domain.rng")
NEWER = {"unknown"}
"""Cases with devices that not every supported libvirt knows."""
BUS = {
    "0000:03:00.0": PciFunction(7),
    "0000:03:00.1": PciFunction(7),
    "0000:03:01.0": PciFunction(7, bridge=True),
    "0000:04:00.0": PciFunction(8),
    "0000:04:00.1": PciFunction(8),
    "0000:05:00.0": PciFunction(None),
}
STANDARD = {kind.AGENT, kind.BASE, kind.CONSOLE, kind.DHCP, kind.MANAGEMENT}


@pytest.fixture(scope="module")
def plant(repository: Path) -> dict[str, Document]:
    return {one.address: one.document for one in compiled(repository, "gathering")}


def told(before: Side, after: Side) -> Iterator[str]:
    """Yield what a change did, as a person compares it."""
    old, new = {door.key for door in before.doors}, {door.key for door in after.doors}
    for door in after.doors:
        if door.key not in old:
            yield f"+ {door.kind}: {sentence(door)}"
            yield f"    at {door.place}"
    for door in before.doors:
        if door.key not in new:
            yield f"- {door.kind}: {sentence(door)}"
    for one in after.unread:
        yield f"? {one.place} = {one.text}"
        yield f"    {one.why}"


@pytest.mark.parametrize("case", CASES)
def test_a_door_put_in_by_hand_is_found_and_told(plant: dict[str, Document], case: str, *, regenerate: bool) -> None:
    after = look(changed(plant, GOLDEN / f"{case}.xml").values(), Hardware(BUS))
    lines = [etree.parse(GOLDEN / f"{case}.xml").getroot().get("says"), "", *told(look(plant.values()), after)]
    text = "".join(f"{line}\n" for line in lines)
    file = GOLDEN / f"{case}.txt"
    if regenerate:
        file.write_text(text)
    assert text == file.read_text()


@pytest.mark.skipif(not SCHEMA.exists(), reason="libvirt's schemas are not installed")
def test_libvirt_would_take_every_domain_of_the_cases(plant: dict[str, Document]) -> None:
    schema = etree.RelaxNG(etree.parse(SCHEMA))
    wrong = [
        (case, one.address, str(schema.error_log.last_error))
        for case in CASES
        for one in bodies(changed(plant, GOLDEN / f"{case}.xml"))
        if case not in NEWER and one.body != plant[one.address].body and not schema.validate(without_ps2(one))
    ]
    assert wrong == []


def without_ps2(document: Document) -> etree._Element:
    """Return a domain without the one switch that schemas before libvirt 10.7 do not know."""
    root = parse(document.body)
    for features in root.findall("features"):
        for found in features.findall("ps2"):
            features.remove(found)
    return root


def test_every_kind_is_found_in_some_case(plant: dict[str, Document]) -> None:
    cases = [look(changed(plant, GOLDEN / f"{case}.xml").values(), Hardware(BUS, ("0.0.0.0:16509",))) for case in CASES]
    every = {value for name, value in vars(kind).items() if name.isupper() and isinstance(value, str)}
    assert every - {door.kind for side in cases for door in side.doors} - {kind.SEED} == set()


def test_a_plant_has_the_doors_that_every_plant_has_and_nothing_unread(plant: dict[str, Document]) -> None:
    side = look(plant.values())
    assert {door.kind for door in side.doors} == STANDARD
    assert side.unread == ()


@pytest.mark.parametrize("case", sorted(file.name for file in DOMAINS.iterdir()))
def test_what_libvirt_adds_to_a_definition_is_understood(case: str) -> None:
    """Every version that golden files were recorded from says the same as the definition that it was given."""
    for given in sorted((DOMAINS / case).glob("*[0-9].xml")):
        sides = []
        for file in (given, given.with_suffix(".dump.xml")):
            body = file.read_text()
            address = f"{HERE}/domain/w"
            bus = Hardware(dict.fromkeys(("0000:03:00.1", "0000:03:10.2", "0000:04:00.0"), PciFunction(1)))
            side = look([Document(address, Kind.DOMAIN, flatten(parse(body)), body)], bus)
            assert side.unread == ()
            sides.append({door.key for door in side.doors})
        assert sides[0] == sides[1]
