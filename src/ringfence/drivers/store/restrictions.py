# SPDX-License-Identifier: Apache-2.0
"""Restrictions in SQLite. Those that are over stay as a record of who closed and opened what, and when."""

from __future__ import annotations

from datetime import datetime

from ringfence.ports.restrictions import Restriction, RestrictionKind

from .transactions import Transactions

_STANDING = "SELECT kind, subject, since, principal, reason FROM restrictions WHERE ended IS NULL"

_KINDS: dict[str, RestrictionKind] = {"island": "island", "cut": "cut", "hold": "hold"}


class SqliteRestrictions:
    """Keeps restrictions."""

    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions

    def add(self, wanted: Restriction) -> Restriction:
        """Write a restriction down; return it, or the one of its name that stands already."""
        row = (wanted.name, wanted.kind, wanted.subject, wanted.since.isoformat(), wanted.principal, wanted.reason)
        with self._transactions.writing() as connection:
            connection.execute(
                "INSERT INTO restrictions (name, kind, subject, since, principal, reason) VALUES (?, ?, ?, ?, ?, ?)"
                " ON CONFLICT DO NOTHING",
                row,
            )
            found = connection.execute(f"{_STANDING} AND name = ?", (wanted.name,)).fetchone()
            return _restriction(*found)

    def standing(self) -> tuple[Restriction, ...]:
        """Return what stands, oldest first."""
        with self._transactions.reading() as connection:
            return tuple(_restriction(*row) for row in connection.execute(f"{_STANDING} ORDER BY number"))

    def end(self, name: str, principal: str, at: datetime) -> None:
        """Write down that a restriction is over, and who ended it."""
        with self._transactions.writing() as connection:
            connection.execute(
                "UPDATE restrictions SET ended = ?, ended_by = ? WHERE name = ? AND ended IS NULL",
                (at.isoformat(), principal, name),
            )


def _restriction(kind: str, subject: str, since: str, principal: str, reason: str) -> Restriction:
    return Restriction(_KINDS[kind], subject, datetime.fromisoformat(since), principal, reason)
