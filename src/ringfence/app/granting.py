# SPDX-License-Identifier: Apache-2.0
"""Use cases: open a dormant conduit for a time, and close any conduit at once."""

from __future__ import annotations

from datetime import timedelta

from ringfence.base.errors import BadInput
from ringfence.compile.document import Document
from ringfence.messages.grants import ConduitChange

from .planning import last_artifacts
from .prepare import scope_of
from .session import Session
from .site_file import SiteFile

LONGEST = 24 * 3600
"""A grant is for an intervention; whoever needs a conduit for longer declares it."""


def grant(session: Session, file: SiteFile, conduit: str, seconds: int) -> ConduitChange:
    """Open the dormant ``conduit`` for ``seconds``. Raises BadInput when it is unknown, standing or too long."""
    declared = file.site.conduits.get(conduit)
    if declared is not None and not declared.dormant:
        raise BadInput(
            f"Conduit {conduit} stands open already; only a dormant one can be granted.",
            "Say 'dormant: true' in the site file if it should be closed until it is granted.",
        )
    if not 1 <= seconds <= LONGEST:
        raise BadInput("A grant lasts from one second to 24 hours.", "Declare a conduit if it is needed for longer.")
    with session.lock.hold("grant"):
        session.plant.grants.grant(scope_of(file.site), _document(session, file, conduit), seconds)
    until = session.plant.clock.now() + timedelta(seconds=seconds)
    return ConduitChange(file.site.name, conduit, open=True, seconds=seconds, until=until)


def close(session: Session, file: SiteFile, conduit: str) -> ConduitChange:
    """Close ``conduit`` at once with its connections; one person is enough. ``apply`` opens a standing one again."""
    session.plant.grants.close(scope_of(file.site), _document(session, file, conduit))
    return ConduitChange(file.site.name, conduit, open=False, seconds=0, until=None)


def _document(session: Session, file: SiteFile, conduit: str) -> Document:
    address = scope_of(file.site).address("conduit", conduit)
    found = last_artifacts(session).get(address)
    if found is None:
        known = ", ".join(file.site.conduits) or "none"
        raise BadInput(f"The applied site has no conduit {conduit}.", f"Its conduits are: {known}.")
    return found.document
