# SPDX-License-Identifier: Apache-2.0
"""What all parts of a verification stand on: the revision that is in force, and what is loaded now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from ringfence.app.held import decode
from ringfence.app.in_force import in_force
from ringfence.app.prepare import scope_of
from ringfence.app.session import Session
from ringfence.base.addresses import Address
from ringfence.base.errors import BadInput
from ringfence.compile.bindings import Bindings
from ringfence.compile.document import Artifact, Document, Kind
from ringfence.compile.scope import Scope
from ringfence.ports.grants import OpenGrant
from ringfence.ports.restrictions import Restriction
from ringfence.site.site import Site

from .memo import Memo


@dataclass(frozen=True, slots=True)
class Declared:
    """What should be: the applied revision while ``standing`` restrictions are in force."""

    site: Site
    scope: Scope
    bindings: Bindings
    revision: int
    artifacts: tuple[Artifact, ...]
    standing: tuple[Restriction, ...]
    applied: datetime | None
    """When the revision was applied (UTC): conduits that end by a date are judged by that."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """What is. ``blind`` has the kinds that could not be looked at, with the reason as a sentence."""

    documents: Mapping[Address, Document]
    blind: Mapping[Kind, str]
    grants: tuple[OpenGrant, ...]
    at: datetime


@dataclass(frozen=True, slots=True)
class Ground:
    """Both. No part may change it, or anything of the plant."""

    session: Session
    declared: Declared
    loaded: Loaded
    memo: Memo = field(default_factory=Memo)

    @property
    def shared(self) -> Address:
        """Return the address for what all workloads share."""
        return f"site/{self.declared.site.name}"

    @property
    def host(self) -> Address:
        """Return the host's address."""
        return f"host/{self.declared.scope.host}"


def declared(session: Session, site: Site) -> Declared:
    """Read what should be. Raises BadInput when nothing was applied yet, Refused when the state cannot be read."""
    last = session.store.revisions.latest()
    if last is None:
        raise BadInput(f"Site {session.name} was never applied.", "Apply it first with 'ringfence apply'.")
    return Declared(
        site,
        scope_of(site),
        decode(last.draft.bindings),
        last.number,
        in_force(session),
        session.store.restrictions.standing(),
        last.draft.at,
    )
