# SPDX-License-Identifier: Apache-2.0
"""What of a failed job is taken back, and what is left (design decision 8).

Only what the job touched is undone. A workload with an essential function is never stopped or restarted by it, and
what it stands on stays with it. A disk is removed only when this job made it and nothing ever ran on it. What is not
undone is told.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from ringfence.base.addresses import Address
from ringfence.compile.document import Artifact, Kind
from ringfence.plan.change import Action, Change
from ringfence.plan.compare import rank
from ringfence.plan.final import is_final
from ringfence.plan.intent import Sources
from ringfence.plan.naming import thing, workload_of
from ringfence.plan.planner import arrange
from ringfence.plan.step import Step

from .result import Left

_AFTER = frozenset({Kind.PORT, Kind.CONDUIT})
_APPLY = "Mend what failed and apply again, or go back with 'ringfence revert'."
_FORWARD = "Run 'ringfence apply' to go on, or 'ringfence revert' and accept the interruption."
_DATA = "Apply again to use it, or remove it with 'ringfence destroy --destroy-data {0}'."


Origin = tuple[Address, bool]
"""Address of a change, and whether it removes: a restart holds two changes of one address."""


@dataclass(frozen=True, slots=True)
class Undoing:
    """Steps that take back, and what is left. ``origins`` is the original step of each change of the way back."""

    steps: tuple[Step, ...]
    left: tuple[Left, ...]
    origins: Mapping[Origin, Step]

    def origin(self, change: Change) -> Step:
        """Return the step that a change of the way back takes back."""
        return self.origins[_key(change)]


def undoing(touched: Sequence[Step]) -> Undoing:
    """Return how to take back steps that were begun, in the order they were planned."""
    left = _left(touched)
    taken = [step for step in touched if step.id not in left]
    back = [(change.reversed(), step) for step in taken for change in step.changes]
    changes = sorted((change for change, _ in back), key=rank)
    origins = {_key(change): step for change, step in back}
    return Undoing(arrange(changes, _sources(taken)), tuple(left.values()), origins)


def _key(change: Change) -> Origin:
    return change.address, change.after is None


def _left(touched: Sequence[Step]) -> dict[str, Left]:
    """Return what is not taken back, by step id: for a reason of its own, or because something left needs it."""
    ran = {workload for step in touched if step.kind is Kind.RUN for workload in _workloads(step)}
    left = {step.id: found for step in touched if (found := _reason(step, ran))}
    _add_around(left, touched)
    return left


def _reason(step: Step, ran: set[str]) -> Left | None:
    if step.kind is Kind.RUN and step.critical and any(change.after for change in step.changes):
        return Left(step.id, f"Workload {step.workload} carries an essential function and runs on as it is.", _FORWARD)
    if any(is_final(change) for change in step.changes):
        what = " and ".join(thing(change.document) for change in step.changes)
        return Left(step.id, f"What was agreed to be destroyed is gone: {what}.", "Restore it from a backup if needed.")
    if step.kind is Kind.VOLUME:
        return _volume_reason(step, ran)
    return None


def _volume_reason(step: Step, ran: set[str]) -> Left | None:
    what = " and ".join(thing(change.document) for change in step.changes)
    if any(
        change.action is Action.UPDATE and any(part.key == "size" for part in change.parts) for change in step.changes
    ):
        return Left(step.id, f"The new size of {what} stays: shrinking it could lose data.", _APPLY)
    if step.workload in ran:
        return Left(
            step.id,
            f"It is left as it is: {what}, because a guest may have written to it.",
            _DATA.format(step.workload),
        )
    return None


def _add_around(left: dict[str, Left], touched: Sequence[Step]) -> None:
    """Leave also what a left step stands on, and the ports and conduits of a workload that runs on."""
    by_id = {step.id: step for step in touched}
    runs = {name for name in left if by_id[name].kind is Kind.RUN}
    for step in touched:
        if step.kind in _AFTER and not runs.isdisjoint(step.needs):
            left.setdefault(step.id, _because(step, by_id[min(runs.intersection(step.needs))]))
    waiting = [name for name in left if not _all_gone(by_id[name])]
    while waiting:
        step = by_id[waiting.pop()]
        for need in step.needs:
            if need in by_id and need not in left and not _all_gone(by_id[need]):
                left[need] = _because(by_id[need], step)
                waiting.append(need)


def _because(step: Step, other: Step) -> Left:
    return Left(step.id, f"It is left as it is: '{step.title}', because '{other.title}' is left too.", _APPLY)


def _all_gone(step: Step) -> bool:
    return all(change.action is Action.DELETE for change in step.changes)


def _workloads(step: Step) -> Iterable[str]:
    found = (workload_of(change.document) for change in step.changes)
    return (workload for workload in found if workload)


def _sources(steps: Sequence[Step]) -> Sources:
    """Return artifacts for the way back, as far as steps know them: whose they are, and which runs come after which."""
    runs = {step.id: tuple(c.address for c in step.changes if c.kind in {Kind.RUN, Kind.IMAGE}) for step in steps}
    needs: dict[Address, set[Address]] = {}
    for step in steps:
        behind = {address for need in step.needs for address in runs.get(need, ())}
        for change in step.changes:
            _note_needs(needs, change, behind)
    found = {
        change.address: _artifact(step, change, needs.get(change.address, set()))
        for step in steps
        for change in step.changes
    }
    return Sources(found, {})


def _note_needs(needs: dict[Address, set[Address]], change: Change, behind: set[Address]) -> None:
    """Turn stops round: a stop waits for the stops of those behind it, so these need what is stopped."""
    if change.action is not Action.DELETE:
        needs.setdefault(change.address, set()).update(behind)
    elif change.kind is Kind.RUN:
        for address in behind:
            needs.setdefault(address, set()).add(change.address)


def _artifact(step: Step, change: Change, needs: set[Address]) -> Artifact:
    facts = {"critical": "yes" if step.critical else "no"}
    if step.workload:
        facts["workload"] = step.workload
    return Artifact(change.document, step.clauses, tuple(sorted(needs - {change.address})), facts)
