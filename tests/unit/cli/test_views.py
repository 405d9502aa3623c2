# SPDX-License-Identifier: Apache-2.0
"""Pure pieces: tables, excerpts, durations, progress lines."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringfence.cli.columns import Cell, Row, table, width
from ringfence.cli.excerpt import WIDTH, excerpt, window
from ringfence.cli.paint import Paint
from ringfence.cli.progress import Bar, PlainLines
from ringfence.cli.settings import Settings
from ringfence.cli.show.job import job_lines
from ringfence.cli.show.plan import plan_lines
from ringfence.cli.show.status import status_lines
from ringfence.cli.show.words import counted, duration, listed
from ringfence.messages.apply import JobReport, LeftStanding, StepReport
from ringfence.messages.plan import PlanReport, PlanStep
from ringfence.messages.progress import ProgressLine
from ringfence.messages.status import GrantStatus, InterfaceStatus, SiteStatus, WorkloadStatus

PLAIN = Paint()
STATUS = SiteStatus(
    site="works",
    at=datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
    revision=7,
    acceleration="KVM did not run a guest.",
    emulated=True,
    simulated=False,
    unfinished_job="apply (job 3)",
    workloads=(WorkloadStatus("plc", "field", "running", "unhealthy", "Port 502 is silent.", (), 2, 61.0),),
    grants=(GrantStatus("vendor", 90),),
    denied={"undeclared": 12, "flooded": 0},
    drift=("The rules were changed.",),
)


def test_tables_are_aligned_and_end_without_blanks() -> None:
    lines = table(("A", "B", "C"), [["x", "long text", "1"], [Cell("yy", ("red",)), "b", ""]], PLAIN)
    assert lines == ["A   B          C", "x   long text  1", "yy  b"]


def test_colour_changes_no_alignment() -> None:
    rows: list[Row] = [["x", "1"], [Cell("yyyy", ("red",)), "2"]]
    colored = table((), rows, Paint(on=True))
    assert colored[1] == "\x1b[31myyyy\x1b[0m  2"
    assert table((), rows, PLAIN)[0] == "x     1"


def test_wide_letters_take_two_columns() -> None:
    assert width("水") == 2
    assert width("e\u0301") == 1


@given(st.text(st.characters(blacklist_categories=["Cs"]), max_size=500), st.integers(-3, 600))
def test_the_caret_stands_below_its_letter(text: str, column: int) -> None:
    shown, caret = window(text, column)
    assert 0 <= caret <= len(shown)
    if 1 <= column <= len(text):
        assert shown[caret] == text[column - 1]
    assert len(shown) <= WIDTH + 6


def test_excerpts_do_not_steer_the_terminal(tmp_path: Path) -> None:
    path = tmp_path / "evil.yaml"
    path.write_text("name: \x1b[31mred\n")
    lines = excerpt(str(path), 1, 7, PLAIN)
    assert lines == ["    1 | name: ?[31mred", "      |       ^"]
    assert excerpt(str(path), 99, 1, PLAIN) == []
    assert excerpt(str(tmp_path / "nowhere"), 1, 1, PLAIN) == []


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0 s"),
        (4.25, "4.2 s"),
        (59, "59 s"),
        (60, "1 min"),
        (65, "1 min 5 s"),
        (7380, "2 h 3 min"),
        (360000, "4 d 4 h"),
    ],
)
def test_durations(seconds: float, text: str) -> None:
    assert duration(seconds) == text


def test_words() -> None:
    assert listed([]) == ""
    assert listed(["a"]) == "a"
    assert listed(["a", "b", "c"]) == "a, b and c"
    assert counted(1, "step", "steps") == "1 step"


def _line(moment: str, detail: str = "") -> ProgressLine:
    return ProgressLine(moment, "s1", "start workload scada", 3, 17, detail)


def test_progress_as_lines() -> None:
    times = iter([0.0, 4.2, 9.0])
    stream = io.StringIO()
    lines = PlainLines(stream, lambda: next(times))
    for line in (_line("started"), _line("done"), _line("waiting", detail="scada"), _line("healthy", detail="scada")):
        lines.hear(line)
    assert stream.getvalue() == (
        "[ 3/17] start workload scada ... done 4.2 s\n[ 3/17] workload scada ... healthy 9 s\n"
    )


def test_a_reader_that_left_does_not_stop_the_job() -> None:
    stream = io.StringIO()
    stream.close()
    PlainLines(stream, lambda: 0.0).hear(_line("done"))


def test_the_bar_moves_and_tells_what_went_wrong(capsys: pytest.CaptureFixture[str]) -> None:
    bar = Bar(no_color=True)
    bar.close()
    for line in (
        _line("started"),
        _line("waiting", detail="plc"),
        _line("failed", detail="It [refused]."),
        _line("done"),
    ):
        bar.hear(line)
    bar.close()
    assert "It [refused]." in capsys.readouterr().err


def test_status_names_everything_a_person_should_know() -> None:
    text = "\n".join(status_lines(STATUS, PLAIN))
    for told in (
        "SOFTWARE EMULATION: KVM did not run a guest.",
        "UNFINISHED: apply (job 3)",
        "!!  field  plc       running  unhealthy  -        2      1 min 1 s",
        "plc: Port 502 is silent.",
        "vendor: open for another 1 min 30 s",
        "12  undeclared",
        "1 difference from revision 7",
        "Site works, revision 7, 2026-01-02 03:04:05 UTC: 1 unhealthy.",
    ):
        assert told in text
    assert "flooded" not in text


def test_nothing_is_said_by_colour_alone() -> None:
    plain, colored = status_lines(STATUS, PLAIN), status_lines(STATUS, Paint(on=True))
    import re

    assert [re.sub("\x1b\\[[0-9;]*m", "", line) for line in colored] == plain


def test_an_empty_plan() -> None:
    report = PlanReport("works", 3, 0, 0, 0, (), (), (), ("Disk a is kept.",))
    assert plan_lines(report, PLAIN) == [
        "Nothing to change: site works is as its file says.",
        "",
        "Kept:",
        "  Disk a is kept.",
    ]


def test_a_plan_that_loses_data() -> None:
    step = PlanStep("x", "volume", "destroy disk a", ("delete",), "data loss", None, critical=False, why=(), parts=())
    lines = plan_lines(PlanReport("works", 3, 0, 0, 1, (), (step,), (), ()), PLAIN)
    assert "DATA IS LOST FOR GOOD: destroy disk a." in lines


def test_a_failed_job() -> None:
    steps = (StepReport("start workload plc", "undone", "", 0.0), StepReport("load rules", "done", "", 1.25))
    left = (LeftStanding("Workload plc runs on.", "Apply again."),)
    report = JobReport("works", "apply", "stuck", 4, "It broke.", "Mend it.", steps, left)
    text = "\n".join(job_lines(report, 3.0, PLAIN))
    for told in ("STEP", "undone", "1.2 s", "Why: It broke.", "Mend it.", "Left standing:", "- Workload plc runs on."):
        assert told in text
    assert text.endswith("2 steps (1 undone and 1 done) in 3 s.")


@pytest.mark.parametrize("variable", ["NO_COLOR", "TERM"])
def test_colour_is_left_out_where_it_is_not_wanted(monkeypatch: pytest.MonkeyPatch, variable: str) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    assert Settings().paint.on
    assert not Settings(no_color=True).paint.on
    monkeypatch.setenv(variable, "dumb")
    assert not Settings().paint.on


def test_status_shows_every_interface_and_shared_address() -> None:
    nics = (
        InterfaceStatus("eth0", "control", "bridge", ("10.1.0.11",), ("10.1.0.100",)),
        InterfaceStatus("eth1", "office", "bridge", ("10.2.0.11", "fd00::11"), ()),
        InterfaceStatus("eth2", "bay", "macvtap", (), ()),
    )
    told = ("10.1.0.11", "10.2.0.11", "fd00::11")
    line = WorkloadStatus("scada", "control", "running", "healthy", "", told, 0, 0.0, nics)
    shown = [text.split() for text in status_lines(replace(STATUS, workloads=(line,)), PLAIN)]
    start = shown.index(["ok", "control", "scada", "running", "healthy", "10.1.0.11", "-", "now", "?"])
    assert shown[start + 1 : start + 4] == [
        ["control", "eth0", "shared", "10.1.0.100"],
        ["office", "eth1", "10.2.0.11"],
        ["bay", "eth2", "macvtap", "-"],
    ]
