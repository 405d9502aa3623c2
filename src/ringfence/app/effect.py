# SPDX-License-Identifier: Apache-2.0
"""Making restrictions hold: whatever they touch, and nothing else, is brought to what is in force.

It needs the site's own state, nft and the disk, and neither libvirt nor a site file. It is a job like any other where
the site is free. While another job holds the site, it closes what has to be closed in the kernel at once, again and
again, until that job has heard the bell and let the site go.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, replace
from itertools import groupby

from ringfence.base.addresses import Address
from ringfence.base.errors import Busy, Refused, RingfenceError
from ringfence.compile.document import Artifact, Document, Kind
from ringfence.compile.part.relay import PASSING
from ringfence.compile.scope import Scope
from ringfence.compile.tolerance import Tolerance
from ringfence.compile.under import differing
from ringfence.engine.deadlines import Deadlines
from ringfence.engine.job import Job
from ringfence.engine.result import JobResult
from ringfence.engine.run import run_job
from ringfence.engine.world import World
from ringfence.plan.change import Change
from ringfence.plan.compare import compare
from ringfence.plan.intent import Intent
from ringfence.plan.planner import make_plan
from ringfence.ports.lock import Held
from ringfence.ports.restrictions import Restriction
from ringfence.ports.store import Revision

from .in_force import Force
from .planning import generation, last_artifacts
from .prepare import scope_of
from .session import Session
from .site_file import SiteFile

PATIENCE_S = 10.0
"""How long an emergency waits for a job that holds the site: what packets may do is settled before that."""
PAUSE_S = 0.1
_NOTHING = Tolerance()
_CLOSING = frozenset({Kind.CONDUIT, Kind.FRAMES, Kind.RELAY})
"""Kinds of which taking away is safe at any moment, whatever another job does meanwhile."""


@dataclass(frozen=True, slots=True)
class Touched:
    """What restrictions touch: ``artifacts`` in force, and the addresses that may have to change."""

    artifacts: tuple[Artifact, ...]
    addresses: frozenset[Address]

    @property
    def wanted(self) -> tuple[Artifact, ...]:
        """Return the artifacts that may have to change."""
        return tuple(one for one in self.artifacts if one.address in self.addresses)


def touched(
    session: Session, force: Force, standing: Sequence[Restriction], more: Sequence[Restriction] = ()
) -> Touched:
    """Return what ``standing`` makes of the applied revision, and where that or ``more`` differs from it.

    A job that runs, or died, may have opened what only its own revision knows of: that is closed, too.
    """
    latest = session.store.revisions.latest()
    artifacts = force.of(latest, standing) if latest else ()
    addresses = {
        name
        for revision in _revisions(session, latest)
        for restrictions in (standing, more)
        for name in differing(revision.draft.artifacts, force.of(revision, restrictions))
    }
    return Touched(artifacts, frozenset(addresses))


def take_effect(session: Session, file: SiteFile, force: Force, what: str) -> JobResult | Busy:
    """Make what stands hold; Busy where another job did not let the site go in time: then packets stop already.

    What stands is read anew each time: somebody may have released something meanwhile.
    """
    scope, clock = scope_of(file.site), session.plant.clock
    end = clock.monotonic() + PATIENCE_S
    with ExitStack() as stack:
        while True:
            try:
                held = stack.enter_context(session.lock.hold(what))
            except Busy as busy:
                _close_now(session, scope, touched(session, force, session.store.restrictions.standing()))
                if clock.monotonic() >= end:
                    return busy
                clock.sleep(PAUSE_S)
            else:
                return bring(session, scope, what, held, touched(session, force, session.store.restrictions.standing()))


def bring(session: Session, scope: Scope, what: str, held: Held, to: Touched) -> JobResult:
    """Bring what is touched to what is in force, as a job. What was done stays, whatever fails: closed is safe."""
    world = _world(session)
    seen = _seen(world, scope, to)
    intent = Intent(session.name, generation(session), "", removed=last_artifacts(session))
    plan = make_plan(intent, to.wanted, seen, _NOTHING)
    return run_job(Job(what, scope, plan, session.principal, keep=True), world, held)


def _close_now(session: Session, scope: Scope, to: Touched) -> None:
    """Close in the kernel what may not pass, as far as it goes: what another job does meanwhile is seen next time."""
    world = _world(session)
    with suppress(Refused):
        found = compare(to.wanted, _seen(world, scope, to), _NOTHING)
        changes = [closing for one in found if (closing := _closing(one)) is not None]
        for _, alike in groupby(changes, lambda one: one.kind):
            world.ensure(scope, tuple(alike))


def _closing(change: Change) -> Change | None:
    """Return the part of a change that only closes; None where there is none."""
    before, after = change.before, change.after
    if before is None or change.kind not in _CLOSING:
        return None
    if after is None:
        return Change(before, None)
    kept = {
        key: value
        for key, value in before.parts.items()
        if not key.startswith(PASSING) or after.parts.get(key) == value
    }
    return None if kept == before.parts else Change(before, replace(before, parts=kept))


def _seen(world: World, scope: Scope, to: Touched) -> Mapping[Address, Document]:
    kinds = {Kind(name.split("/")[_KIND_AT]) for name in to.addresses}
    found = world.observe(scope, kinds) if kinds else {}
    return {name: document for name, document in found.items() if name in to.addresses}


_KIND_AT = 3  # host/H/FABRIC/KIND/... (compile/scope.py)


def _world(session: Session) -> World:
    plant = session.plant
    return World(
        plant.artifacts,
        session.store.journal,
        plant.clock,
        _NOTHING,
        progress=session.progress,
        deadlines=Deadlines(),
        takes_back=lambda: False,
    )


def _revisions(session: Session, latest: Revision | None) -> Iterator[Revision]:
    """Yield the applied revision, and the one that was begun or failed after it."""
    if latest is not None:
        yield latest
    newest = next(iter(session.store.revisions.summaries()), None)
    if newest is not None and (latest is None or newest.number > latest.number):
        yield session.store.revisions.read(newest.number)


def why_not(result: JobResult | Busy) -> RingfenceError | None:
    """Return what kept restrictions from holding as a whole; None where they do."""
    if isinstance(result, Busy):
        return result
    return None if result.outcome == "done" else result.problem or Refused("It was stopped.", "Run it again.")
