# SPDX-License-Identifier: Apache-2.0
"""Whether what was done holds: one look at the world for all steps."""

from __future__ import annotations

from collections.abc import Iterable

from ringfence.base.errors import RingfenceError
from ringfence.compile.document import Document
from ringfence.compile.scope import Scope
from ringfence.plan.change import Change
from ringfence.plan.compare import equal, part_changes
from ringfence.plan.naming import thing
from ringfence.plan.sentences import sentences
from ringfence.plan.step import Step

from .world import World


def not_holding(world: World, scope: Scope, steps: Iterable[Step]) -> dict[str, str]:
    """Return a sentence for each step, by its id, that is not what it should be; ``""`` stands for all of them.

    Where several steps change one thing, the last one counts.
    """
    last = {change.address: (step.id, change) for step in steps for change in step.changes}
    if not last:
        return {}
    try:
        seen = world.observe(scope, {change.kind for _, change in last.values()})
    except RingfenceError as error:
        return {"": f"What was done could not be checked. {error}"}
    return {
        step_id: _sentence(world, change, seen.get(address))
        for address, (step_id, change) in last.items()
        if not equal(change.after, seen.get(address), world.tolerance)
    }


def _sentence(world: World, change: Change, seen: Document | None) -> str:
    what = thing(change.document)
    if change.after is None:
        return f"It does not hold: {what} is still there."
    if seen is None:
        return f"It does not hold: {what} is not there."
    parts = part_changes(change.after, seen, world.tolerance)
    return "It does not hold. " + " ".join(sentences(Change(seen, change.after, parts[:3])))
