# SPDX-License-Identifier: Apache-2.0
"""init, schema, rules, picture, completion: what needs no plant."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner

from ringfence.cli.group import ringfence_group
from ringfence.cli.settings import Settings

from .conftest import Desk


def test_init_writes_a_file_that_checks_clean(desk: Desk) -> None:
    ran = desk("init", "new.yaml", "--called", "plant")
    assert ran.status == 0
    assert "no findings" in desk("check", "new.yaml").out
    assert desk("plan", "new.yaml").status == 0


def test_init_replaces_nothing(desk: Desk) -> None:
    before = desk.file.read_text()
    ran = desk("init")
    assert ran.status == 2
    assert "--force" in ran.err
    assert desk.file.read_text() == before
    assert desk("init", "--force").status == 0


def test_init_refuses_names_that_are_none(desk: Desk) -> None:
    assert desk("init", "new.yaml", "--called", "Plant 7").status == 2


def test_schema_is_json(desk: Desk) -> None:
    assert json.loads(desk("schema").out)["title"] == "Ringfence site file"


def test_rules(desk: Desk) -> None:
    listed = desk("rules", "--json").message["rules"]
    assert len(listed) > 30
    shown = desk("rules").out
    assert all(one["id"] in shown for one in listed)
    ran = desk("rules", listed[0]["id"].lower())
    assert listed[0]["rationale"].split(".")[0] in " ".join(ran.out.split())
    assert desk("rules", "RF-NO-999").status == 2


def test_picture(desk: Desk) -> None:
    assert desk("picture").out.startswith("<svg ")
    assert desk("picture", "--out", "plant.svg").status == 0
    assert (desk.folder / "plant.svg").read_text() == desk("picture").out
    assert desk("picture", "--out", "nowhere/plant.svg").status == 3


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_scripts_are_of_their_shell(desk: Desk, shell: str, tmp_path: Path) -> None:
    script = desk("completion", shell).out
    assert "_RINGFENCE_COMPLETE" in script
    if shutil.which(shell):
        path = tmp_path / "script"
        path.write_text(script)
        subprocess.run([shell, "-n", str(path)], check=True)


def _completed(*words: str) -> list[str]:
    environment = {
        "_RINGFENCE_COMPLETE": "bash_complete",
        "COMP_WORDS": " ".join(["ringfence", *words]),
        "COMP_CWORD": str(len(words)),
    }
    runner = CliRunner(env=environment)
    printed = runner.invoke(ringfence_group, [], prog_name="ringfence", obj=Settings()).output
    return [line.partition(",")[2] for line in printed.splitlines()]


def test_names_are_completed_from_the_file(desk: Desk) -> None:
    assert _completed("start", "p") == ["plc"]
    assert _completed("cut", "") == ["poll", "vendor"]
    assert _completed("island", "f") == ["field"]
    assert _completed("grant", "") == ["vendor"]
    assert _completed("prove", "--why", "sc") == ["scada"]
    assert "status" in _completed("st")


def test_names_are_completed_from_what_was_applied(applied: Desk) -> None:
    applied.file.unlink()
    assert _completed("restart", "") == ["plc", "scada"]
    assert _completed("--name", "works", "grant", "") == ["vendor"]
    applied("island", "field")
    applied("hold")
    assert _completed("release", "") == ["hold", "island/field"]


def test_a_name_that_is_a_conduit_and_an_asset_is_completed_with_its_kind(desk: Desk) -> None:
    desk.file.write_text("conduits: {poll: {}, valve: {}}\nassets: {valve: {}, pump: {}}\n")
    assert _completed("cut", "") == ["asset/valve", "conduit/valve", "poll", "pump"]


@pytest.mark.parametrize("text", ["", "workloads: [", "\x00", "workloads: {plc: {zone: }}\nworkloads: 7"])
def test_completion_never_fails(desk: Desk, text: str) -> None:
    desk.file.write_text(text)
    _completed("start", "")
