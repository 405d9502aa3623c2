# SPDX-License-Identifier: Apache-2.0
"""Any door in words: side doors, settings that let packets move them, and what does not fit together."""

from __future__ import annotations

from typing import Final

from .flow import Door
from .side.told import end_words, sentence

FABRIC: Final = "fabric"
"""Where those doors lead that may concern anybody."""
_FOREIGN: Final = "foreign"
_BROKEN: Final = frozenset({"stopped", "unresolved"})
_PORTS: Final = frozenset({"frames", "isolation"})


def head(door: Door) -> str:
    """Return what kind of thing it is, in a word or two."""
    if door.kind in _BROKEN:
        return "BROKEN"
    if door.target == FABRIC:
        return "NOBODY COMPILED THIS" if door.kind == _FOREIGN else "SETTING"
    return "UNDECLARED WAY"


def said(door: Door) -> str:
    """Say what a door is, in a sentence."""
    if door.target == FABRIC:
        return f"In {door.source}: {door.what}."
    if door.kind in _PORTS:
        return f"The port of {end_words(door.source)}: {door.what}."
    if door.kind in _BROKEN:
        return f"{_first(end_words(door.source))} does not find {end_words(door.target)}: {door.what}."
    return sentence(door)


def _first(words: str) -> str:
    return f"{words[:1].upper()}{words[1:]}"
