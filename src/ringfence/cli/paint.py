# SPDX-License-Identifier: Apache-2.0
"""Colour for people whose terminal has it. Nothing is said by colour alone."""

from __future__ import annotations

from dataclasses import dataclass

_CODES = {
    "bold": "1",
    "dim": "2",
    "red": "31",
    "green": "32",
    "yellow": "33",
    "blue": "34",
    "magenta": "35",
    "cyan": "36",
}


@dataclass(frozen=True, slots=True)
class Paint:
    """Colours text, or leaves it as it is."""

    on: bool = False

    def __call__(self, text: str, *styles: str) -> str:
        """Return ``text`` in styles such as ``red`` and ``bold``."""
        if not self.on or not text or not styles:
            return text
        return f"\x1b[{';'.join(_CODES[style] for style in styles)}m{text}\x1b[0m"


SEVERITY_STYLES: dict[str, tuple[str, ...]] = {
    "error": ("red", "bold"),
    "high": ("red",),
    "medium": ("yellow",),
    "low": ("cyan",),
    "info": ("dim",),
}
