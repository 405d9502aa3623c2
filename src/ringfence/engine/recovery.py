# SPDX-License-Identifier: Apache-2.0
"""A job whose process died: it is set aside, because what stands is observed anew and planned from there."""

from __future__ import annotations

from itertools import count

from ringfence.ports.clock import Clock
from ringfence.ports.journal import JobRecord, Journal, StepEntry, StepState
from ringfence.ports.store import Revisions

from .nodes import starts

EMERGENCIES = frozenset({"island", "cut", "release"})
"""Kinds of jobs that start nothing."""


def doubtful(journal: Journal, lost: JobRecord | None) -> frozenset[str]:
    """Return the workloads that the last job started, if it died or was stopped before anybody saw them healthy.

    ``lost`` is what ``set_aside`` returned. Raises Refused when the journal cannot be read.
    """
    before = None if lost else _before_emergencies(journal)
    last = lost or (before if before and before.outcome == "cancelled" else None)
    begun = (step for step in last.draft.plan.steps if step.id in last.steps) if last else ()
    return frozenset(workload for step in begun for workload in starts(step))


def _before_emergencies(journal: Journal) -> JobRecord | None:
    """Return the last job that may have started something: islands and cuts only close, whatever was under way."""
    for limit in count(1):
        jobs = journal.jobs(limit)
        if len(jobs) < limit or jobs[-1].draft.kind not in EMERGENCIES:
            return jobs[-1] if len(jobs) == limit else None
    return None


def set_aside(journal: Journal, clock: Clock, revisions: Revisions | None = None) -> JobRecord | None:
    """Mark unfinished jobs as lost and return the one that may have started something; None when all ended.

    Needs the site's lock. Steps that were under way become unknown, and their revisions failed. Raises Refused when the
    state cannot be read or written.
    """
    lost: JobRecord | None = None
    while (found := journal.unfinished()) is not None:
        _lose(found, journal, clock, revisions)
        lost = found if lost is None or found.draft.kind not in EMERGENCIES else lost
    return lost


def _lose(found: JobRecord, journal: Journal, clock: Clock, revisions: Revisions | None) -> None:
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
