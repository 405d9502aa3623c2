# SPDX-License-Identifier: Apache-2.0
"""A quick look at a state that must neither be made nor migrated: for a shell's completion."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from .database import FILE

_LATEST = "SELECT site_text FROM revisions WHERE state = 'applied' ORDER BY number DESC LIMIT 1"
_BUSY_SECONDS = 0.2


def applied_text(folder: Path) -> bytes:
    """Return the site file that was applied last; empty where that cannot be told quickly."""
    try:
        with closing(sqlite3.connect(f"file:{folder / FILE}?mode=ro", uri=True, timeout=_BUSY_SECONDS)) as connection:
            row = connection.execute(_LATEST).fetchone()
    except sqlite3.Error:
        return b""
    return bytes(row[0]) if row else b""
