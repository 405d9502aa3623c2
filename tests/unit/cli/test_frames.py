# SPDX-License-Identifier: Apache-2.0
"""A site with layer-2 conduits from plan to destroy, on the simulated host."""

from __future__ import annotations

from pathlib import Path

import pytest

from .conftest import Desk


@pytest.fixture
def bay(desk: Desk, repository: Path) -> Desk:
    desk.file.write_text((repository / "tests" / "golden" / "plants" / "bay" / "site.yaml").read_text())
    assert desk("apply", "--yes").status == 0
    return desk


def test_a_plan_shows_frames_that_open(desk: Desk, bay: Desk) -> None:
    bay.change("vlan: 5", "vlan: 6")
    said = desk("plan").out
    assert "asset/ied-1 -> relay  GOOSE 0x88b8 to 01:0c:cd:01:00:02 in VLAN 6" in said
    assert "change layer-2 conduit status" in said
    assert "0 restarts" in said


def test_a_cut_conduit_closes_until_it_is_released(bay: Desk) -> None:
    assert "relay -> uplink/yard  GOOSE 0x88b8" in bay("cut", "trip").out
    assert "No drift" in bay("drift").out
    assert "relay -> recorder" in bay("release", "cut/trip").out
    assert bay("drift").status == 0


def test_nothing_is_left_to_plan_or_after_destroy(bay: Desk) -> None:
    assert bay("plan").out.startswith("Nothing to change")
    assert bay("destroy", "--yes").status == 0


def test_the_picture_names_frames(bay: Desk) -> None:
    assert "trip: GOOSE 0x88b8" in bay("picture").out
