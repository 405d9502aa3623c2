# SPDX-License-Identifier: Apache-2.0
"""Use case: names for a shell's completion. It never fails and never changes anything: at worst it knows no names."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from ringfence.base.names import is_name

from .declared import names_in
from .place import Place

_LATEST = "SELECT site_text FROM revision WHERE state = 'applied' ORDER BY number DESC LIMIT 1"


def names(file: Path, name: str | None, section: str) -> tuple[str, ...]:
    """Return the names in ``workloads``, ``conduits`` or ``dormant`` of a site file, or of an applied site."""
    return names_in(_text(file, name), section)


def _text(file: Path, name: str | None) -> bytes:
    try:
        if name is None and file.exists():
            return file.read_bytes()
        return _applied(Path(Place.from_environment().state), name)
    except (OSError, sqlite3.Error):
        return b""


def _applied(state: Path, name: str | None) -> bytes:
    """Read the last revision without opening the store, which would make or migrate it."""
    found = [state / name] if name and is_name(name) else [one for one in state.iterdir() if one.is_dir()]
    if len(found) != 1:
        return b""
    with closing(sqlite3.connect(f"file:{found[0] / 'ringfence.db'}?mode=ro", uri=True, timeout=0.2)) as database:
        row = database.execute(_LATEST).fetchone()
    return bytes(row[0]) if row else b""
