# SPDX-License-Identifier: Apache-2.0
"""Plan files from strangers: whoever can write one can also compute its digest."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.unit.cli.conftest import Desk

from ringfence.base.identity import digest


def _planned(desk: Desk) -> Path:
    path = desk.folder / "plan.json"
    assert desk("plan", "--out", str(path)).status == 0
    return path


def _edit(path: Path, edit: Callable[[dict[str, Any]], None]) -> None:
    found = json.loads(path.read_text())
    edit(found["plan"])
    path.write_text(json.dumps({**found, "digest": digest(found["plan"])}, separators=(",", ":")))


def _changes(plan: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    return [change for step in plan["steps"] if step["kind"] == kind for change in step["changes"]]


def _smuggle_boot_file(plan: dict[str, Any]) -> None:
    after = _changes(plan, "boot")[0]["after"]
    after["body"] = after["body"].replace("set -eu", "set -eu; touch /root/owned")


def _smuggle_emulator(plan: dict[str, Any]) -> None:
    after = _changes(plan, "domain")[0]["after"]
    after["body"] = after["body"].replace("<devices>", "<devices><emulator>/tmp/evil</emulator>")


def _smuggle_part(plan: dict[str, Any]) -> None:
    tables = _changes(plan, "table")
    router = next(one["after"] for one in tables if one["after"]["address"].endswith("router"))
    router["parts"]["chain/forward"] = "filter hook forward priority 0; policy accept"


def _drop_need(plan: dict[str, Any]) -> None:
    plan["steps"][-1]["needs"] = []


def _soften(plan: dict[str, Any]) -> None:
    plan["steps"][-1]["impact"] = "none"
    plan["steps"][-1]["title"] = "do nothing at all"


@pytest.mark.parametrize("edit", [_smuggle_boot_file, _smuggle_emulator, _smuggle_part, _drop_need, _soften])
def test_an_edited_plan_with_a_fitting_digest_is_refused(desk: Desk, edit: Callable[[dict[str, Any]], None]) -> None:
    path = _planned(desk)
    _edit(path, edit)
    ran = desk("apply", str(path), "--yes")
    assert ran.status == 3
    assert "does not come from this site file" in ran.err
    assert not desk.host.artifacts.observe(_scope())


def test_an_untouched_plan_is_applied(desk: Desk) -> None:
    assert desk("apply", str(_planned(desk)), "--yes").status == 0


def test_a_plan_for_another_site_is_refused(desk: Desk) -> None:
    path = _planned(desk)
    desk.change("name: works,", "name: other,")
    ran = desk("apply", str(path), "--yes")
    assert ran.status == 3
    assert "not the one that the plan was made from" in ran.err


@pytest.mark.parametrize(
    "text",
    [
        '{"ringfence-plan"',
        '{"ringfence-plan":1}',
        '{"ringfence-plan":[],"plan":1,"digest":2}',
        '{"ringfence-plan":1,"plan":' + "[" * 100_000,
        '{"ringfence-plan":1,"digest":"","plan":{"steps":7}}',
        '{"ringfence-plan":' + "9" * 5000 + "}",
    ],
)
def test_what_only_begins_like_a_plan_is_bad_input(desk: Desk, text: str) -> None:
    path = desk.folder / "plan.json"
    path.write_text(text)
    ran = desk("apply", str(path), "--yes")
    assert ran.status == 2
    assert "plan" in ran.err


def _scope() -> Any:
    from ringfence.compile.scope import Scope

    return Scope("works", "server1")


def _paint_over(plan: dict[str, Any]) -> None:
    plan["steps"][0]["title"] = "\x1b[2J\x1b[8mload nothing\x1b]0;owned\x07\x9b1A\u202egnihton"
    plan["kept"] = ["\x1b[31mred\x1b[0m \x1b[1;31mloud\x1b[0m stays, \x1b[38;5;1mother codes go"]


def test_a_plan_file_does_not_steer_the_terminal(desk: Desk, answering: Callable[[bool], list[str]]) -> None:
    answering(False)
    path = _planned(desk)
    _edit(path, _paint_over)
    ran = desk("apply", str(path))
    assert ran.status == 1
    assert "stays" in ran.out
    shown = ran.out.replace("\x1b[31m", "").replace("\x1b[1;31m", "").replace("\x1b[0m", "")
    assert all(letter.isprintable() or letter == "\n" for letter in shown)
