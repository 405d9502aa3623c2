# SPDX-License-Identifier: Apache-2.0
"""A job whose process died: it is set aside, because what stands is observed anew and planned from there."""

from __future__ import annotations

from ringfence.ports.clock import Clock
from ringfence.ports.journal import JobRecord, Journal, StepEntry, StepState
from ringfence.ports.store import Revisions

from .nodes import starts


def doubtful(journal: Journal, lost: JobRecord | None) -> frozenset[str]:
    """Return the workloads that the last job started, if it died or was stopped before anybody saw them healthy.

    ``lost`` is what ``set_aside`` returned. Raises Refused when the journal cannot be read.
    """
    stopped = () if lost else journal.jobs(1)
    last = lost or next((job for job in stopped if job.outcome == "cancelled"), None)
    begun = (step for step in last.draft.plan.steps if step.id in last.steps) if last else ()
    return frozenset(workload for step in begun for workload in starts(step))


def set_aside(journal: Journal, clock: Clock, revisions: Revisions | None = None) -> JobRecord | None:
    """Mark an unfinished job as lost and return it; None when the last job ended. Needs the site's lock.

    Steps that were under way become unknown, and its revision failed. Raises Refused when the state cannot be read or
    written.
    """
    found = journal.unfinished()
    if found is None:
        return None
    now = clock.now()
    unknown = [
        StepEntry(step, StepState.UNKNOWN, now, "The process ended while this step was under way.")
        for step, entry in found.steps.items()
        if entry.state is StepState.STARTED
    ]
    if unknown:
        journal.record(found.number, unknown)
    if revisions is not None and found.draft.revision is not None:
        revisions.finish(found.draft.revision, "failed", now)
    journal.finish(found.number, "lost", now, "The process that ran this job ended in the middle of it.")
    return found
