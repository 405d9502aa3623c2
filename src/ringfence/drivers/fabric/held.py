# SPDX-License-Identifier: Apache-2.0
"""Tables that a living process of ours holds."""

from __future__ import annotations

import os
from pathlib import Path

from ringfence.compile.part.passing import passing_table, passing_tables

_BORN = 20
"""Place of a process's start in /proc/PID/stat, counted behind its name (proc(5), field 22)."""


def own_table(purpose: str) -> str:
    """Return the name of a table that this process holds."""
    return passing_table(purpose, os.getpid(), _born(os.getpid()) or 0)


def held_tables(text: str) -> frozenset[str]:
    """Return the names in a listing of tables whose process lives: the same one, not another of its number."""
    return frozenset(name for name, process, born in passing_tables(text) if _born(process) == born)


def _born(process: int) -> int | None:
    try:
        text = Path(f"/proc/{process}/stat").read_text()
    except OSError:
        return None
    return int(text.rpartition(")")[2].split()[_BORN - 1])
