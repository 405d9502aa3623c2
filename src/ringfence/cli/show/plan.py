# SPDX-License-Identifier: Apache-2.0
"""A plan: what happens to whom, what it costs, which conversations open and close, and why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from ringfence.cli.columns import Cell, table
from ringfence.cli.paint import Paint
from ringfence.messages.plan import PlanFlow, PlanReach, PlanReport, PlanStep

from .restrictions import warning_lines
from .words import WHAT, counted, listed, wrapped

IMPACT_STYLES = {
    "none": (),
    "traffic cut": ("yellow",),
    "restart": ("yellow", "bold"),
    "stop": ("red",),
    "data loss": ("red", "bold"),
}
IMPACTS = tuple(IMPACT_STYLES)
GROUPS = {
    "create": ("+", "Created", ("green",)),
    "update": ("~", "Changed in place", ("yellow",)),
    "restart": ("!", "Restarted", ("yellow", "bold")),
    "delete": ("-", "Deleted", ("red",)),
}
SHOWN_REASONS = 2
SHOWN_NAMES = 12
SHOWN_REACH = 20
_BY_STEP = frozenset({"traffic cut", "data loss"})


def plan_lines(report: PlanReport, paint: Paint, *, verbose: bool = False) -> list[str]:
    """Return a whole plan; with ``verbose`` every part of every step."""
    if not report.steps:
        nothing = f"Nothing to change: site {report.site} is as its file says."
        return [*warning_lines(report.restrictions, paint), nothing, *_kept(report.kept, paint)]
    against = f"made against revision {report.generation}" if report.generation else "made before anything was applied"
    lines = [*warning_lines(report.restrictions, paint), f"Plan for site {report.site}, {against}."]
    found = bundles(report.steps)
    for group in GROUPS:
        lines += _group(group, [steps for steps in found if group_of(steps) == group], paint, verbose=verbose)
    lines += _flows(report.flows, paint, verbose=verbose)
    lines += reach_lines(report, paint, verbose=verbose)
    lines += _kept(report.kept, paint)
    return [*lines, "", *_impact(report.steps, paint), summary(report)]


def group_of(steps: Sequence[PlanStep]) -> str:
    """Return where steps of one thing are shown: create, update, restart or delete."""
    if any(step.impact == "restart" for step in steps):
        return "restart"
    actions = {action for step in steps for action in step.actions}
    return actions.pop() if len(actions) == 1 else "update"


def summary(report: PlanReport) -> str:
    """Return the plan in one sentence."""
    opens = sum(flow.opens for flow in report.flows)
    parts = [
        f"{report.created} to create",
        f"{report.updated} to change",
        f"{report.deleted} to delete",
        counted(len(report.restarted), "restart", "restarts"),
        f"{counted(opens, 'flow', 'flows')} opened",
        f"{len(report.flows) - opens} closed",
    ]
    return f"{counted(len(report.steps), 'step', 'steps')}: {listed(parts)}."


def _group(group: str, found: Sequence[Sequence[PlanStep]], paint: Paint, *, verbose: bool) -> list[str]:
    if not found:
        return []
    sign, heading, styles = GROUPS[group]
    lines = ["", paint(f"{heading}:", "bold")]
    if verbose:
        return lines + [line for steps in found for step in steps for line in _whole_step(sign, step, paint, styles)]
    return lines + table((), [_row(sign, steps, styles) for steps in found], paint, "  ")


def bundles(steps: Iterable[PlanStep]) -> list[list[PlanStep]]:
    """Return steps of one workload together, others by kind and what happens, in the order of their first."""
    found: dict[tuple[str, ...], list[PlanStep]] = {}
    for step in steps:
        key = ("workload", step.workload) if step.workload else ("kind", step.kind, *step.actions)
        found.setdefault(key, []).append(step)
    return list(found.values())


def _row(sign: str, steps: Sequence[PlanStep], styles: tuple[str, ...]) -> list[Cell | str]:
    worst = max((step.impact for step in steps), key=IMPACTS.index)
    essential = any(step.critical for step in steps) and worst != "none"
    impact = "" if worst == "none" else worst + (" of an essential function" if essential else "")
    return [
        Cell(sign, styles),
        text_of(steps),
        Cell(impact, IMPACT_STYLES[worst]),
        Cell(because(steps), ("dim",)),
    ]


def text_of(steps: Sequence[PlanStep]) -> str:
    """Return what happens to one thing: ``workload scada: disk, definition, run``."""
    first = steps[0]
    if first.workload:
        return f"workload {first.workload}: " + ", ".join(dict.fromkeys(WHAT.get(s.kind, s.kind) for s in steps))
    more = len(steps) - 1
    return first.title + (f" and {counted(more, 'other', 'others')}" if more else "")


def because(steps: Iterable[PlanStep]) -> str:
    """Return the places of the site file that steps come from, each file named once: ``because a.yaml:3:1, 7:1``."""
    places = sorted({place for step in steps for place in step.why}, key=_in_file)
    if not places:
        return ""
    shown, file = [], ""
    for place in places[:SHOWN_REASONS]:
        before, (name, line, column) = file, _in_file(place)
        shown.append(f"{line}:{column}" if name == before else place)
        file = name
    more = f" and {len(places) - SHOWN_REASONS} more" if len(places) > SHOWN_REASONS else ""
    return f"because {', '.join(shown)}{more}"


def _in_file(place: str) -> tuple[str, int, int]:
    file, line, column = place.rsplit(":", 2)
    return file, int(line), int(column)


def _whole_step(sign: str, step: PlanStep, paint: Paint, styles: tuple[str, ...]) -> Iterator[str]:
    impact = "" if step.impact == "none" else f" [{paint(step.impact, *IMPACT_STYLES[step.impact])}]"
    yield f"  {paint(sign, *styles)} {paint(step.title, 'bold')}{impact}"
    if step.why:
        yield paint(f"      because {', '.join(step.why)}", "dim")
    for part in step.parts:
        yield from wrapped(part, "      ")


def _flows(flows: Sequence[PlanFlow], paint: Paint, *, verbose: bool) -> list[str]:
    declared = [flow for flow in flows if verbose or not flow.conduit.startswith("conduit/probe/")]
    probes = len({flow.conduit for flow in flows}) - len({flow.conduit for flow in declared})
    if not flows:
        return []
    rows = [_flow_row(flow) for flow in declared]
    tail = [paint(f"  and the probes of {counted(probes, 'workload', 'workloads')}", "dim")] if probes else []
    return ["", paint("Flows that open (+) and close (-):", "bold"), *table((), rows, paint, "  "), *tail]


def _flow_row(flow: PlanFlow) -> list[Cell | str]:
    sign, style = ("+", "green") if flow.opens else ("-", "red")
    name = flow.conduit.removeprefix("conduit/")
    ends = f"{_end(flow.source)} -> {_end(flow.target)}"
    return [Cell(sign, (style,)), ends, flow.service, Cell(name, ("bold",)), Cell(flow.reason, ("dim",))]


def _end(address: str) -> str:
    return address.removeprefix("workload/")


def reach_lines(report: PlanReport, paint: Paint, *, verbose: bool) -> list[str]:
    """Return what packets will be able to do, and what no more; with ``verbose`` answers and the like as well."""
    shown = [one for one in report.reach if verbose or one.kind != "other"]
    rows = [_reach_row(one) for one in shown[:SHOWN_REACH]]
    rest, others = len(shown) - len(rows), len(report.reach) - len(shown)
    tail = [f"  and {rest} more; --json tells all"] if rest else []
    if others:
        tail.append(f"  and what goes with it: {counted(others, 'kind', 'kinds')} of answers, errors and neighbours")
    tail += wrapped(report.reach_unknown, "  ") if report.reach_unknown else []
    if not rows and not tail:
        return []
    head = "By the proof, becomes reachable (+) and stops (-):"
    return ["", paint(head, "bold"), *table((), rows, paint, "  "), *(paint(line, "dim") for line in tail)]


def _reach_row(one: PlanReach) -> list[Cell | str]:
    sign, style = ("+", "green") if one.opens else ("-", "red")
    what = Cell(one.packet, ("dim",)) if one.kind == "door" else ""
    return [Cell(sign, (style,)), f"{_end(one.source)} -> {_end(one.target)}", one.service, what]


def _kept(kept: Sequence[str], paint: Paint) -> list[str]:
    if not kept:
        return []
    return ["", paint("Kept:", "bold"), *(line for sentence in kept for line in wrapped(sentence, "  "))]


def _impact(steps: Sequence[PlanStep], paint: Paint) -> list[str]:
    """Spell out what hurts: cut traffic, restarts, stops, lost data, essential functions."""
    lines: list[str] = []
    for impact, sentence in _SENTENCES.items():
        hurting = [step for step in steps if step.impact == impact]
        whom = dict.fromkeys(step.title if impact in _BY_STEP else step.workload or step.title for step in hurting)
        if whom:
            lines += _painted(f"{sentence}: {_some(list(whom))}.", paint, IMPACT_STYLES[impact])
    critical = list(dict.fromkeys(s.workload or s.title for s in steps if s.critical and s.impact != "none"))
    if critical:
        text = f"Essential functions are among them, and the site gave no consent: {listed(critical)}."
        lines += _painted(text, paint, ("red", "bold"))
    return lines


def _some(names: Sequence[str]) -> str:
    rest = len(names) - SHOWN_NAMES
    return listed([*names[:SHOWN_NAMES], f"{rest} more"] if rest > 0 else names)


def _painted(text: str, paint: Paint, styles: tuple[str, ...]) -> list[str]:
    return [paint(line, *styles) for line in wrapped(text)]


_SENTENCES = {
    "traffic cut": "Cuts traffic, for a moment or for good",
    "restart": "Restarts, and is away meanwhile",
    "stop": "Stops",
    "data loss": "DATA IS LOST FOR GOOD",
}
