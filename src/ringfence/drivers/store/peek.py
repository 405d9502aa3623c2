# SPDX-License-Identifier: Apache-2.0
"""A quick look at a state that must neither be made nor migrated: for a shell's completion."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from ringfence.base.errors import Refused

from .database import FILE
from .packing import unpacked

_LATEST = "SELECT site_text FROM revisions WHERE state = 'applied' ORDER BY number DESC LIMIT 1"
_STANDING = "SELECT name FROM restrictions WHERE ended IS NULL ORDER BY name"
_BUSY_SECONDS = 0.2


def standing_names(folder: Path) -> tuple[str, ...]:
    """Return the names of the restrictions that stand; none where that cannot be told quickly."""
    try:
        return tuple(name for (name,) in _rows(folder, _STANDING))
    except sqlite3.Error:
        return ()


def applied_text(folder: Path) -> bytes:
    """Return the site file that was applied last; empty where that cannot be told quickly.

    Opened for writing, although nothing is written: SQLite reads a WAL database that nobody has open only so.
    """
    try:
        rows = _rows(folder, _LATEST)
        return unpacked(rows[0][0], "The last revision") if rows else b""
    except (sqlite3.Error, Refused):
        return b""


def _rows(folder: Path, question: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(f"file:{folder / FILE}?mode=rw", uri=True, timeout=_BUSY_SECONDS)) as connection:
        return connection.execute(question).fetchall()
