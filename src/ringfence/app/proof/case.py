# SPDX-License-Identifier: Apache-2.0
"""What is proven: artifacts with everything that they let happen, and everything that the site allows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from ringfence.app.automatic import automatic
from ringfence.app.claims import claims
from ringfence.app.claims.doors import declared_doors
from ringfence.app.intruder import hardware_of
from ringfence.app.planning import observe
from ringfence.app.prepare import Prepared, prepare
from ringfence.app.restricted import closed
from ringfence.app.session import Session
from ringfence.app.site_file import SiteFile
from ringfence.app.verify.claimed import claimed
from ringfence.app.verify.ground import Ground, declared
from ringfence.app.verify.host import host_facts
from ringfence.app.verify.looking import look
from ringfence.app.verify.reached import declared_of, reached
from ringfence.base.addresses import Address
from ringfence.compile.bindings import Bindings
from ringfence.compile.document import Document
from ringfence.compile.scope import Scope
from ringfence.facts.device import HostDevices
from ringfence.facts.unseen import Unseen
from ringfence.messages.proof import Of
from ringfence.ports.restrictions import Restriction
from ringfence.proof.compare import compare
from ringfence.proof.door_words import FABRIC, said
from ringfence.proof.flow import Claim, Door, Reach
from ringfence.proof.reach import reach
from ringfence.proof.side import Hardware
from ringfence.proof.side import look as look_aside
from ringfence.proof.verdict import Verdict
from ringfence.site.site import Site


@dataclass(frozen=True, slots=True)
class Case:
    """Artifacts and declaration. ``not_seen`` are sentences on what could not be looked at."""

    of: Of
    site: Site
    scope: Scope
    bindings: Bindings
    now: datetime
    documents: Mapping[Address, Document]
    reach: Reach
    claims: tuple[Claim, ...]
    doors: tuple[Door, ...]
    standing: tuple[Restriction, ...] = ()
    not_seen: tuple[str, ...] = ()

    def verdict(self) -> Verdict:
        """Compare both."""
        return compare(self.reach, self.claims, self.doors)

    def strangers(self) -> tuple[str, ...]:
        """Return what lies in the fabric undeclared and may concern anybody, as sentences: no flow counts it."""
        declared = {one.key for one in self.doors}
        return tuple(said(one) for one in self.reach.doors if one.target == FABRIC and one.key not in declared)

    def grantable(self) -> tuple[Claim, ...]:
        """Return what dormant conduits would let as well, if all of them were granted."""
        dormant = {name for name, one in self.site.conduits.items() if one.dormant}
        restrictions, hosted = closed(self.standing), frozenset(self.site.workloads)
        found = claims(self.site, hosted, self.bindings, self.scope, self.now, restrictions, dormant)
        return tuple(one for one in found if one.owner.startswith("grant/"))


def compiled(session: Session, file: SiteFile) -> Case:
    """Return the case of what a site file compiles to here and now. Raises BadInput, Refused."""
    return of_prepared(session, prepare(session, file, observe(session, file.site)))


def of_prepared(session: Session, prepared: Prepared) -> Case:
    """Return the case of what was compiled."""
    site, scope, hosted = prepared.file.site, prepared.scope, frozenset(prepared.file.site.workloads)
    documents = {one.address: one.document for one in prepared.artifacts}
    now = automatic(prepared.standing).time(session.plant.clock.now())
    may = claims(site, hosted, prepared.bindings, scope, now, closed(prepared.standing))
    flows, side = reach(documents.values()), look_aside(documents.values(), hardware_of(prepared.facts.devices))
    can = Reach(flows.flows, (*flows.doors, *side.doors), (*flows.unread, *side.unread))
    doors = declared_doors(site, hosted, prepared.bindings, scope)
    return Case("compiled", site, scope, prepared.bindings, now, documents, can, may, doors, prepared.standing)


def loaded(session: Session, site: Site) -> Case:
    """Return the case of what stands on this host now, held against the applied site. Raises Refused."""
    should = declared(session, site)
    return of_ground(Ground(session, should, look(session, should.scope)))


def of_ground(ground: Ground) -> Case:
    """Return the case of what a verification looked at."""
    should, seen = ground.declared, ground.loaded
    blind = tuple(f"{kind}: {why}" for kind, why in sorted(seen.blind.items()))
    can = reached(ground, _hardware(ground))
    may, doors = claimed(ground), declared_of(ground)
    now = should.applied or seen.at
    return Case(
        "loaded",
        should.site,
        should.scope,
        should.bindings,
        now,
        seen.documents,
        can,
        may,
        doors,
        should.standing,
        blind,
    )


def _hardware(ground: Ground) -> Hardware:
    """Return what the host's PCI bus and its open ports are; of a host that nobody saw nothing is taken for granted."""
    session, should, host = ground.session, ground.declared, host_facts(ground)
    running = session.plant.facts.observe(should.scope, tuple(should.site.workloads))
    listeners = () if isinstance(running.host.listeners, Unseen) else running.host.listeners
    return hardware_of(HostDevices() if isinstance(host, Unseen) else host.devices, listeners)
