# SPDX-License-Identifier: Apache-2.0
"""Use case: release what was closed or suspended, by its name.

What opens again opens first, and only then it is written down that the restriction is over: a release that was killed
leaves it standing, the same command again completes it, and a reboot or an apply in between closes again.
"""

from __future__ import annotations

from collections.abc import Iterable

from ringfence.base.addresses import own_name
from ringfence.base.errors import BadInput
from ringfence.messages.restrictions import ReleaseReport, RestrictionList
from ringfence.ports.restrictions import Restriction

from .effect import bring, touched, why_not
from .held import decode
from .in_force import Force
from .losses import changes_between, flows_of
from .planning import names_of
from .prepare import scope_of
from .restricted import line
from .session import Session
from .site_file import SiteFile


def standing_list(session: Session) -> RestrictionList:
    """Return what stands, oldest first."""
    return RestrictionList(session.name, tuple(map(line, session.store.restrictions.standing())))


def release(session: Session, file: SiteFile, name: str) -> ReleaseReport:
    """Open again what the restriction ``name`` closed. Raises BadInput when none stands by that name, Busy, Refused."""
    one, force = meant(session.store.restrictions.standing(), name), Force()
    if one.kind == "hold":
        session.store.restrictions.end(one.name, session.principal, session.plant.clock.now())
        return _report(session, file, force, one, None)
    with session.lock.hold("release") as held:
        standing = session.store.restrictions.standing()
        left = tuple(other for other in standing if other.name != one.name)
        result = bring(session, scope_of(file.site), "release", held, touched(session, force, left, standing))
        problem = why_not(result)
        if problem is None:
            session.store.restrictions.end(one.name, session.principal, session.plant.clock.now())
    return _report(session, file, force, one, (problem.problem, problem.next_step) if problem else None)


def meant(standing: Iterable[Restriction], name: str) -> Restriction:
    """Return the restriction that a name means: its own, what it closes, or the last word of that. Raises BadInput."""
    known = tuple(standing)
    for names in (_own, _short):
        found = [one for one in known if name in names(one)]
        if len(found) == 1:
            return found[0]
        if found:
            problem = f"{name} may mean {' or '.join(one.name for one in found)}."
            raise BadInput(problem, "Release one of them by its whole name.")
    told = ", ".join(one.name for one in known)
    raise BadInput(f"Nothing stands by the name {name}.", f"What stands: {told}." if told else "Nothing is restricted.")


def _own(one: Restriction) -> set[str]:
    return {one.name, f"{one.kind}/{one.subject}"}


def _short(one: Restriction) -> set[str]:
    return {one.subject, own_name(one.subject)} - {""}


def _report(
    session: Session, file: SiteFile, force: Force, one: Restriction, problem: tuple[str, str] | None
) -> ReleaseReport:
    """Return what opened, where nothing went wrong."""
    left = session.store.restrictions.standing()
    last = session.store.revisions.latest()
    if last is None or problem is not None:
        return ReleaseReport(session.name, line(one), "partly", (), tuple(map(line, left)), *(problem or (None, None)))
    changes = changes_between(force.of(last, (*left, one)), force.of(last, left))
    opened = flows_of(file.site, changes, names_of(file.site, decode(last.draft.bindings)), opens=True)
    return ReleaseReport(session.name, line(one), "done", opened, tuple(map(line, left)))
