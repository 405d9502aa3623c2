# SPDX-License-Identifier: Apache-2.0
"""From a site file to artifacts: place, look at the host, allocate what is missing, compile."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ringfence.assure.check import check
from ringfence.base.addresses import Address, own_name
from ringfence.base.diagnostics import Diagnostic, Severity
from ringfence.base.errors import BadInput
from ringfence.compile.allocate import allocate
from ringfence.compile.bindings import Bindings
from ringfence.compile.compiler import compile_host
from ringfence.compile.document import Artifact, Document, Kind
from ringfence.compile.part.size import size_bytes
from ringfence.compile.scope import Scope
from ringfence.compile.under import under
from ringfence.facts.host import HostFacts
from ringfence.facts.image import ImageFacts
from ringfence.placement.place import place
from ringfence.ports.restrictions import Restriction
from ringfence.site.site import Site

from .automatic import automatic
from .held import held_bindings
from .restricted import closed, require_there
from .session import Session
from .site_file import SiteFile


@dataclass(frozen=True, slots=True)
class Prepared:
    """A site ready to be planned: ``findings`` hold no errors.

    ``artifacts`` are what shall stand, ``declared`` what would without restrictions: revisions keep these.
    ``heard`` is the bell's stamp from before ``standing`` was read.
    """

    file: SiteFile
    scope: Scope
    facts: HostFacts
    bindings: Bindings
    kept: Bindings
    """The same, and those of workloads that left the site earlier."""
    artifacts: tuple[Artifact, ...]
    findings: tuple[Diagnostic, ...]
    declared: tuple[Artifact, ...]
    standing: tuple[Restriction, ...]
    heard: int


def scope_of(site: Site) -> Scope:
    """Return the live fabric on the site's host. Sites with several hosts are refused by a rule before this."""
    return Scope(site.name, next(iter(site.hosts)))


def judge(session: Session, file: SiteFile) -> tuple[HostFacts, tuple[Diagnostic, ...]]:
    """Return facts of the host and all findings about the site, errors among them."""
    site = file.site
    host = next(iter(site.hosts.values()))
    facts = session.plant.hosts.facts(host.name, host.pool)
    found = check(site, {host.name: facts}, session.plant.clock.now())
    _, unplaced = place(site, {host.name: facts})
    return facts, (*file.remarks, *unplaced, *found)


def prepare(session: Session, file: SiteFile, observed: Mapping[Address, Document]) -> Prepared:
    """Return what the site compiles to. Raises BadInput with every error that stands against it."""
    heard, standing = session.bell.stamp(), session.store.restrictions.standing()
    require_there(file.site, standing)
    facts, found = judge(session, file)
    _refuse(file, found)
    scope, site = scope_of(file.site), file.site
    held = held_bindings(session, observed)
    images = {**_imported(observed), **_image_facts(session, site, held)}
    everywhere = dict.fromkeys(site.workloads, facts)
    bindings, clashes = allocate(site, everywhere, images, held, dict.fromkeys(site.workloads, scope))
    _refuse(file, clashes)
    here = frozenset(site.workloads)
    now = automatic(standing).time(session.plant.clock.now())
    declared = compile_host(site, here, bindings, facts, images, scope, now)
    artifacts = under(closed(standing), declared, site, bindings, scope)
    kept = {**held, **bindings}
    return Prepared(file, scope, facts, bindings, kept, artifacts, found, declared, standing, heard)


def _image_facts(session: Session, site: Site, held: Bindings) -> dict[str, ImageFacts]:
    """Look only at images that a new disk is made from: a plant runs on when an old image file is gone."""
    wanted = {
        disk.image
        for name, workload in site.workloads.items()
        for disk in workload.disks
        if disk.image and not (name in held and disk.name in held[name].images)
    }
    return {name: session.plant.images.facts(site.images[name]) for name in sorted(wanted)}


def _imported(observed: Mapping[Address, Document]) -> dict[str, ImageFacts]:
    """Return facts of the images that were imported earlier, by SHA-256: old disks lie over them."""
    bases = (document for document in observed.values() if document.kind is Kind.IMAGE)
    return {
        own_name(base.address): ImageFacts(own_name(base.address), base.parts["format"], size_bytes(base.parts["size"]))
        for base in bases
        if "size" in base.parts
    }


def _refuse(file: SiteFile, found: tuple[Diagnostic, ...]) -> None:
    errors = [one for one in found if one.severity is Severity.ERROR]
    if errors:
        problem = f"{file.path} is refused by {len(errors)} of its findings, and nothing was changed."
        raise BadInput(problem, "Mend what is named above and try again.", errors)
