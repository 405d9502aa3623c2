# SPDX-License-Identifier: Apache-2.0
"""The journal in SQLite: what was written here survives SIGKILL and a power cut."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from ringfence.plan.codec import plan_from_json, plan_to_json
from ringfence.ports.journal import JobDraft, JobRecord, Outcome, StepEntry, StepState

from .packing import packed, unpacked
from .transactions import Transactions

_JOB = "SELECT number, kind, principal, at, revision, outcome, finished, note, plan FROM jobs"


_KEPT = 100
"""Finished jobs that are kept."""


class SqliteJournal:
    """Keeps jobs and the states of their steps."""

    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions

    def begin(self, draft: JobDraft) -> int:
        """Write down the whole job, every document before and after, and return its number."""
        plan = packed(plan_to_json(draft.plan).encode())
        with self._transactions.writing() as connection:
            _forget(connection)
            found = connection.execute(
                "INSERT INTO jobs (kind, principal, at, revision, note, plan) VALUES (?, ?, ?, ?, '', ?)",
                (draft.kind, draft.principal, draft.at.isoformat(), draft.revision, plan),
            )
            return int(found.lastrowid or 0)

    def record(self, job: int, entries: Sequence[StepEntry]) -> None:
        """Write down what steps came to, all of them or none."""
        rows = [(job, entry.step, str(entry.state), entry.at.isoformat(), entry.detail) for entry in entries]
        with self._transactions.writing() as connection:
            connection.executemany("INSERT INTO entries (job, step, state, at, detail) VALUES (?, ?, ?, ?, ?)", rows)

    def finish(self, job: int, outcome: Outcome, at: datetime, note: str = "") -> None:
        """Write down how the job ended."""
        with self._transactions.writing() as connection:
            connection.execute(
                "UPDATE jobs SET outcome = ?, finished = ?, note = ? WHERE number = ?",
                (outcome, at.isoformat(), note, job),
            )

    def unfinished(self) -> JobRecord | None:
        """Return the last job without an outcome."""
        with self._transactions.reading() as connection:
            row = connection.execute(f"{_JOB} WHERE outcome IS NULL ORDER BY number DESC LIMIT 1").fetchone()
            return None if row is None else _job(connection, row)

    def jobs(self, limit: int) -> tuple[JobRecord, ...]:
        """Return the last jobs, newest first."""
        with self._transactions.reading() as connection:
            rows = connection.execute(f"{_JOB} ORDER BY number DESC LIMIT ?", (limit,)).fetchall()
            return tuple(_job(connection, row) for row in rows)


def _forget(connection: sqlite3.Connection) -> None:
    """Forget the oldest jobs: the plan of a large site is some megabytes."""
    old = "(SELECT number FROM jobs WHERE outcome IS NOT NULL ORDER BY number DESC LIMIT -1 OFFSET ?)"
    connection.execute(f"DELETE FROM entries WHERE job IN {old}", (_KEPT,))  # noqa: S608 - constants only
    connection.execute(f"DELETE FROM jobs WHERE number IN {old}", (_KEPT,))  # noqa: S608 - constants only


def _job(connection: sqlite3.Connection, row: tuple[Any, ...]) -> JobRecord:
    number, kind, principal, at, revision, outcome, finished, note, plan = row
    read = plan_from_json(unpacked(plan, f"The plan of job {number}").decode())
    draft = JobDraft(kind, principal, read, datetime.fromisoformat(at), revision)
    ended = None if finished is None else datetime.fromisoformat(finished)
    return JobRecord(number, draft, _steps(connection, number), outcome, ended, note)


def _steps(connection: sqlite3.Connection, job: int) -> dict[str, StepEntry]:
    rows = connection.execute("SELECT step, state, at, detail FROM entries WHERE job = ? ORDER BY number", (job,))
    return {
        step: StepEntry(step, StepState(state), datetime.fromisoformat(at), detail) for step, state, at, detail in rows
    }
