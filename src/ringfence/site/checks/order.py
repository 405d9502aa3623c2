# SPDX-License-Identifier: Apache-2.0
"""The order in which workloads start: it has to have a beginning."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

from ringfence.site import place
from ringfence.site.codes import Code
from ringfence.site.problems import Problems
from ringfence.site.site import Site
from ringfence.site.tree import Path

_SHOWN = 8
_MOST = 20


def check_order(site: Site, problems: Problems) -> None:
    """Add every circle of ``after`` and every workload that is to be apart from itself to ``problems``."""
    for circle in circles({name: workload.after for name, workload in site.workloads.items()}):
        _tell(circle, site, problems)
    for name, workload in site.workloads.items():
        if name in workload.apart_from:
            path: Path = ("workloads", name, "apart_from")
            where = place.member(problems.tree, path, workload.apart_from.index(name))
            problems.add(Code.CONTRADICTION, where, "A workload cannot be apart from itself.", "Remove it.")


def _tell(circle: Sequence[str], site: Site, problems: Problems) -> None:
    last, first = circle[-1], circle[0]
    path: Path = ("workloads", last, "after")
    where = place.member(problems.tree, path, site.workloads[last].after.index(first))
    shown = [f"'{one}' for '{other}'" for one, other in pairwise([*circle, first])]
    shown[0] = shown[0].replace("' for '", "' waits for '")
    if len(shown) > _SHOWN:
        shown = [*shown[: _SHOWN - 1], "and so on", shown[-1]]
    problem = f"Workloads wait for one another in a circle: {', '.join(shown)}."
    problems.add(Code.CYCLE, where, problem, "Remove one 'after:' of them.")


def circles(after: Mapping[str, Sequence[str]]) -> list[list[str]]:
    """Return at most ``_MOST`` circles of names, each waiting for the next one and the last one for the first.

    Depth-first without recursion: a chain may be as long as a site has workloads.
    """
    found: list[list[str]] = []
    done: set[str] = set()
    for start in sorted(after):
        if start not in done:
            _walk(start, after, done, found)
    return found


def _walk(start: str, after: Mapping[str, Sequence[str]], done: set[str], found: list[list[str]]) -> None:
    trail = {start: iter(after[start])}
    while trail and len(found) < _MOST:
        name, waits = next(reversed(trail.items()))
        step = next(waits, None)
        if step is None:
            done.add(name)
            del trail[name]
        elif step in trail:
            found.append(_from_smallest(list(trail), step))
        elif step in after and step not in done:
            trail[step] = iter(after[step])


def _from_smallest(trail: list[str], step: str) -> list[str]:
    """Return the circle that closes at ``step``, beginning with the first of its names."""
    circle = trail[trail.index(step) :]
    first = circle.index(min(circle))
    return circle[first:] + circle[:first]
