# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import json
from pathlib import Path

import pytest

from ringfence.drivers.host.memo import Tried, remembered
from ringfence.facts.host import Acceleration

YES = Tried(Acceleration("yes", "It runs."), frozenset({"veth", "bridge"}))
NO = Tried(Acceleration("no", "It does not."), frozenset())


def fail() -> Tried:
    raise AssertionError("It was tried again.")


def test_what_was_found_is_not_tried_again(tmp_path: Path) -> None:
    assert remembered(lambda: YES, tmp_path) == YES
    assert remembered(fail, tmp_path) == YES


@pytest.mark.parametrize("change", [{"stamp": []}, {"kvm": None, "stamp": None}, {"features": 7}])
def test_a_memo_that_does_not_fit_is_none(tmp_path: Path, change: dict[str, object]) -> None:
    remembered(lambda: YES, tmp_path)
    file = tmp_path / "host.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | change))
    assert remembered(lambda: NO, tmp_path) == NO


def test_a_broken_memo_is_none(tmp_path: Path) -> None:
    (tmp_path / "host.json").write_text("{")
    assert remembered(lambda: NO, tmp_path) == NO


def test_an_unknown_verdict_is_asked_again(tmp_path: Path) -> None:
    busy = Tried(Acceleration("unknown", "Too busy."), frozenset())
    assert remembered(lambda: busy, tmp_path) == busy
    assert remembered(lambda: YES, tmp_path) == YES


def test_a_folder_that_cannot_be_written_is_no_harm(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert remembered(lambda: YES, tmp_path / "file" / "below") == YES
