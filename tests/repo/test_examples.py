# SPDX-License-Identifier: Apache-2.0
"""The examples' site files load, and a sound host has no objection to any but the one that is there to show some."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.unit.assure.builders import NOW, facts

from ringfence.app.site_file import read_site
from ringfence.assure.check import check
from ringfence.base.diagnostics import Severity

PLANTS = ("waterworks", "hospital", "line", "substation")


def judged(path: Path) -> list[str]:
    site = read_site(path).site
    found = check(site, {name: facts(name) for name in site.hosts}, NOW)
    return [f"{one.id} {one.subject}" for one in found if one.severity not in {Severity.LOW, Severity.INFO}]


@pytest.mark.parametrize("plant", PLANTS)
def test_a_plant_has_no_finding_worse_than_low(repository: Path, plant: str) -> None:
    assert judged(repository / "examples" / plant / "site.yaml") == []


def test_sampled_values_and_ptp_ask_for_a_card_of_the_relays_own(repository: Path) -> None:
    found = judged(repository / "examples" / "substation" / "sampled-values.yaml")
    assert sorted(found) == ["RF-FRM-007 conduit/samples", "RF-FRM-007 conduit/time"]


@pytest.mark.parametrize("plant", PLANTS)
def test_the_demo_builds_the_guests_of_a_plant(repository: Path, plant: str) -> None:
    built = next(
        line.split("echo ")[1].removesuffix(" ;;").split()
        for line in (repository / "demo").read_text().partition("guests_of")[2].splitlines()
        if line.strip().startswith(f"{plant})")
    )
    images = read_site(repository / "examples" / plant / "site.yaml").site.images
    assert sorted(built) == sorted(Path(image.source).stem for image in images.values())
