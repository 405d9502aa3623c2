# SPDX-License-Identifier: Apache-2.0
"""What was closed in an emergency, what that costs, and how it is undone: to be read at 3 a.m."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ringfence.cli.columns import Cell, Row, table
from ringfence.cli.paint import Paint
from ringfence.messages.plan import PlanFlow
from ringfence.messages.restrictions import EssentialLoss, ReleaseReport, RestrictionList, RestrictionReport
from ringfence.messages.standing import RestrictionLine

from .words import counted, duration, listed, wrapped

SHOWN_FLOWS = 40
"""More than that nobody reads in an emergency."""
HOLD = "Nothing happens by itself: no conduit closes because its time has come, and no failed job is taken back."
_REACHED = {
    "done": "It holds over apply, revert and reboot.",
    "kernel": "Packets stop now. The boot files are not written yet, because another job holds the site:",
    "partly": "It is written down, and not all of it took effect:",
}


def restriction_lines(report: RestrictionReport, paint: Paint) -> list[str]:
    """Return what was closed, the essential functions first, and last how it is undone."""
    again = "already " if report.again else ""
    lines = [f"{paint(_words(report.restriction), 'bold')} ({again}since {_since(report.restriction)})."]
    if report.restriction.kind == "hold":
        return [*lines, *wrapped(HOLD), "", _undo(report, paint)]
    lines += _loud(report.essential, paint)
    lines += _flows("Conversations that ended:", report.ended, paint) or ["", "No conversation was open through it."]
    lines += _flows("Still open, because another conduit names them as well:", report.elsewhere, paint, warn=True)
    if report.dormant:
        lines += ["", *wrapped(f"Cannot be granted meanwhile: {listed(report.dormant)}.")]
    if report.inside:
        names = listed([name.removeprefix("workload/") for name in report.inside])
        lines += ["", *wrapped(f"Together on the island: {names}.")]
    return [*lines, "", *_end(report, paint), _undo(report, paint)]


def release_lines(report: ReleaseReport, paint: Paint) -> list[str]:
    """Return what opened again and what still stands."""
    name = paint(report.restriction.name, "bold")
    if report.reach != "done":
        why = [*wrapped(report.problem or ""), *wrapped(report.next_step or "")]
        return [f"{paint('Not done.', 'red', 'bold')} {name} stands on:", *why]
    lines = [f"{name} is released.", *_flows("Conversations that are open again:", report.opened, paint)]
    if report.standing:
        lines += ["", *_standing(report.standing, paint)]
    return lines


def list_lines(report: RestrictionList, paint: Paint) -> list[str]:
    """Return what stands, and how it is released."""
    if not report.restrictions:
        return [f"Nothing is restricted: no island, no cut and no hold stands on site {report.site}."]
    return [*_standing(report.restrictions, paint), "", "Release one with: ringfence release NAME"]


def warning_lines(standing: Iterable[RestrictionLine], paint: Paint) -> list[str]:
    """Return a warning for each restriction, for the head of a status or a plan."""
    return [
        paint(part, "red", "bold")
        for one in standing
        for part in wrapped(f"{_words(one).upper()} since {_since(one)}{_why(one)}. Undo: ringfence release {one.name}")
    ]


def _words(one: RestrictionLine) -> str:
    kind, _, name = one.subject.partition("/")
    return {
        "island": f"Zone {name} is an island",
        "cut": f"{kind.capitalize()} {name} is cut",
        "hold": "The site is on hold",
    }[one.kind]


def _since(one: RestrictionLine) -> str:
    return f"{one.since:%Y-%m-%d %H:%M:%S} UTC, by {one.principal}"


def _why(one: RestrictionLine) -> str:
    return f": {one.reason}" if one.reason else ""


def _loud(lost: Sequence[EssentialLoss], paint: Paint) -> list[str]:
    if not lost:
        return []
    rows: list[Row] = [
        [Cell(f"!! {one.subject}", ("red", "bold")), one.function, ", ".join(one.conduits)] for one in lost
    ]
    return ["", paint("ESSENTIAL FUNCTIONS LOSE CONVERSATIONS:", "red", "bold"), *table((), rows, paint, "  ")]


def _flows(heading: str, flows: Sequence[PlanFlow], paint: Paint, *, warn: bool = False) -> list[str]:
    if not flows:
        return []
    rows: list[Row] = [
        [f"{_short(one.source)} -> {_short(one.target)}", one.service, Cell(_conduit(one), ("dim",))]
        for one in flows[:SHOWN_FLOWS]
    ]
    more = len(flows) - SHOWN_FLOWS
    rows += [[f"and {more} more", "", "--json lists them all"]] if more > 0 else []
    return ["", paint(heading, "bold", *(("yellow",) if warn else ())), *table((), rows, paint, "  ")]


def _short(end: str) -> str:
    return end.removeprefix("workload/")


def _conduit(flow: PlanFlow) -> str:
    return flow.conduit.removeprefix("conduit/")


def _standing(found: Sequence[RestrictionLine], paint: Paint) -> list[str]:
    rows: list[Row] = [
        [Cell(one.name, ("bold",)), f"{one.since:%Y-%m-%d %H:%M:%S} UTC", one.principal, one.reason] for one in found
    ]
    count = counted(len(found), "restriction stands", "restrictions stand")
    return [f"{count}:", *table(("NAME", "SINCE", "BY", "REASON"), rows, paint, "  ")]


def _end(report: RestrictionReport, paint: Paint) -> list[str]:
    word = paint("Done", "green", "bold") if report.reach == "done" else paint("Not all done", "red", "bold")
    lines = wrapped(f"{_REACHED[report.reach]}")
    why = [*wrapped(report.problem or ""), *wrapped(report.next_step or "")] if report.problem else []
    return [f"{word} in {duration(max(0.1, round(report.seconds, 1)))}. {lines[0]}", *lines[1:], *why]


def _undo(report: RestrictionReport, paint: Paint) -> str:
    return f"Undo it with: {paint(report.undo, 'bold')}"
