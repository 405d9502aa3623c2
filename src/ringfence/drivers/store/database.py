# SPDX-License-Identifier: Apache-2.0
"""One SQLite file per site: ``<state>/ringfence.db``, readable by its owner only (site files may hold secrets)."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Self

from ringfence.base.errors import Refused

from .failures import told
from .journal import SqliteJournal
from .migrations import MIGRATIONS
from .restrictions import SqliteRestrictions
from .revisions import SqliteRevisions
from .verifications import SqliteVerifications

FILE = "ringfence.db"
_BUSY_SECONDS = 10.0


class Database:
    """An open file. ``revisions``, ``journal``, ``restrictions`` and ``verifications`` are what it keeps."""

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self.path = path
        self.revisions = SqliteRevisions(self)
        self.journal = SqliteJournal(self)
        self.restrictions = SqliteRestrictions(self)
        self.verifications = SqliteVerifications(self)
        self._connection = connection

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file; a second time is harmless."""
        self._connection.close()

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Read one consistent state. Raises Refused, Busy."""
        with told(self.path), _transaction(self._connection, "BEGIN"):
            yield self._connection

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """Write all of it, durably, or nothing. Raises Refused, Busy."""
        with told(self.path), _transaction(self._connection, "BEGIN IMMEDIATE"):
            yield self._connection


def open_store(folder: Path) -> Database:
    """Open the state of a site, make it where there is none, and bring its schema up to date.

    Raises Refused when it cannot be used, and says what to do.
    """
    path = folder / FILE
    with told(path):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
        connection = sqlite3.connect(path, timeout=_BUSY_SECONDS, isolation_level=None)
    try:
        with told(path):
            _prepare(connection)
            _migrate(path, connection)
    except BaseException:
        connection.close()
        raise
    return Database(path, connection)


def _prepare(connection: sqlite3.Connection) -> None:
    """Durable after each transaction (synchronous FULL also in WAL mode), readers never wait for a writer."""
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA trusted_schema = OFF")


def _migrate(path: Path, connection: sqlite3.Connection) -> None:
    if _version(connection) == len(MIGRATIONS):
        return
    with _transaction(connection, "BEGIN IMMEDIATE"):
        seen = _version(connection)
        if seen > len(MIGRATIONS):
            raise Refused(
                f"{path} was written by a newer Ringfence (its schema is {seen}, {len(MIGRATIONS)} is known here).",
                "Use the newer Ringfence again, or move the file away: only history is lost.",
            )
        for number, migration in enumerate(MIGRATIONS[seen:], start=seen + 1):
            for statement in filter(str.strip, migration.split(";")):
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {number}")


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


@contextmanager
def _transaction(connection: sqlite3.Connection, begin: str) -> Iterator[None]:
    connection.execute(begin)
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        # A full disk makes SQLite roll back by itself.
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
