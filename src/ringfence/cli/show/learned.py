# SPDX-License-Identifier: Apache-2.0
"""What was learned, as a table and a proposal."""

from __future__ import annotations

from collections.abc import Iterator

from ringfence.base.units import quantity
from ringfence.cli.columns import Cell, table
from ringfence.cli.paint import Paint
from ringfence.messages.learned import LearnedTalk, LearnReport

from .flows import end_name, service_name
from .words import counted, duration, wrapped

HEAD = ("FROM", "TO", "SERVICE", "SEEN", "HOW OFTEN", "BYTES", "", "CONDUIT")


def learned_lines(report: LearnReport, paint: Paint, kept: str | None) -> list[str]:
    """Return the conversations, what else was seen, and the proposal, or the name of the file that holds it."""
    lines = [paint("SIMULATED: no real host stands behind this.", "magenta", "bold")] if report.simulated else []
    if report.talks:
        lines += table(HEAD, [_row(one) for one in report.talks], paint)
    lines += _rest(report)
    span = duration(round(report.seconds))
    seen = counted(len(report.talks), "conversation", "conversations")
    lines += ["", *wrapped(f"Zone {report.zone} was watched for {span}, allowed by {report.allowed_by}: {seen}.")]
    if kept is not None:
        return [*lines, f"The proposal is in {kept}. Nothing was opened."]
    return [*lines, "", *report.proposal.splitlines()]


def _row(one: LearnedTalk) -> list[Cell | str]:
    service = service_name(one.protocol, one.port, one.service)
    passed = Cell("passed", ("green",)) if one.passed else Cell("denied", ("red",))
    conduit = Cell(", ".join(one.conduits)) if one.conduits else Cell("proposed", ("bold",))
    names = [end_name(one.source), end_name(one.target)]
    return [*names, service, f"{one.times}", one.rhythm, quantity(one.bytes), passed, conduit]


def _rest(report: LearnReport) -> Iterator[str]:
    if report.frames or report.questions or report.missed:
        yield ""
    for frame in report.frames:
        who = frame.source or frame.source_mac
        yield f"  Frames {frame.ethertype} of {who} to {frame.target_mac}: {frame.packets}"
    for one in report.questions:
        yield f"  {end_name(one.source)} asked {one.times} times for {end_name(one.target)}, and they never talked"
    if report.missed:
        text = f"{report.missed} packets belonged to more conversations than can be kept apart (a scan of ports?)."
        yield from wrapped(text, "  ")
