# SPDX-License-Identifier: Apache-2.0
"""Whether what was done holds: one look at the world for all steps."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ringfence.base.errors import Refused, RingfenceError
from ringfence.compile.document import Document
from ringfence.compile.scope import Scope
from ringfence.plan.change import Change
from ringfence.plan.compare import equal, part_changes
from ringfence.plan.naming import thing
from ringfence.plan.sentences import sentences
from ringfence.plan.step import Step

from .world import World


@dataclass(frozen=True, slots=True)
class NotHolding:
    """A change that is seen not to have come to pass; ``sentence`` says how."""

    step: Step
    change: Change
    sentence: str


class Unseen(Refused):
    """What was done cannot be looked at: nobody knows whether it holds."""

    def __init__(self, error: RingfenceError) -> None:
        super().__init__(f"What was done could not be looked at. {error.problem}", error.next_step)


def seen_wrong(world: World, scope: Scope, steps: Sequence[Step]) -> list[NotHolding]:
    """Return what does not hold, after looking again for a while. Raises Unseen."""
    until = world.clock.monotonic() + world.deadlines.hold
    while True:
        wrong, error = _look(world, scope, steps)
        if not wrong and error is None:
            return []
        if world.clock.monotonic() >= until:
            break
        world.clock.sleep(world.deadlines.look_every)
    if error is not None:
        raise Unseen(error)
    return wrong


def _look(world: World, scope: Scope, steps: Sequence[Step]) -> tuple[list[NotHolding], RingfenceError | None]:
    try:
        return not_holding(world, scope, steps), None
    except RingfenceError as error:
        return [], error


def not_holding(world: World, scope: Scope, steps: Iterable[Step]) -> list[NotHolding]:
    """Return what is not as it should be after these steps; where several change one thing, the last one counts.

    Raises what a port raises when the world cannot be seen.
    """
    last = {change.address: (step, change) for step in steps for change in step.changes}
    if not last:
        return []
    seen = world.observe(scope, {change.kind for _, change in last.values()})
    return [
        NotHolding(step, change, _sentence(world, change, seen.get(address)))
        for address, (step, change) in last.items()
        if not equal(change.after, seen.get(address), world.tolerance)
    ]


def _sentence(world: World, change: Change, seen: Document | None) -> str:
    what = thing(change.document)
    if change.after is None:
        return f"It does not hold: {what} is still there."
    if seen is None:
        return f"It does not hold: {what} is not there."
    parts = part_changes(change.after, seen, world.tolerance)
    return "It does not hold. " + " ".join(sentences(Change(seen, change.after, parts[:3])))
