# SPDX-License-Identifier: Apache-2.0
"""A place in a file with the line it is on, and a caret under it."""

from __future__ import annotations

import linecache

from .paint import Paint

WIDTH = 100
"""Characters of a line that are shown; a long line is cut around the place."""
_CUT = "..."


def excerpt(file: str, line: int, column: int, paint: Paint) -> list[str]:
    """Return the source line and a caret under ``column`` (from 1); nothing where the line cannot be read."""
    text = linecache.getline(file, line).rstrip("\r\n")
    if not text.strip():
        return []
    shown, caret = window(_visible(text), column)
    number = f"{line:>5} | "
    return [paint(number, "dim") + shown, " " * (len(number) - 2) + "| " + " " * caret + paint("^", "red", "bold")]


def window(text: str, column: int) -> tuple[str, int]:
    """Return what is shown of a line, and how many characters stand before the caret."""
    at = max(0, min(column - 1, len(text)))
    start = 0 if len(text) <= WIDTH else max(0, min(at - WIDTH // 2, len(text) - WIDTH))
    end = start + WIDTH
    head, tail = (_CUT if start else ""), (_CUT if end < len(text) else "")
    return head + text[start:end] + tail, len(head) + at - start


def _visible(text: str) -> str:
    """Tabs become one space, so that the caret fits; what would steer the terminal becomes a question mark."""
    return "".join(letter if letter.isprintable() else " " if letter == "\t" else "?" for letter in text)
