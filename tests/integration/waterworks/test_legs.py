# SPDX-License-Identifier: Apache-2.0
"""A real guest in two zones: it is asked at each of its addresses, and answers and asks by the right interface."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.integration.waterworks.host import left_of
from tests.integration.waterworks.legs import SITE, STATION, site_text
from tests.integration.waterworks.talk import OPEN, SILENT, Target, ask
from tests.integration.waterworks.works import Works, standing

ARCHIVE = ("10.73.0.11", "fd71:0:0:3::11")
CONTROL, OFFICE = ("10.71.0.11", "fd71:0:0:1::11"), ("10.72.0.11", "fd71:0:0:2::11")
ECHO = 7

pytestmark = pytest.mark.skipif(not STATION.exists(), reason="needs guests/build")


@pytest.fixture(params=[True, False], ids=["dhcp", "seed"])
def works(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Works]:
    with standing(Works(SITE, tmp_path, site_text(dhcp=request.param))) as made:
        yield made


def test_a_guest_with_two_legs_answers_by_the_one_it_was_asked_at(works: Works) -> None:
    works.apply()
    assert works.drift() == []
    assert works.health() == {"scada": "healthy", "archive": "healthy"}  # scada's probe asks its second interface
    told = {one["name"]: one["interfaces"] for one in works.status()["workloads"]}["scada"]
    assert [(one["zone"], tuple(one["addresses"])) for one in told] == [("control", CONTROL), ("office", OFFICE)]
    assert OFFICE[0] in works.must("status").text

    found = ask(
        works,
        {
            "archive": [Target(address, ECHO) for address in (*OFFICE, *CONTROL)],
            "scada": [Target(address, ECHO) for address in ARCHIVE],
        },
    )
    assert {target.address: said for (_, target), said in found.items()} == {
        **dict.fromkeys((*OFFICE, *ARCHIVE), OPEN),
        **dict.fromkeys(CONTROL, SILENT),
    }
    ways = {where: leg_towards(works, where) for where in ("10.99.0.1", "fd99::1", *ARCHIVE)}
    assert ways == {"10.99.0.1": "eth0", "fd99::1": "eth0", **dict.fromkeys(ARCHIVE, "eth1")}

    works.must("destroy", "--yes", "--all-data", "--forget")
    assert left_of(works) == []


def leg_towards(works: Works, address: str) -> str:
    """Return the interface by which the guest itself would reach an address."""
    version = "-6" if ":" in address else "-4"
    said = works.guest("scada").run("/bin/ip", version, "route", "get", address).text
    return said.split(" dev ")[1].split()[0]
