# SPDX-License-Identifier: Apache-2.0
"""What a job came to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from ringfence.cli.columns import Cell, Row, table
from ringfence.cli.paint import Paint
from ringfence.messages.apply import JobReport, StepReport

from .words import WHAT, counted, duration, listed, wrapped

STATE_STYLES = {
    "done": ("green",),
    "failed": ("red", "bold"),
    "undone": ("yellow",),
    "unknown": ("magenta",),
    "planned": ("dim",),
}
SHOWN_SECONDS = 0.05
WORTH_A_TABLE = 4
SHARED = "(shared)"
DONE_WORDS = {
    "apply": "is what its file says",
    "revert": "is what the earlier revision said",
    "destroy": "is gone",
    "start": "has started what you named",
    "stop": "has stopped what you named",
    "restart": "has restarted what you named",
}
_OUTCOMES = {
    "undone": "failed; everything it had touched was taken back",
    "kept": "failed in part; what is healthy was kept",
    "cancelled": "was stopped between steps",
    "stuck": "failed, and some of it was left as it is",
    "lost": "was lost",
}


def job_lines(report: JobReport, seconds: float, paint: Paint, *, quiet: bool = False) -> list[str]:
    """Return the result: what was done or went wrong, what is left and what to do, and one last sentence."""
    done = report.outcome == "done"
    lines = ([] if quiet else _done(report.steps, paint)) if done else _steps(report.steps, paint)
    if report.problem:
        lines += ["", *wrapped(f"Why: {report.problem}"), *wrapped(report.next_step or "")]
    if report.left:
        lines += ["", paint("Left standing:", "bold")]
        lines += [line for one in report.left for line in wrapped(f"- {one.what} {one.next_step}", "  ")]
    if report.kept:
        lines += ["", paint("Kept:", "bold"), *(line for one in report.kept for line in wrapped(one, "  "))]
    return [*lines, *([""] if lines else []), verdict(report, seconds, paint)]


def verdict(report: JobReport, seconds: float, paint: Paint) -> str:
    """Return the result in one sentence."""
    if report.outcome == "nothing" or (report.outcome == "done" and not report.steps):
        return f"Nothing to do: site {report.site} {_done_words(report, ' already')}."
    counts = Counter(step.state for step in report.steps)
    shown = listed([f"{number} {state}" for state, number in counts.items()]) or "none begun"
    took = f"{counted(len(report.steps), 'step', 'steps')} ({shown}) in {duration(seconds)}"
    if report.outcome == "done":
        done = paint("Done.", "green", "bold")
        revision = f" Revision {report.revision}." if report.kind in {"apply", "revert"} else ""
        return f"{done} Site {report.site} {_done_words(report)}: {took}.{revision}"
    word = paint("Not done.", "red", "bold")
    asked = ", as you asked" if report.outcome == "cancelled" and report.problem is None else ""
    how = _OUTCOMES.get(report.outcome, report.outcome) + asked
    return f"{word} The {report.kind} of site {report.site} {how}: {took}."


def _done_words(report: JobReport, already: str = "") -> str:
    kept = ", except for what is kept" if report.kind == "destroy" and report.kept else ""
    return DONE_WORDS.get(report.kind, "is as it should be") + already + kept


def _done(steps: Sequence[StepReport], paint: Paint) -> list[str]:
    """Return one line per workload, and one for what they share; nothing where there is little to tell."""
    held: dict[str, list[StepReport]] = {}
    for step in steps:
        held.setdefault(step.workload or SHARED, []).append(step)
    rows: list[Row] = [
        [name, ", ".join(dict.fromkeys(WHAT.get(one.kind, one.kind) for one in found)), _took(found)]
        for name, found in sorted(held.items(), key=lambda item: (item[0] != SHARED, item[0]))
    ]
    return table(("WORKLOAD", "DONE", "TOOK"), rows, paint) if len(steps) >= WORTH_A_TABLE else []


def _took(steps: Sequence[StepReport]) -> str:
    seconds = sum(step.seconds for step in steps)
    return duration(round(seconds, 1)) if seconds >= SHOWN_SECONDS else ""


def _steps(steps: Sequence[StepReport], paint: Paint) -> list[str]:
    rows: list[Row] = [
        [
            step.title,
            Cell(step.state, STATE_STYLES.get(step.state, ())),
            _took((step,)),
            step.detail,
        ]
        for step in steps
    ]
    return ["", *table(("STEP", "STATE", "TOOK", "DETAIL"), rows, paint)] if rows else []
