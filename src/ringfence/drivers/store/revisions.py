# SPDX-License-Identifier: Apache-2.0
"""Revisions in SQLite."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from ringfence.base.errors import BadInput
from ringfence.plan.archive import artifacts_from_bytes, artifacts_to_bytes
from ringfence.ports.store import Revision, RevisionDraft, RevisionState, RevisionSummary

from .packing import packed, unpacked
from .transactions import Transactions

_SUMMARY = "number, state, at, finished, principal, site_digest, note"
_WHOLE = f"SELECT {_SUMMARY}, site_text, artifacts, bindings, site FROM revisions"  # noqa: S608 - constants only
_LIST = f"SELECT {_SUMMARY} FROM revisions ORDER BY number DESC"  # noqa: S608 - constants only


class SqliteRevisions:
    """Keeps revisions."""

    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions
        self._read: dict[int, RevisionDraft] = {}  # the last one read: a large site takes long to unpack

    def begin(self, draft: RevisionDraft) -> int:
        """Keep a revision before it is applied, and return its number."""
        blobs = packed(draft.site_text), artifacts_to_bytes(draft.artifacts)
        with self._transactions.writing() as connection:
            found = connection.execute(
                "INSERT INTO revisions (state, at, principal, site_digest, note, site_text, artifacts, bindings, site)"
                " VALUES ('begun', ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    draft.at.isoformat(),
                    draft.principal,
                    draft.site_digest,
                    draft.note,
                    *blobs,
                    draft.bindings,
                    packed(draft.site.encode()),
                ),
            )
            return int(found.lastrowid or 0)

    def finish(self, number: int, state: RevisionState, at: datetime) -> None:
        """Write down whether it came to be."""
        with self._transactions.writing() as connection:
            connection.execute(
                "UPDATE revisions SET state = ?, finished = ? WHERE number = ?", (state, at.isoformat(), number)
            )

    def read(self, number: int) -> Revision:
        """Return a whole revision. Raises BadInput when there is none of that number."""
        with self._transactions.reading() as connection:
            row = connection.execute(f"{_WHOLE} WHERE number = ?", (number,)).fetchone()
        if row is None:
            raise BadInput(f"There is no revision {number}.", "List them with 'ringfence revisions'.")
        return self._revision(row)

    def latest(self) -> Revision | None:
        """Return the revision that was applied last; None when nothing ever was."""
        with self._transactions.reading() as connection:
            row = connection.execute(f"{_WHOLE} WHERE state = 'applied' ORDER BY number DESC LIMIT 1").fetchone()
        return None if row is None else self._revision(row)

    def summaries(self) -> tuple[RevisionSummary, ...]:
        """Return all revisions without their contents, newest first."""
        with self._transactions.reading() as connection:
            return tuple(_summary(row) for row in connection.execute(_LIST))

    def _revision(self, row: tuple[Any, ...]) -> Revision:
        summary = _summary(row)
        if summary.number not in self._read:
            self._read = {summary.number: _draft(summary, *row[7:])}
        return Revision(summary, self._read[summary.number])


def _summary(row: tuple[Any, ...]) -> RevisionSummary:
    number, state, at, finished, principal, site_digest, note = row[:7]
    begun = datetime.fromisoformat(at)
    ended = None if finished is None else datetime.fromisoformat(finished)
    return RevisionSummary(number, state, begun, ended, principal, site_digest, note)


def _draft(summary: RevisionSummary, site_text: bytes, artifacts: bytes, bindings: str, site: bytes) -> RevisionDraft:
    return RevisionDraft(
        at=summary.at,
        principal=summary.principal,
        site_text=unpacked(site_text, f"The site file of revision {summary.number}"),
        site_digest=summary.site_digest,
        artifacts=artifacts_from_bytes(artifacts),
        bindings=bindings,
        note=summary.note,
        site=unpacked(site, f"The site of revision {summary.number}").decode() if site else "",
    )
