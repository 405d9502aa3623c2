# SPDX-License-Identifier: Apache-2.0
"""Whether somebody else changes the site while it is verified: nobody is kept waiting, so it has to be told."""

from __future__ import annotations

from dataclasses import dataclass

from ringfence.app.planning import generation
from ringfence.app.session import Session
from ringfence.ports.lock import Held


@dataclass(frozen=True, slots=True)
class Moment:
    """What would be another one if a job, a person or an emergency had changed the site."""

    revision: int
    job: int
    bell: int
    holder: Held | None


def moment(session: Session) -> Moment:
    """Look at the site's own records. Raises Refused when they cannot be read."""
    jobs = session.store.journal.jobs(1)
    return Moment(generation(session), jobs[0].number if jobs else 0, session.bell.stamp(), session.lock.holder())


def between(before: Moment, after: Moment) -> str:
    """Return as a sentence what changed the site between two moments; empty where nothing did."""
    for one in (before, after):
        if one.holder is not None:
            return f"'{one.holder.what}', process {one.holder.pid}, is at work on this site."
    if after.revision != before.revision:
        return f"Revision {after.revision} was applied meanwhile."
    if after.job != before.job:
        return f"Job {after.job} changed the site meanwhile."
    return "Something was closed or opened in an emergency meanwhile." if after.bell != before.bell else ""
