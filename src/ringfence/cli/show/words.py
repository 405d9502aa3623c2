# SPDX-License-Identifier: Apache-2.0
"""Numbers, times and lists in sentences."""

from __future__ import annotations

import shutil
import textwrap
from collections.abc import Sequence

NARROW, WIDE = 40, 100
WHAT = {
    "volume": "disk",
    "seed": "first boot",
    "domain": "definition",
    "run": "run",
    "port": "port",
    "guard": "address guard",
    "conduit": "conduit",
}
"""What a step changes, in a word; other kinds are words already."""
_MINUTE, _HOUR, _DAY = 60, 3600, 86400


def counted(number: int, one: str, many: str) -> str:
    """Return ``1 finding`` or ``3 findings``."""
    return f"{number} {one if number == 1 else many}"


def listed(names: Sequence[str]) -> str:
    """Return ``a, b and c``."""
    if len(names) < 2:  # noqa: PLR2004 - two make a list
        return "".join(names)
    return f"{', '.join(names[:-1])} and {names[-1]}"


def duration(seconds: float) -> str:
    """Return ``4.2 s``, ``1 min 5 s``, ``2 h``, or ``4 d 2 h``."""
    whole = int(seconds)
    if seconds < _MINUTE:
        return f"{seconds:.1f} s" if seconds != whole else f"{whole} s"
    if whole < _HOUR:
        return _two(whole // _MINUTE, "min", whole % _MINUTE, "s")
    if whole < _DAY:
        return _two(whole // _HOUR, "h", whole % _HOUR // _MINUTE, "min")
    return _two(whole // _DAY, "d", whole % _DAY // _HOUR, "h")


def _two(large: int, unit: str, small: int, subunit: str) -> str:
    return f"{large} {unit} {small} {subunit}" if small else f"{large} {unit}"


def columns() -> int:
    """Return how wide text may be: the terminal's width, within reason."""
    return max(NARROW, min(WIDE, shutil.get_terminal_size((WIDE, 24)).columns))


def wrapped(text: str, indent: str = "") -> list[str]:
    """Return text in lines that fit; words are never cut, so that paths and commands can be copied."""
    return textwrap.wrap(
        text,
        columns(),
        initial_indent=indent,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    ) or [indent.rstrip()]
