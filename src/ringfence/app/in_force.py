# SPDX-License-Identifier: Apache-2.0
"""What is in force: the applied revision while restrictions stand. Drift, status, grants and boot files go by it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from ringfence.base.addresses import Address
from ringfence.compile.document import Artifact
from ringfence.compile.under import under
from ringfence.ports.restrictions import Restriction
from ringfence.ports.store import Revision

from .held import decode
from .prepare import scope_of
from .restricted import closed
from .session import Session
from .site_file import kept_site


def in_force(session: Session) -> tuple[Artifact, ...]:
    """Return the artifacts that should stand now; none where nothing was ever applied. Raises Refused."""
    last = session.store.revisions.latest()
    return restricted(last, session.store.restrictions.standing()) if last else ()


def in_force_by_address(session: Session) -> Mapping[Address, Artifact]:
    """Return the same by address."""
    return {found.address: found for found in in_force(session)}


def restricted(revision: Revision, standing: Iterable[Restriction]) -> tuple[Artifact, ...]:
    """Return the artifacts of a revision while restrictions stand."""
    restrictions, kept = closed(standing), revision.draft.artifacts
    if not restrictions:
        return kept
    site = kept_site(revision, Path()).site
    return under(restrictions, kept, site, decode(revision.draft.bindings), scope_of(site))
