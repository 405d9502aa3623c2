# SPDX-License-Identifier: Apache-2.0
"""Verifications in SQLite: the last ones, and of older ones those where the verdict changed."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from ringfence.base.errors import BadInput
from ringfence.ports.verifications import (
    LastVerdict,
    PartVerdict,
    Verdict,
    VerificationDraft,
    VerificationSummary,
)

from .packing import packed, unpacked
from .transactions import Transactions

KEPT = 100
"""Verifications that are kept, whatever they say."""
TURNS = 400
"""Older ones that are kept because they are the first or the last of their verdict."""
_VERDICTS: dict[str, Verdict] = {"proven": "proven", "wrong": "wrong", "unproven": "unproven"}
_SUMMARY = "number, at, revision, principal, parts, verdict, took"
_FORGET = """
    DELETE FROM verifications WHERE number IN (
        SELECT number FROM (
            SELECT number, verdict, lag(verdict) OVER same AS before, lead(verdict) OVER same AS after,
                row_number() OVER (ORDER BY number DESC) AS age
            FROM verifications WINDOW same AS (PARTITION BY parts ORDER BY number)
        ) WHERE age > :most OR (age > :kept AND before IS verdict AND after IS verdict)
    )
"""


class SqliteVerifications:
    """Keeps verifications, verdicts and sightings."""

    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions

    def keep(self, draft: VerificationDraft) -> int:
        """Keep one with its verdicts, which replace those of the same parts; return its number."""
        with self._transactions.writing() as connection:
            found = connection.execute(
                "INSERT INTO verifications (at, revision, principal, parts, verdict, took, message)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                _row(draft),
            )
            _replace(connection, draft)
            connection.execute(_FORGET, {"kept": KEPT, "most": KEPT + TURNS})
            return int(found.lastrowid or 0)

    def last(self) -> tuple[LastVerdict, ...]:
        """Return the last word on every subject."""
        with self._transactions.reading() as connection:
            rows = connection.execute(
                "SELECT subject, part, verdict, at, revision FROM verdicts ORDER BY subject, part"
            )
            return tuple(_last(*row) for row in rows)

    def summaries(self, limit: int) -> tuple[VerificationSummary, ...]:
        """Return the last ones, newest first."""
        question = f"SELECT {_SUMMARY} FROM verifications ORDER BY number DESC LIMIT ?"  # noqa: S608 - constants only
        with self._transactions.reading() as connection:
            return tuple(_summary(row) for row in connection.execute(question, (limit,)))

    def message(self, number: int) -> str:
        """Return one as it was kept."""
        with self._transactions.reading() as connection:
            row = connection.execute("SELECT message FROM verifications WHERE number = ?", (number,)).fetchone()
        if row is None:
            raise BadInput(f"No verification {number} is kept.", "List them with 'ringfence verify --history'.")
        return unpacked(row[0], f"Verification {number}").decode()

    def seen(self, part: str, keys: Collection[str], at: datetime) -> Mapping[str, datetime]:
        """Note what a part sees now, forget what is gone, and return when each key was seen first."""
        with self._transactions.writing() as connection:
            gone = _sightings(connection, part).keys() - set(keys)
            connection.executemany("DELETE FROM sightings WHERE part = ? AND key = ?", [(part, key) for key in gone])
            connection.executemany(
                "INSERT INTO sightings (part, key, first) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
                [(part, key, at.isoformat()) for key in keys],
            )
            return _sightings(connection, part)

    def first_seen(self, part: str) -> Mapping[str, datetime]:
        """Return when everything that a part saw last was seen first."""
        with self._transactions.reading() as connection:
            return _sightings(connection, part)


def _row(draft: VerificationDraft) -> tuple[object, ...]:
    parts, message = " ".join(draft.parts), packed(draft.message.encode())
    return draft.at.isoformat(), draft.revision, draft.principal, parts, draft.verdict, draft.took_s, message


def _replace(connection: sqlite3.Connection, draft: VerificationDraft) -> None:
    at, revision = draft.at.isoformat(), draft.revision
    connection.executemany("DELETE FROM verdicts WHERE part = ?", [(part,) for part in draft.parts])
    connection.executemany(
        "INSERT OR REPLACE INTO verdicts (subject, part, verdict, at, revision) VALUES (?, ?, ?, ?, ?)",
        [(one.subject, one.part, one.verdict, at, revision) for one in draft.verdicts],
    )


def _sightings(connection: sqlite3.Connection, part: str) -> dict[str, datetime]:
    rows = connection.execute("SELECT key, first FROM sightings WHERE part = ?", (part,))
    return {key: datetime.fromisoformat(first) for key, first in rows}


def _last(subject: str, part: str, verdict: str, at: str, revision: int) -> LastVerdict:
    return LastVerdict(PartVerdict(subject, part, _VERDICTS[verdict]), datetime.fromisoformat(at), revision)


def _summary(row: tuple[Any, ...]) -> VerificationSummary:
    number, at, revision, principal, parts, verdict, took = row
    when = datetime.fromisoformat(at)
    return VerificationSummary(number, when, revision, principal, tuple(parts.split()), _VERDICTS[verdict], took)
