# SPDX-License-Identifier: Apache-2.0
"""Use cases of an emergency: make a zone an island, cut a conduit or an asset, hold. One person is enough.

What was decided is written down first: whatever happens next, it is on the safe side. Then it takes effect.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ringfence.base.addresses import Address, own_name
from ringfence.base.errors import BadInput, Busy
from ringfence.engine.result import JobResult
from ringfence.messages.restrictions import Reach, RestrictionReport
from ringfence.ports.restrictions import Restriction, RestrictionKind
from ringfence.site.site import Site

from .effect import take_effect, why_not
from .held import decode
from .in_force import Force
from .losses import changes_between, dormant, elsewhere, essential, flows_of, inside
from .planning import names_of
from .restricted import line
from .session import Session
from .site_file import SiteFile


def island(session: Session, file: SiteFile, zone: str, reason: str) -> RestrictionReport:
    """Cut a zone from everything outside and keep its inside. Raises BadInput for an unknown zone, Refused."""
    if zone not in file.site.zones:
        raise BadInput(f"The applied site has no zone {zone}.", f"Its zones are: {_listed(file.site.zones)}.")
    return _restrict(session, file, "island", f"zone/{zone}", reason)


def cut(session: Session, file: SiteFile, what: str, reason: str) -> RestrictionReport:
    """Cut a conduit, or everything with an asset. Raises BadInput for an unknown or ambiguous name, Refused."""
    return _restrict(session, file, "cut", cut_subject(file.site, what), reason)


def hold(session: Session, reason: str) -> RestrictionReport:
    """Suspend everything that happens by itself. Raises Refused."""
    began = session.plant.clock.monotonic()
    wanted = Restriction("hold", "", session.plant.clock.now(), session.principal, reason)
    kept = session.store.restrictions.add(wanted)
    seconds = session.plant.clock.monotonic() - began
    return RestrictionReport(
        session.name, line(kept), kept != wanted, "done", (), (), (), (), (), seconds, f"ringfence release {kept.name}"
    )


def cut_subject(site: Site, what: str) -> Address:
    """Return what a name means: ``poll``, ``conduit/poll`` or ``asset/plc-7``. Raises BadInput."""
    known = {f"conduit/{name}" for name in site.conduits} | {f"asset/{name}" for name in site.assets}
    meant = [one for one in (what, f"conduit/{what}", f"asset/{what}") if one in known]
    if len(meant) == 1:
        return meant[0]
    if meant:
        raise BadInput(f"{what} is a conduit and an asset.", f"Say which one: {' or '.join(meant)}.")
    raise BadInput(
        f"The applied site has no conduit and no asset {what}.",
        f"Its conduits are: {_listed(site.conduits)}. Its assets are: {_listed(site.assets)}.",
    )


def _restrict(
    session: Session, file: SiteFile, kind: RestrictionKind, subject: Address, reason: str
) -> RestrictionReport:
    clock = session.plant.clock
    began = clock.monotonic()
    wanted = Restriction(kind, subject, clock.now(), session.principal, reason)
    kept = session.store.restrictions.add(wanted)
    session.bell.ring()
    force = Force()
    result = take_effect(session, file, force, kind)
    return _report(session, file, force, kept, result, again=kept != wanted, seconds=clock.monotonic() - began)


def _report(
    session: Session,
    file: SiteFile,
    force: Force,
    kept: Restriction,
    result: JobResult | Busy,
    *,
    again: bool,
    seconds: float,
) -> RestrictionReport:
    site, standing = file.site, session.store.restrictions.standing()
    last = session.store.revisions.latest()
    before, after = ((), ()) if last is None else (force.of(last, _without(standing, kept)), force.of(last, standing))
    changes = changes_between(before, after)
    shown = names_of(site, decode(last.draft.bindings) if last else {})
    ended = flows_of(site, changes, shown, opens=False)
    problem = why_not(result)
    return RestrictionReport(
        session.name,
        line(kept),
        again,
        _reach(result),
        ended,
        dormant(changes),
        elsewhere(site, changes, after, shown) if kept.kind == "cut" else (),
        inside(site, own_name(kept.subject)) if kept.kind == "island" else (),
        essential(site, ended),
        seconds,
        f"ringfence release {kept.name}",
        problem.problem if problem else None,
        problem.next_step if problem else None,
    )


def _without(standing: Sequence[Restriction], one: Restriction) -> tuple[Restriction, ...]:
    return tuple(other for other in standing if other.name != one.name)


def _reach(result: JobResult | Busy) -> Reach:
    if isinstance(result, Busy):
        return "kernel"
    return "done" if result.outcome == "done" else "partly"


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names) or "none"
