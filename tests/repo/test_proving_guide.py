# SPDX-License-Identifier: Apache-2.0
"""What the guide to the proof shows is what the example's site file gives. ``--regenerate`` writes it anew."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from ringfence.cli.main import run
from ringfence.compile.document import Document
from ringfence.compile.scope import Scope
from ringfence.drivers.memory.host import MemoryHost
from ringfence.drivers.system.clock import SystemClock
from ringfence.plan.change import Change

GUIDE = Path("docs/guides/proving.md")
_SHOWN = re.compile(r"(?<=<!-- shown: )(\w+)( -->\n```text\n)(.*?)(?=^```)", re.MULTILINE | re.DOTALL)
_TIME = re.compile(r"in \d+(?:\.\d+)? s\.")
_COUNT = re.compile(r"(\bline|\blet|\bagainst|^ +)\s+\d+(?=\s+artifacts|[),]|\s+kinds|\s+claims)", re.MULTILINE)
_MORE = "element/c4_supervision/10.10.2.11 . 10.10.1.11 . tcp . 503"

Say = Callable[..., str]


@pytest.fixture
def say(tmp_path: Path, repository: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Say:
    for name in ("RINGFENCE_SITE", "RINGFENCE_FAULTS", "RINGFENCE_DEBUG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("RINGFENCE_WORLD", f"memory:{tmp_path / 'world'}")
    monkeypatch.setenv("RINGFENCE_STATE", str(tmp_path / "state"))
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "site.yaml").write_text((repository / "examples/waterworks/site.yaml").read_text())

    def ask(*words: str) -> str:
        capsys.readouterr()
        run(words)
        lines = capsys.readouterr().out.splitlines()
        kept = [line for line in lines if not line.startswith("SIMULATED")]
        return _TIME.sub("in 0.1 s.", "\n".join(kept).strip("\n"))

    return ask


def _part(text: str, start: str, end: str) -> str:
    """Return the lines from one that has ``start`` in it to the one before ``end``."""
    lines = text.splitlines()
    first = next(number for number, line in enumerate(lines) if start in line)
    last = next(number for number, line in enumerate(lines) if number > first and end in line)
    return "\n".join(lines[first:last]).rstrip("\n")


def _meddle(folder: Path) -> None:
    scope = Scope("waterworks", "server1")
    port, address = MemoryHost(folder / "world", SystemClock()).artifacts, scope.address("conduit", "poll")
    before = port.observe(scope)[address]
    parts = {**before.parts, _MORE: "goto leg_field"}
    port.ensure(scope, (Change(before, Document(address, before.kind, parts, before.body)),))


def _everything(say: Say, folder: Path) -> dict[str, str]:
    found = {
        "prove": say("prove"),
        "why": say("prove", "--why", "scada", "plc-north", "modbus"),
        "whynot": say("prove", "--why", "jump", "station", "ssh"),
        "matrix": say("prove", "--matrix"),
    }
    say("apply", "--yes", "-q")
    site = folder / "site.yaml"
    text = site.read_text()
    page = text.index("\n  page:", text.index("\nconduits:"))
    site.write_text(text[:page] + text[page:].replace("service: scada-page", "service: ssh", 1))
    found["plan"] = _part(say("plan"), "By the proof", "Cuts traffic")
    site.write_text(text)
    _meddle(folder)
    found["wrong"] = _part(say("prove", "--loaded"), "!! What is loaded", "Site waterworks.")
    return found


def test_the_guide_shows_what_is_said(say: Say, tmp_path: Path, repository: Path, *, regenerate: bool) -> None:
    found, guide = _everything(say, tmp_path), repository / GUIDE
    text = guide.read_text()
    assert [one[0] for one in _SHOWN.findall(text)] == ["prove", "why", "whynot", "matrix", "wrong", "plan"]
    made = _SHOWN.sub(lambda one: f"{one[1]}{one[2]}{found[one[1]]}\n", text)
    if regenerate:
        guide.write_text(made)
    assert _counted(made) == _counted(guide.read_text())


def _counted(text: str) -> str:
    """Return text without how many lines and rules there are: another version of the compiler may have others."""
    return " ".join(_COUNT.sub(r"\1 N", text).split())
