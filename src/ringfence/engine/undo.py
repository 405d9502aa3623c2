# SPDX-License-Identifier: Apache-2.0
"""What of a failed job is taken back, and what is left (design decision 8).

Only what the job touched is undone. A workload with an essential function is never stopped or restarted by it, and
what it stands on stays with it. A disk is removed only when this job made it and nothing ever ran on it. What is not
undone is told.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from ringfence.base.addresses import Address
from ringfence.compile.document import CONVERSATIONS, Artifact, Document, Kind
from ringfence.plan.change import Action, Change
from ringfence.plan.compare import rank
from ringfence.plan.final import is_final
from ringfence.plan.intent import Sources
from ringfence.plan.naming import thing, workload_of
from ringfence.plan.planner import arrange
from ringfence.plan.step import Step

from .failed import only_removes
from .result import Left

_AFTER = frozenset({Kind.PORT, *CONVERSATIONS})
_APPLY = "Mend what failed and apply again, or go back with 'ringfence revert'."
_FORWARD = "Run 'ringfence apply' to go on, or 'ringfence revert' and accept the interruption."
_DATA = "Apply again to use it; to remove it, take the workload out of the site and apply with '--destroy-data {0}'."


Seen = Mapping[Address, Document] | None
Origin = tuple[Address, str]
"""Address of a change and the digest of what it leads to: a restart holds two changes of one address."""


@dataclass(frozen=True, slots=True)
class Undoing:
    """Steps that take back, and what is left. ``origins`` is the original step of each change of the way back.

    ``finished`` are the original steps that are done and not undone: the ports of what runs on.
    """

    steps: tuple[Step, ...]
    left: tuple[Left, ...]
    origins: Mapping[Origin, Step]
    finished: frozenset[str]

    def origin(self, change: Change) -> Step:
        """Return the step that a change of the way back takes back."""
        return self.origins[_key(change)]


def undoing(touched: Sequence[Step], plan: Sequence[Step], seen: Seen, unknown: Collection[str]) -> Undoing:
    """Return how to take back steps that were begun.

    ``plan`` is all steps, in the order they were planned. ``seen`` is what is observed of workloads now, None where
    nothing could be seen. ``unknown`` are steps that may still come to pass: a start was seen to happen 30 s late.
    """
    left = _left(touched, {step.id: None if step.id in unknown else seen for step in touched})
    taken = [step for step in touched if step.id not in left]
    ports = [step for step in plan if step.kind is Kind.PORT and step not in taken]
    back = [(change.reversed(), step) for step in taken for change in step.changes]
    back += _vanished(taken, ports)
    ahead = _unset(touched, left, ports)
    changes = sorted((change for change, _ in (*back, *ahead)), key=rank)
    left.update((step.id, _finished(step)) for _, step in ahead)
    return Undoing(
        arrange(changes, _sources(taken)),
        tuple(left.values()),
        {_key(change): step for change, step in (*back, *ahead)},
        frozenset(step.id for _, step in ahead),
    )


def _vanished(taken: Sequence[Step], ports: Sequence[Step]) -> list[tuple[Change, Step]]:
    """Return the way back for ports of what is started again: their taps went with the machine, unasked."""
    workloads = {
        workload_of(change.document)
        for step in taken
        for change in step.changes
        if step.kind is Kind.RUN and change.before is not None
    }
    return [
        (change.reversed(), step)
        for step in ports
        for change in step.changes
        if change.before is not None and workload_of(change.document) in workloads
    ]


def _unset(touched: Sequence[Step], left: Mapping[str, Left], ports: Sequence[Step]) -> list[tuple[Change, Step]]:
    """Return the ports of what runs on: its taps are new, and must not stay with the kernel's default flags."""
    workloads = {step.workload for step in touched if step.kind is Kind.RUN and step.id in left}
    return [(change, step) for step in ports if step.workload in workloads for change in step.changes]


def _finished(step: Step) -> Left:
    return Left(step.id, f"It is done all the same: '{step.title}', because workload {step.workload} runs on.", _APPLY)


def _key(change: Change) -> Origin:
    return change.address, "" if change.after is None else change.after.digest


def _left(touched: Sequence[Step], seen: Mapping[str, Seen]) -> dict[str, Left]:
    """Return what is not taken back, by step id: for a reason of its own, or because something left needs it."""
    ran = {workload for step in touched if step.kind is Kind.RUN for workload in _workloads(step)}
    left = {step.id: found for step in touched if (found := _reason(step, ran, seen[step.id]))}
    _add_around(left, touched)
    return left


def _reason(step: Step, ran: set[str], seen: Seen) -> Left | None:
    if step.kind is Kind.RUN and step.critical and any(_would_interrupt(change, seen) for change in step.changes):
        return Left(step.id, f"Workload {step.workload} carries an essential function and runs on as it is.", _FORWARD)
    if any(is_final(change) for change in step.changes):
        what = " and ".join(thing(change.document) for change in step.changes)
        return Left(step.id, f"What was agreed to be destroyed is gone: {what}.", "Restore it from a backup if needed.")
    if step.kind is Kind.VOLUME:
        return _volume_reason(step, ran)
    return None


def _would_interrupt(change: Change, seen: Seen) -> bool:
    """Tell whether taking back would stop or restart what runs: not when it never started, or runs as before."""
    if change.after is None:
        return False
    if seen is None:
        return True
    now, before = seen.get(change.address), change.before
    return now is not None and (before is None or now.parts != before.parts)


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
    waiting = [name for name in left if not only_removes(by_id[name])]
    while waiting:
        step = by_id[waiting.pop()]
        for need in step.needs:
            if need in by_id and need not in left and not only_removes(by_id[need]):
                left[need] = _because(by_id[need], step)
                waiting.append(need)


def _because(step: Step, other: Step) -> Left:
    return Left(step.id, f"It is left as it is: '{step.title}', because '{other.title}' is left too.", _APPLY)


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
