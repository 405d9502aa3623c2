# SPDX-License-Identifier: Apache-2.0
"""Attack paths over the scene of a site: where an intruder could go on, and what blocks each way."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from ringfence.messages.site_map import AttackPaths, AttackRoute, AttackStep, SiteMap
from ringfence.site.site import Site

from .ends import HOST, Ends, ends_of, with_host
from .live import each_card, host_line
from .look import BLOCKED, FAINT, STEP, UNBLOCKED, UNDECLARED, UNPROVEN, Look
from .scene import TALL_CARD, Card, Net, Scene, Sign

LOOKS: Mapping[str, Look] = {
    "declared": STEP,
    "blocked": BLOCKED,
    "open": UNBLOCKED,
    "unproven": UNPROVEN,
    "undeclared": UNDECLARED,
}
_NEEDED = ("standing/", "probe/")
"""Owners of what is there whatever a site says: leases, neighbours, and that somebody asks whether it works."""
_LONGEST = 76
"""Letters of a label; the whole of it is in the title of the line, and in the table."""


@dataclass(frozen=True, slots=True)
class _Bundle:
    source: str
    how: str
    through: str
    state: str
    blocked_by: tuple[str, ...]


def attacked_scene(site: Site, drawn: Scene, found: SiteMap, paths: AttackPaths) -> Scene:
    """Return a scene with the ways of an intruder; conduits that are none of them become faint lines."""
    ends = ends_of(site, drawn)
    nets = (*_faint(drawn, paths), *_steps(ends, paths))
    known = {card.key for band in drawn.bands for frame in band.frames for row in frame.rows for card in row}
    others = [_other(key) for key in sorted({end for net in nets for end in net.ends} - known - {HOST})]
    about = f"{drawn.title}: if an intruder held {paths.held}"
    told = replace(drawn, title=about, nets=nets, card_height=TALL_CARD, subtitle=_subtitle(found, paths))
    host = Card(HOST, "host", found.host, "shared by all workloads")
    whole = with_host(told, host, (host_line(site),), others)
    reach = _reach(ends, paths)
    return each_card(whole, lambda card: _with(card, reach))


def steps_of(paths: AttackPaths) -> tuple[AttackStep, ...]:
    """Return every step there is, once: those out of what is held, and those further on."""
    further = (step for route in paths.routes for step in route.steps)
    return tuple(dict.fromkeys((*paths.direct, *further)))


def _steps(ends: Ends, paths: AttackPaths) -> Iterator[Net]:
    bundles: dict[_Bundle, list[AttackStep]] = {}
    for step in steps_of(paths):
        if ends.key(step.source) != ends.key(step.target):
            bundles.setdefault(_bundle(ends, step), []).append(step)
    for number, (key, held) in enumerate(bundles.items()):
        targets = tuple(dict.fromkeys(ends.key(step.target) for step in held))
        label, hint = _label(key, len(held)), _hint(held[0])
        yield Net(f"step-{number}", (key.source,), targets, label, dormant=False, hint=hint, look=LOOKS[key.state])


def _bundle(ends: Ends, step: AttackStep) -> _Bundle:
    """Return what one line stands for: a step to several ends, or all steps of a kind where cards stand for many."""
    source = ends.key(step.source)
    if step.through.startswith(_NEEDED):
        return _Bundle(source, step.how, "what every machine needs", step.state, step.blocked_by)
    if source == step.source and ends.key(step.target) == step.target:
        return _Bundle(source, step.how, step.through, step.state, step.blocked_by)
    return _Bundle(source, step.how, "", step.state, ())


def _label(key: _Bundle, ways: int) -> str:
    name = key.through.partition("/")[2] or key.through or (f"{ways} ways" if ways > 1 else "1 way")
    words = {
        "declared": "",
        "blocked": f", blocked: {_first(key.blocked_by)}",
        "open": ", NOTHING BLOCKS IT",
        "unproven": ", UNPROVEN",
        "undeclared": ", UNDECLARED",
    }
    text = f"{key.how}: {name}{words[key.state]}"
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."


def _first(layers: tuple[str, ...]) -> str:
    more = f" and {len(layers) - 1} more" if len(layers) > 1 else ""
    return f"{layers[0]}{more}" if layers else "see the table"


def _hint(step: AttackStep) -> str:
    layers = f" Blocked by: {'; '.join(step.blocked_by)}." if step.blocked_by else ""
    return f"{step.what} ({step.state}).{layers} Last shown by: {step.shown_by}."


def _faint(drawn: Scene, paths: AttackPaths) -> Iterator[Net]:
    """Yield the conduits that are no step, without a label."""
    used = {step.through for step in steps_of(paths)}
    for net in drawn.nets:
        if f"conduit/{net.name}" not in used:
            yield replace(net, label="", hint=f"{net.label}. {net.hint}", look=FAINT)


def _reach(ends: Ends, paths: AttackPaths) -> dict[str, tuple[str, Sign]]:
    """Return how far each card is from the intruder; of many things behind one card, the nearest."""
    found: dict[str, tuple[str, Sign]] = {}
    for target in paths.beyond:
        found[ends.key(target)] = ("no way there", "walled")
    for route in sorted(paths.routes, key=lambda one: (-one.barriers, -len(one.steps))):
        found[ends.key(route.target)] = _far(route)
    return {**found, ends.key(paths.held): ("HELD", "held")}


def _far(route: AttackRoute) -> tuple[str, Sign]:
    """Return how far an end is. What nobody knows to block is no wall."""
    steps = f"{len(route.steps)} step" + ("s" if len(route.steps) > 1 else "")
    walls = sum(step.state == "blocked" for step in route.steps)
    if walls:
        return f"{steps}, {walls} barrier" + ("s" if walls > 1 else ""), "walled"
    if any(step.state == "unproven" for step in route.steps):
        return f"{steps}, UNPROVEN", "doubt"
    return f"REACHED in {steps}", "reached"


def _with(card: Card, reach: Mapping[str, tuple[str, Sign]]) -> Card:
    status, sign = reach.get(card.key, ("", ""))
    return replace(card, status=status, sign=sign)


def _other(key: str) -> Card:
    kind, _, name = key.rpartition("/")
    return Card(key, "asset" if kind else "host", name or key, kind or "of the host")


def _subtitle(found: SiteMap, paths: AttackPaths) -> str:
    free = sum(1 for route in paths.routes if not route.barriers)
    return (
        f"Within reach: {free}. Behind barriers, or unproven: {len(paths.routes) - free}. "
        f"Without a way: {len(paths.beyond)}. "
        f"Revision {found.revision}, {found.at:%Y-%m-%d %H:%M:%S} UTC"
    )
