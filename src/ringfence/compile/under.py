# SPDX-License-Identifier: Apache-2.0
"""A compiled site under restrictions: what it is while islands and cuts stand.

Revisions keep what a site compiles to without restrictions; this lays them over it. Only what they change is made
anew, so that neither the time, nor an image, nor a newer compiler comes into an emergency.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from ringfence.base.addresses import Address, address
from ringfence.site.site import Site

from .bindings import Bindings
from .boot import boot_again
from .document import Artifact
from .fabric import fabric_artifacts
from .restrictions import UNRESTRICTED, Restrictions
from .scope import Scope

_BEFORE_ALL_EXPIRY = datetime(1, 1, 1, tzinfo=UTC)
"""What had closed by its expiry is not among the artifacts, and nothing else may close by the way."""


def under(
    restrictions: Restrictions, artifacts: Sequence[Artifact], site: Site, bindings: Bindings, scope: Scope
) -> tuple[Artifact, ...]:
    """Return ``artifacts``, which ``site`` compiled to without restrictions, as they are while these stand."""
    if not restrictions:
        return tuple(artifacts)
    moved = _moved(restrictions, _known(site, artifacts), bindings, scope)
    found = (moved.get(one.address, one) for one in artifacts)
    return boot_again([one for one in found if one is not None], artifacts, scope)


def differing(before: Sequence[Artifact], after: Sequence[Artifact]) -> frozenset[Address]:
    """Return the addresses of what is not the same before and after."""
    old = {one.address: one.document for one in before}
    new = {one.address: one.document for one in after}
    return frozenset(name for name in old.keys() | new.keys() if old.get(name) != new.get(name))


def _moved(
    restrictions: Restrictions, site: Site, bindings: Bindings, scope: Scope
) -> Mapping[Address, Artifact | None]:
    """Return what restrictions change, by address; None is gone. Both sides come from the same compiler."""
    here = frozenset(site.workloads)
    free, held = (
        {one.address: one for one in fabric_artifacts(site, here, bindings, scope, _BEFORE_ALL_EXPIRY, standing)}
        for standing in (UNRESTRICTED, restrictions)
    )
    return {name: held.get(name) for name in differing(tuple(free.values()), tuple(held.values()))}


def _known(site: Site, artifacts: Sequence[Artifact]) -> Site:
    """Return the site with those conduits that any of the artifacts comes from."""
    clauses = {clause for one in artifacts for clause in one.clauses}
    kept = {name: one for name, one in site.conduits.items() if address("conduit", name) in clauses}
    return replace(site, conduits=kept)
