# SPDX-License-Identifier: Apache-2.0
"""The schema, as numbered migrations: each runs once, in order, in a transaction of its own. Never edit one."""

from __future__ import annotations

MIGRATIONS: tuple[str, ...] = (
    """
    CREATE TABLE revisions (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        state TEXT NOT NULL CHECK (state IN ('begun', 'applied', 'failed')),
        at TEXT NOT NULL,
        finished TEXT,
        principal TEXT NOT NULL,
        site_digest TEXT NOT NULL,
        note TEXT NOT NULL,
        site_text BLOB NOT NULL,
        artifacts BLOB NOT NULL,
        bindings TEXT NOT NULL
    ) STRICT;
    CREATE TABLE jobs (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        kind TEXT NOT NULL,
        principal TEXT NOT NULL,
        at TEXT NOT NULL,
        revision INTEGER,
        outcome TEXT CHECK (outcome IN ('done', 'undone', 'kept', 'cancelled', 'stuck', 'lost')),
        finished TEXT,
        note TEXT NOT NULL,
        plan BLOB NOT NULL
    ) STRICT;
    CREATE INDEX jobs_unfinished ON jobs (number) WHERE outcome IS NULL;
    CREATE TABLE entries (
        number INTEGER PRIMARY KEY,
        job INTEGER NOT NULL REFERENCES jobs (number),
        step TEXT NOT NULL,
        state TEXT NOT NULL CHECK (state IN ('planned', 'started', 'done', 'failed', 'undone', 'unknown')),
        at TEXT NOT NULL,
        detail TEXT NOT NULL
    ) STRICT;
    CREATE INDEX entries_of_job ON entries (job, number);
    """,
    "ALTER TABLE revisions ADD COLUMN site BLOB NOT NULL DEFAULT x''",
    """
    CREATE TABLE restrictions (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        name TEXT NOT NULL,
        kind TEXT NOT NULL CHECK (kind IN ('island', 'cut', 'hold')),
        subject TEXT NOT NULL,
        since TEXT NOT NULL,
        principal TEXT NOT NULL,
        reason TEXT NOT NULL,
        ended TEXT,
        ended_by TEXT
    ) STRICT;
    CREATE UNIQUE INDEX restrictions_standing ON restrictions (name) WHERE ended IS NULL;
    """,
    """
    CREATE TABLE verifications (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        at TEXT NOT NULL,
        revision INTEGER NOT NULL,
        principal TEXT NOT NULL,
        parts TEXT NOT NULL,
        verdict TEXT NOT NULL CHECK (verdict IN ('proven', 'wrong', 'unproven')),
        took REAL NOT NULL,
        message BLOB NOT NULL
    ) STRICT;
    CREATE TABLE verdicts (
        subject TEXT NOT NULL,
        part TEXT NOT NULL,
        verdict TEXT NOT NULL CHECK (verdict IN ('proven', 'wrong', 'unproven')),
        at TEXT NOT NULL,
        revision INTEGER NOT NULL,
        PRIMARY KEY (subject, part)
    ) STRICT;
    CREATE TABLE sightings (
        part TEXT NOT NULL,
        key TEXT NOT NULL,
        first TEXT NOT NULL,
        PRIMARY KEY (part, key)
    ) STRICT;
    """,
)
"""``user_version`` of a file is how many of these it has seen."""
