# SPDX-License-Identifier: Apache-2.0
"""Whether somebody else changes the site while it is verified: nobody is kept waiting, so it has to be told."""

from __future__ import annotations

from dataclasses import dataclass

from ringfence.app.planning import generation
from ringfence.app.session import Session
from ringfence.base.errors import RingfenceError
from ringfence.compile.scope import Scope
from ringfence.ports.lock import Held

from .deadline import within

_GRANTS_S = 20.0


@dataclass(frozen=True, slots=True)
class Moment:
    """What would be another one if a job, a person or an emergency had changed the site."""

    revision: int
    job: int
    bell: int
    holder: Held | None
    grants: frozenset[str] | None
    """Dormant conduits that are open; None where that could not be seen."""


def moment(session: Session, scope: Scope) -> Moment:
    """Look at the site's own records, and at grants. Raises Refused when the records cannot be read."""
    jobs = session.store.journal.jobs(1)
    number, stamp = jobs[0].number if jobs else 0, session.bell.stamp()
    return Moment(generation(session), number, stamp, session.lock.holder(), _grants(session, scope))


def between(before: Moment, after: Moment) -> str:
    """Return as a sentence what changed the site between two moments; empty where nothing did."""
    for one in (before, after):
        if one.holder is not None:
            return f"'{one.holder.what}', process {one.holder.pid}, is at work on this site."
    if after.revision != before.revision:
        return f"Revision {after.revision} was applied meanwhile."
    if after.job != before.job:
        return f"Job {after.job} changed the site meanwhile."
    if after.bell != before.bell:
        return "Something was closed or opened in an emergency meanwhile."
    moved = sorted((before.grants or frozenset()) ^ (after.grants or frozenset()))
    known = before.grants is not None and after.grants is not None
    return f"A grant began or ended meanwhile: {', '.join(moved)}." if moved and known else ""


def _grants(session: Session, scope: Scope) -> frozenset[str] | None:
    try:
        found = within(_GRANTS_S, "look at grants", lambda _: session.plant.grants.granted(scope), session.cancel)
    except RingfenceError:
        return None
    return frozenset(one.conduit for one in found)
