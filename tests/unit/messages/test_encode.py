# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import json
from datetime import UTC, date, datetime

import pytest

from ringfence.base.diagnostics import Diagnostic, Severity
from ringfence.base.marks import Mark
from ringfence.messages.encode import VERSION, to_json, to_plain
from ringfence.messages.findings import report
from ringfence.messages.grants import ConduitChange


def test_messages_become_json_under_a_version() -> None:
    made = ConduitChange("works", "vendor", open=True, seconds=60, until=datetime(2026, 1, 2, tzinfo=UTC))
    assert json.loads(to_json(made)) == {
        "version": VERSION,
        "site": "works",
        "conduit": "vendor",
        "open": True,
        "seconds": 60,
        "until": "2026-01-02T00:00:00+00:00",
    }


def test_lists_stand_under_items() -> None:
    assert json.loads(to_json(["a", "ä"])) == {"version": VERSION, "items": ["a", "ä"]}


def test_plain_values() -> None:
    assert to_plain({1: (date(2026, 1, 2), Severity.HIGH, None)}) == {"1": ["2026-01-02", "high", None]}
    with pytest.raises(TypeError, match="object has no JSON form"):
        to_plain(object())


def test_findings_keep_their_place_and_errors_are_counted() -> None:
    found = Diagnostic(
        "RF-X-001", Severity.ERROR, "zone/a", "It is wrong.", "Mend it.", Mark("a.yaml", 3, 5), ("SR 1",)
    )
    nowhere = Diagnostic("RF-X-002", Severity.LOW, "zone/b", "It is odd.", "Look at it.")
    made = report("works", [found, nowhere])
    assert made.errors == 1
    assert (made.findings[0].file, made.findings[0].line, made.findings[0].column) == ("a.yaml", 3, 5)
    assert made.findings[1].file is None
