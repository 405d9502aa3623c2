# SPDX-License-Identifier: Apache-2.0
"""Doing a batch: one call; one call per step when that was refused, to learn which; a look when time ran out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ringfence.base.errors import DeadlinePassed, Refused, RingfenceError
from ringfence.compile.scope import Scope
from ringfence.plan.change import Change
from ringfence.plan.compare import equal
from ringfence.plan.step import Step

from .batch import Batch
from .world import World


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a step came to: no error is done. ``unknown``: nobody could see whether it happened."""

    error: RingfenceError | None = None
    unknown: bool = False


Verdicts = Mapping[str, Verdict]
"""By step id."""
DONE = Verdict()


def perform(world: World, scope: Scope, batch: Batch) -> Verdicts:
    """Do a batch and tell what came of each step. Never raises."""
    error = attempt(world, scope, batch.changes)
    if error is None:
        return {step.id: DONE for step in batch.steps}
    if isinstance(error, DeadlinePassed):
        return settle(world, scope, batch, error)
    if len(batch.steps) == 1:
        return {batch.steps[0].id: Verdict(error)}
    found: dict[str, Verdict] = {}
    for step in batch.steps:
        found.update(perform(world, scope, Batch((step,))))
    return found


def attempt(world: World, scope: Scope, changes: Sequence[Change]) -> RingfenceError | None:
    """Make changes of one kind and return what went wrong, as an error that a person can read."""
    try:
        world.ensure(scope, changes)
    except RingfenceError as error:
        return error
    except Exception as error:  # noqa: BLE001 - a defect in one driver is one step's failure, and is undone as such
        return Refused(
            f"It broke off unexpectedly ({type(error).__name__}: {error}).",
            "Report this as a defect; what was done is undone or listed.",
        )
    return None


def settle(world: World, scope: Scope, batch: Batch, error: RingfenceError) -> Verdicts:
    """Watch steps whose outcome is unknown until they came to pass, at most ``deadlines.settle`` seconds."""
    until = world.clock.monotonic() + world.deadlines.settle
    waiting = {step.id: step for step in batch.steps}
    found: dict[str, Verdict] = {}
    while True:
        for step in reached(world, scope, list(waiting.values())):
            found[step.id] = DONE
            del waiting[step.id]
        if not waiting or world.clock.monotonic() >= until:
            return {**found, **{name: Verdict(error, unknown=True) for name in waiting}}
        world.clock.sleep(world.deadlines.look_every)


def reached(world: World, scope: Scope, steps: Sequence[Step]) -> list[Step]:
    """Return the steps of one kind whose changes are seen to have come to pass; none when nothing can be seen."""
    try:
        seen = world.observe(scope, {steps[0].kind})
    except RingfenceError:
        return []
    return [
        step
        for step in steps
        if all(equal(change.after, seen.get(change.address), world.tolerance) for change in step.changes)
    ]
