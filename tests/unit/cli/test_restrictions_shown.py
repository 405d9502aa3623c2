# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from datetime import UTC, datetime

from ringfence.cli.paint import Paint
from ringfence.cli.show.restrictions import SHOWN_FLOWS, release_lines, restriction_lines, warning_lines
from ringfence.messages.plan import PlanFlow
from ringfence.messages.restrictions import EssentialLoss, ReleaseReport, RestrictionReport
from ringfence.messages.standing import RestrictionLine

PLAIN = Paint(on=False)
ISLAND = RestrictionLine(
    "island/field", "island", "zone/field", datetime(2026, 3, 1, 3, 4, 5, tzinfo=UTC), "maria", "malware"
)


def flow(number: int) -> PlanFlow:
    return PlanFlow(f"conduit/c{number}", f"workload/w{number}", "asset/plc", "tcp 502", opens=False)


def report(flows: int, **changes: object) -> RestrictionReport:
    values: dict[str, object] = {
        "site": "works",
        "restriction": ISLAND,
        "again": False,
        "reach": "done",
        "ended": tuple(map(flow, range(flows))),
        "dormant": (),
        "elsewhere": (),
        "inside": ("workload/plc", "asset/valve"),
        "essential": (EssentialLoss("asset/plc", "safety", ("c0",)),),
        "seconds": 0.31,
        "undo": "ringfence release island/field",
    }
    return RestrictionReport(**(values | changes))  # type: ignore[arg-type]  # a builder takes what differs


def test_essential_functions_come_first_and_the_way_back_last() -> None:
    lines = restriction_lines(report(1), PLAIN)
    assert lines[0] == "Zone field is an island (since 2026-03-01 03:04:05 UTC, by maria)."
    assert lines[2] == "ESSENTIAL FUNCTIONS LOSE CONVERSATIONS:"
    assert lines[3].split() == ["!!", "asset/plc", "safety", "c0"]
    assert "Together on the island: plc and asset/valve." in lines
    assert lines[-1] == "Undo it with: ringfence release island/field"


def test_nobody_reads_ten_thousand_conversations() -> None:
    lines = restriction_lines(report(10_000), PLAIN)
    assert len(lines) < SHOWN_FLOWS + 20
    assert any(f"and {10_000 - SHOWN_FLOWS} more" in line for line in lines)


def test_what_is_not_done_is_said_with_the_next_step() -> None:
    lines = restriction_lines(report(1, reach="kernel", problem="Apply is at work.", next_step="Again."), PLAIN)
    text = " ".join(lines)
    assert "Not all done in 0.3 s. Packets stop now." in text
    assert "Apply is at work. Again." in text


def test_a_release_that_failed_stands_on() -> None:
    lines = release_lines(ReleaseReport("works", ISLAND, "partly", (), (ISLAND,), "nft refused.", "Look."), PLAIN)
    assert lines == ["Not done. island/field stands on:", "nft refused.", "Look."]


def test_warnings_say_who_why_and_how_to_undo() -> None:
    text = " ".join(warning_lines([ISLAND], PLAIN))
    assert text == (
        "ZONE FIELD IS AN ISLAND since 2026-03-01 03:04:05 UTC, by maria: malware. Undo: ringfence release island/field"
    )
