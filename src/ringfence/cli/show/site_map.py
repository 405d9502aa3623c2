# SPDX-License-Identifier: Apache-2.0
"""A map as tables: everything that the picture shows, for those who cannot see it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ringfence.base.units import quantity
from ringfence.cli.columns import Cell, Row, table
from ringfence.cli.paint import Paint
from ringfence.messages.site_map import AttackPaths, AttackRoute, AttackStep, MapConduit, MapStray, SiteMap

from .verified import verified_cell
from .words import counted, duration, wrapped

STATES = {
    "declared": ("->", "declared", ()),
    "blocked": ("--", "blocked", ("green",)),
    "open": ("!!", "NOT BLOCKED", ("red", "bold")),
    "unproven": ("??", "unproven", ("yellow",)),
    "undeclared": ("!!", "UNDECLARED", ("red", "bold")),
}
"""A sign, a word and styles for each state of a step, so that no colour is needed."""
_CONDUIT_STYLES = {"open": (), "dormant": ("dim",), "granted": ("yellow",), "closed": ("yellow", "bold")}


def map_lines(found: SiteMap, paint: Paint) -> list[str]:
    """Return a map as tables; with attack paths, these."""
    lines = [paint("SIMULATED: no real host stands behind this.", "magenta", "bold"), ""] if found.simulated else []
    if found.paths is not None:
        return [*lines, *paths_lines(found.paths, paint)]
    lines += _strays(found.strays, paint)
    lines += _workloads(found, paint)
    lines += _assets(found, paint)
    lines += _conduits(found, paint)
    for why in (found.traffic_unknown, found.paths_unknown):
        lines += ["", *(paint(line, "yellow") for line in wrapped(f"Not known: {why}"))] if why else []
    return [*lines, "", *wrapped(summary(found))]


def summary(found: SiteMap) -> str:
    """Return the whole in a sentence."""
    window = f"traffic counted for {duration(round(found.window_s, 1))}" if found.window_s else "traffic not counted"
    return f"Site {found.site}, revision {found.revision}, {found.at:%Y-%m-%d %H:%M:%S} UTC, {window}."


def paths_lines(paths: AttackPaths, paint: Paint) -> list[str]:
    """Return every direct step, then the easiest way to each end."""
    lines = [paint(f"Whoever holds {paths.held} can try:", "bold")]
    rows = {tuple(map(str, row)): row for row in map(_step, paths.direct)}
    lines += table(_HEAD, list(rows.values()), paint) if rows else ["  Nothing."]
    lines += ["", paint("The easiest way to each end:", "bold")]
    for targets, route in _alike(paths.routes):
        lines += wrapped(f"{', '.join(targets)}: {_barriers(route)}", "  ")
        lines += [line for step in route.steps for line in wrapped(_words(step), "      ")]
    if paths.beyond:
        lines += ["", *wrapped(f"No way leads to: {', '.join(paths.beyond)}.")]
    return lines


def _alike(routes: Sequence[AttackRoute]) -> Iterator[tuple[list[str], AttackRoute]]:
    """Yield ends that are reached the same way together: by way of the host these are all machines."""
    found: dict[object, list[AttackRoute]] = {}
    for route in routes:
        *before, last = route.steps
        found.setdefault((tuple(before), last.source, last.how, last.through, last.state), []).append(route)
    for held in found.values():
        yield [route.target for route in held], held[0]


def _barriers(route: AttackRoute) -> str:
    walls = sum(step.state == "blocked" for step in route.steps)
    if walls:
        return counted(walls, "barrier", "barriers")
    return "UNPROVEN whether anything blocks it" if route.barriers else "NOTHING BLOCKS IT"


_HEAD = ("", "TO", "BY", "THROUGH", "STATE", "BLOCKED BY", "LAST SHOWN BY")


def _step(one: AttackStep) -> Row:
    sign, word, styles = STATES[one.state]
    layers = ", ".join(one.blocked_by) or "-"
    return [Cell(sign, styles), one.target, one.how, one.through, Cell(word, styles), layers, one.shown_by]


def _words(one: AttackStep) -> str:
    sign, word, _ = STATES[one.state]
    blocked = f" by {', '.join(one.blocked_by)}" if one.blocked_by else ""
    return f"{sign} {one.source} to {one.target}, {one.how}: {one.what} ({word}{blocked})"


def _strays(strays: Sequence[MapStray], paint: Paint) -> list[str]:
    lines: list[str] = []
    for one in strays:
        word = paint(one.state.upper(), "red" if one.state == "undeclared" else "yellow", "bold")
        lines += [f"{word}: {one.what} from {one.source} to {one.target}", *wrapped(one.seen, "    ")]
    return [*lines, ""] if lines else []


def _workloads(found: SiteMap, paint: Paint) -> list[str]:
    rows: list[Row] = [
        [one.zone, one.name, one.state, one.health, verified_cell(one.verified, found.at)] for one in found.workloads
    ]
    rows.append(["(host)", found.host, "", "", verified_cell(found.host_verified, found.at)])
    return table(("ZONE", "WORKLOAD", "STATE", "HEALTH", "VERIFIED"), rows, paint)


def _assets(found: SiteMap, paint: Paint) -> list[str]:
    rows: list[Row] = [
        [one.zone, one.name, one.uplink, Cell(one.link, () if one.link == "connected" else ("yellow", "bold"))]
        for one in found.assets
    ]
    return ["", *table(("ZONE", "ASSET", "UPLINK", "LINK"), rows, paint)] if rows else []


def _conduits(found: SiteMap, paint: Paint) -> list[str]:
    rows = [_conduit(one) for one in found.conduits]
    return ["", *table(("CONDUIT", "STATE", "CONVERSATIONS", "PACKETS", "BYTES"), rows, paint)] if rows else []


def _conduit(one: MapConduit) -> Row:
    state = Cell(f"{one.state} {one.why}".strip(), _CONDUIT_STYLES[one.state])
    if one.traffic is None:
        return [one.name, state, "-", "-", "not counted"]
    traffic = one.traffic
    return [one.name, state, f"{traffic.conversations}", f"{traffic.packets}", quantity(traffic.bytes)]
