# SPDX-License-Identifier: Apache-2.0
"""Counters of a watch as both versions of nft list them (recorded/)."""

from __future__ import annotations

from pathlib import Path

import pytest

from ringfence.facts.seen import Seen, SeenFrame, SeenQuestion, Sight
from ringfence.observe.seen import sight

RECORDED = Path(__file__).parent / "recorded"
DISTRIBUTIONS = tuple(one.parent for one in sorted(RECORDED.glob("*/nft-learn-inet.json")))
FOUR = "10.0.0.1", "10.0.0.2"
SIX = "fd00::1", "fd00::2"


@pytest.fixture(params=DISTRIBUTIONS, ids=lambda one: one.name)
def found(request: pytest.FixtureRequest) -> Sight:
    folder = Path(str(request.param))
    return sight(*((folder / f"nft-learn-{family}.json").read_text() for family in ("inet", "bridge")))


def test_conversations_with_what_they_said_and_whether_they_passed(found: Sight) -> None:
    assert set(found.seen) == {
        Seen(*FOUR, "tcp", 502, 12, 720, 5, passed=True),
        Seen(*FOUR, "udp", 53, 2, 120, 2, passed=False),
        Seen(*FOUR, "tcp", 80, 1, 60, 0, passed=False),
        Seen(*FOUR, "icmp", 0, 3, 252, 3, passed=True),
        Seen(*FOUR, "47", 0, 4, 112, 4, passed=False),
        Seen(*SIX, "udp", 5353, 9, 900, 9, passed=False),
        Seen(*SIX, "icmpv6", 0, 1, 104, 1, passed=False),
    }
    assert found.missed == 0


def test_frames_and_questions(found: Sight) -> None:
    mac = "52:54:00:00:00:01"
    assert set(found.frames) == {
        SeenFrame(mac, "01:0c:cd:01:00:01", 0x88B8, 7),
        SeenFrame(mac, "01:80:c2:00:00:0e", 0x88CC, 1),
        SeenFrame(mac, "ff:ff:ff:ff:ff:ff", 0x8035, 2),
    }
    assert found.questions == (SeenQuestion("10.0.0.1", "10.0.0.9", 30),)


def test_without_tables_there_is_nothing() -> None:
    assert sight("", "") == Sight()
