# SPDX-License-Identifier: Apache-2.0
"""What is in force: the applied revision while restrictions stand. Drift, status, grants and boot files go by it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from ringfence.base.addresses import Address
from ringfence.compile.document import Artifact
from ringfence.compile.restrictions import Restrictions
from ringfence.compile.under import under
from ringfence.ports.restrictions import Restriction
from ringfence.ports.store import Revision
from ringfence.site.site import Site

from .held import decode
from .prepare import scope_of
from .restricted import closed
from .session import Session
from .site_file import kept_site


class Force:
    """Knows what each revision is under which restrictions; each is computed once, because a large site takes long."""

    def __init__(self) -> None:
        self._sites: dict[int, Site] = {}
        self._known: dict[tuple[int, Restrictions], tuple[Artifact, ...]] = {}

    def of(self, revision: Revision, standing: Iterable[Restriction]) -> tuple[Artifact, ...]:
        """Return the artifacts of a revision while restrictions stand."""
        restrictions, kept = closed(standing), revision.draft.artifacts
        if not restrictions:
            return kept
        key = revision.number, restrictions
        if key not in self._known:
            site = self._site(revision)
            self._known[key] = under(restrictions, kept, site, decode(revision.draft.bindings), scope_of(site))
        return self._known[key]

    def _site(self, revision: Revision) -> Site:
        if revision.number not in self._sites:
            self._sites[revision.number] = kept_site(revision, Path()).site
        return self._sites[revision.number]


def in_force(session: Session) -> tuple[Artifact, ...]:
    """Return the artifacts that should stand now; none where nothing was ever applied. Raises Refused."""
    last = session.store.revisions.latest()
    return Force().of(last, session.store.restrictions.standing()) if last else ()


def in_force_by_address(session: Session) -> Mapping[Address, Artifact]:
    """Return the same by address."""
    return {found.address: found for found in in_force(session)}
