# SPDX-License-Identifier: Apache-2.0
"""Use cases: the revisions of a site, and going back to one."""

from __future__ import annotations

from pathlib import Path

from ringfence.base.errors import BadInput
from ringfence.messages.apply import JobReport
from ringfence.messages.revisions import RevisionLine, RevisionList

from .applying import apply_site
from .session import Session
from .site_file import SiteFile, kept_site


def revisions(session: Session) -> RevisionList:
    """Return every revision, newest first."""
    current = session.store.revisions.latest()
    lines = [
        RevisionLine(
            one.number,
            one.at,
            one.principal,
            str(one.state),
            one.site_digest,
            one.note,
            current is not None and one.number == current.number,
        )
        for one in session.store.revisions.summaries()
    ]
    return RevisionList(session.name, tuple(sorted(lines, key=lambda line: -line.number)))


def revision_file(session: Session, number: int | None, beside: Path) -> SiteFile:
    """Return the site file of a revision (None: the applied one). ``beside`` is where relative paths start.

    Raises BadInput when there is no such revision.
    """
    latest = session.store.revisions.latest()
    if number is None and latest is None:
        raise BadInput(
            f"Site {session.name} was never applied.", "Apply it first with 'ringfence apply', or name a site file."
        )
    found = latest if number is None else session.store.revisions.read(number)
    if found is None:
        raise BadInput(f"Site {session.name} has no revision {number}.", "List them with 'ringfence revisions'.")
    return kept_site(found, beside)


def revert(session: Session, number: int | None, beside: Path, destroy_data: frozenset[str]) -> JobReport:
    """Apply an earlier revision again as a new one; without a number, the last one that was applied."""
    file = revision_file(session, number, beside)
    shown = number if number is not None else "the last applied one"
    return apply_site(session, file, destroy_data=destroy_data, note=f"reverts to {shown}")
