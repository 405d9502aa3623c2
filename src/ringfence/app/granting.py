# SPDX-License-Identifier: Apache-2.0
"""Use cases: open a dormant conduit for a time, and close it before its time."""

from __future__ import annotations

from datetime import timedelta

from ringfence.base.addresses import own_name
from ringfence.base.errors import BadInput, Refused
from ringfence.compile.document import Document, Kind
from ringfence.compile.scope import Scope
from ringfence.messages.grants import ConduitChange
from ringfence.ports.restrictions import Restriction
from ringfence.ports.store import Revision

from .in_force import Force, in_force_by_address
from .planning import last_artifacts
from .prepare import scope_of
from .session import Session
from .site_file import SiteFile

LONGEST = 24 * 3600
"""A grant is for an intervention; whoever needs a conduit for longer declares it."""


def grant(session: Session, file: SiteFile, conduit: str, seconds: int) -> ConduitChange:
    """Open the dormant ``conduit`` for ``seconds``.

    Raises BadInput when it is unknown, standing or too long, Refused when an island or a cut closes it.
    """
    declared = file.site.conduits.get(conduit)
    if declared is not None and not declared.dormant:
        raise BadInput(
            f"Conduit {conduit} stands open already; only a dormant one can be granted.",
            "Say 'dormant: true' in the site file if it should be closed until it is granted.",
        )
    if not 1 <= seconds <= LONGEST:
        raise BadInput("A grant lasts from one second to 24 hours.", "Declare a conduit if it is needed for longer.")
    with session.lock.hold("grant"):
        _open(session, scope_of(file.site), _document(session, file, conduit), seconds)
    until = session.plant.clock.now() + timedelta(seconds=seconds)
    return ConduitChange(file.site.name, conduit, open=True, seconds=seconds, until=until)


def close(session: Session, file: SiteFile, conduit: str) -> ConduitChange:
    """Close a granted ``conduit`` before its time, with its connections. Raises BadInput for a standing one."""
    document = _document(session, file, conduit)
    if not file.site.conduits[conduit].dormant:
        raise BadInput(
            f"Conduit {conduit} stands open for good; only a grant can be closed before its time.",
            f"'ringfence cut {conduit}' closes it until somebody releases it, over apply and reboot.",
        )
    session.plant.grants.close(scope_of(file.site), document)
    return ConduitChange(file.site.name, conduit, open=False, seconds=0, until=None)


def _open(session: Session, scope: Scope, declared: Document, seconds: int) -> None:
    """Open what is in force of a conduit; an emergency that comes in at this moment wins."""
    heard = session.bell.stamp()
    found = in_force_by_address(session).get(declared.address)
    if found is None:
        raise _restricted(session, declared)
    session.plant.grants.grant(scope, found.document, seconds)
    if session.bell.stamp() != heard:
        session.plant.grants.close(scope, found.document)
        raise _restricted(session, declared)


def _restricted(session: Session, declared: Document) -> Refused:
    """Return why a conduit cannot be opened: who closed it, when, and how to open it again."""
    name, last = own_name(declared.address), session.store.revisions.latest()
    standing = session.store.restrictions.standing() if last else ()
    by = [one for one in standing if last and _closes(one, last, declared)] or list(standing)
    told = "; ".join(f"{one.name} by {one.principal} since {one.since:%Y-%m-%d %H:%M} UTC" for one in by)
    undo = " and ".join(f"'ringfence release {one.name}'" for one in by)
    return Refused(f"Conduit {name} cannot be granted: it is closed by {told}.", f"It can be after {undo}.")


def _closes(one: Restriction, revision: Revision, declared: Document) -> bool:
    left = {found.address: found.document for found in Force().of(revision, (one,))}
    return left.get(declared.address) != declared


def _document(session: Session, file: SiteFile, conduit: str) -> Document:
    scope, standing = scope_of(file.site), last_artifacts(session)
    kinds = (Kind.CONDUIT, Kind.FRAMES)
    found = next((one for kind in kinds if (one := standing.get(scope.address(kind, conduit)))), None)
    if found is None:
        known = ", ".join(file.site.conduits) or "none"
        raise BadInput(f"The applied site has no conduit {conduit}.", f"Its conduits are: {known}.")
    return found.document
