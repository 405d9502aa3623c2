# SPDX-License-Identifier: Apache-2.0
"""Use case: names for a shell's completion. It never fails and never changes anything: at worst it knows no names."""

from __future__ import annotations

from pathlib import Path

from ringfence.base.names import is_name
from ringfence.drivers.store.peek import applied_text, standing_names

from .declared import names_in, site_name
from .place import Place

STANDING = "standing"


def names(file: Path, name: str | None, section: str) -> tuple[str, ...]:
    """Return the names in a section of a site file, or of an applied site; ``standing`` are restrictions by name."""
    if section == STANDING:
        folder = _folder(site_name(file) if name is None and file.exists() else name)
        return standing_names(folder) if folder else ()
    return names_in(_text(file, name), section)


def _text(file: Path, name: str | None) -> bytes:
    try:
        if name is None and file.exists():
            return file.read_bytes()
    except OSError:
        return b""
    folder = _folder(name)
    return applied_text(folder) if folder else b""


def _folder(name: str | None) -> Path | None:
    """Return the state of a site, or of the only one there is."""
    state = Place.from_environment().state
    try:
        found = [state / name] if name and is_name(name) else [one for one in state.iterdir() if one.is_dir()]
    except OSError:
        return None
    return found[0] if len(found) == 1 else None
