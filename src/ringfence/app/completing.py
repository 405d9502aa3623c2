# SPDX-License-Identifier: Apache-2.0
"""Use case: names for a shell's completion. It never fails and never changes anything: at worst it knows no names."""

from __future__ import annotations

from pathlib import Path

from ringfence.base.names import is_name
from ringfence.drivers.store.peek import applied_text

from .declared import names_in
from .place import Place


def names(file: Path, name: str | None, section: str) -> tuple[str, ...]:
    """Return the names in ``workloads``, ``conduits`` or ``dormant`` of a site file, or of an applied site."""
    return names_in(_text(file, name), section)


def _text(file: Path, name: str | None) -> bytes:
    state = Place.from_environment().state
    try:
        if name is None and file.exists():
            return file.read_bytes()
        found = [state / name] if name and is_name(name) else [one for one in state.iterdir() if one.is_dir()]
    except OSError:
        return b""
    return applied_text(found[0]) if len(found) == 1 else b""
