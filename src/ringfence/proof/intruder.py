# SPDX-License-Identifier: Apache-2.0
"""Where an intruder gets from one end: every direct step, and the easiest way to everything else.

Easiest is through the fewest barriers (steps that something blocks, or may for all that is known); of these the
shortest; of these the one with the fewest steps that only answer. That is Dijkstra's search over three numbers.

To talk to the router is not to hold it: the search goes on from there only where it began there.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from heapq import heappop, heappush

from .known import Known
from .network_steps import network_steps
from .paths import How, Paths, Route, State, Step
from .side_steps import HOST, ROUTER, door_steps, host_steps, plant_steps, stranger_steps, unread_steps

Cost = tuple[int, int, int]
"""Barriers, steps, and steps that only answer."""
Steps = Mapping[str, tuple[Step, ...]]
"""By source."""
_FREE: Cost = (0, 0, 0)
_ORDER = (State.UNDECLARED, State.OPEN, State.DECLARED, State.UNPROVEN, State.BLOCKED)


def steps_of(known: Known) -> Steps:
    """Return every step there is, by source, in order of target and state."""
    network = list(network_steps(known))
    talkers = frozenset(step.source for step in network if step.target == ROUTER)
    ends = frozenset(step.source for step in network) | {f"workload/{name}" for name in known.workloads}
    found: dict[str, list[Step]] = defaultdict(list)
    for step in (
        *network,
        *door_steps(known),
        *host_steps(known, talkers),
        *plant_steps(known),
        *stranger_steps(known, ends - {ROUTER, HOST}),
        *unread_steps(known, ends - {ROUTER, HOST}),
    ):
        found[step.source].append(step)
    return {source: tuple(sorted(steps, key=_told)) for source, steps in found.items()}


def paths(held: str, known: Known) -> Paths:
    """Return where an intruder gets who holds an end, such as ``workload/scada`` or ``uplink/plant``."""
    return paths_in(held, steps_of(known))


def paths_in(held: str, steps: Steps) -> Paths:
    """Return where an intruder gets, from steps that were worked out before."""
    came = _search(held, steps)
    routes = (Route(target, _back(held, target, came)) for target in came)
    every = {end for source, found in steps.items() for end in (source, *(step.target for step in found))}
    return Paths(
        held,
        steps.get(held, ()),
        tuple(sorted(routes, key=lambda one: (one.barriers, len(one.steps), one.target))),
        tuple(sorted(every - came.keys() - {held})),
    )


def _told(step: Step) -> tuple[str, int, str, str, str]:
    return (step.target, _ORDER.index(step.state), step.how, step.through, step.what)


def _search(held: str, steps: Steps) -> Mapping[str, Step]:
    """Return the last step of the easiest way to each end."""
    best: dict[str, Cost] = {held: _FREE}
    came: dict[str, Step] = {}
    ahead: list[tuple[Cost, str]] = [(_FREE, held)]
    done: set[str] = set()
    while ahead:
        cost, end = heappop(ahead)
        if end in done or (end == ROUTER and end != held):
            continue
        done.add(end)
        for step in _useful(steps.get(end, ()), done):
            now = _after(cost, step)
            if step.target not in best or now < best[step.target]:
                best[step.target], came[step.target] = now, step
                heappush(ahead, (now, step.target))
    return came


def _useful(steps: Iterable[Step], done: set[str]) -> Iterable[Step]:
    return (step for step in steps if step.target not in done)


def _after(cost: Cost, step: Step) -> Cost:
    barriers, hops, answers = cost
    return (barriers + step.is_barrier, hops + 1, answers + (step.how is How.ANSWER))


def _back(held: str, target: str, came: Mapping[str, Step]) -> tuple[Step, ...]:
    """Return the steps to a target in order."""
    found = []
    end = target
    while end != held:
        found.append(came[end])
        end = came[end].source
    return tuple(reversed(found))
