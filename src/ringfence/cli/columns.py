# SPDX-License-Identifier: Apache-2.0
"""Tables: rows of cells become aligned lines that still read well when they are piped or copied."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from .paint import Paint

GAP = "  "


@dataclass(frozen=True, slots=True)
class Cell:
    """A text with the styles it is shown in."""

    text: str
    styles: tuple[str, ...] = ()


Row = Sequence[Cell | str]


def table(head: Sequence[str], rows: Sequence[Row], paint: Paint, indent: str = "") -> list[str]:
    """Return a heading and one line per row, columns as wide as their widest cell; the last one is not padded."""
    cells = [[_cell(found) for found in row] for row in rows]
    heading = [Cell(text, ("bold",)) for text in head]
    kept = [heading, *cells] if head else cells
    widths = [max(width(row[place].text) for row in kept) for place in range(len(kept[0]))] if kept else []
    return [indent + _line(row, widths, paint) for row in kept]


def _cell(found: Cell | str) -> Cell:
    return found if isinstance(found, Cell) else Cell(found)


def _line(row: Sequence[Cell], widths: Sequence[int], paint: Paint) -> str:
    shown = [
        paint(cell.text, *cell.styles) + " " * (wide - width(cell.text)) for cell, wide in zip(row, widths, strict=True)
    ]
    return GAP.join(shown).rstrip()


def width(text: str) -> int:
    """Return how many columns of a terminal a text takes (Unicode standard annex 11)."""
    if text.isascii():
        return len(text)
    wide = sum(unicodedata.east_asian_width(letter) in "WF" for letter in text)
    return len(text) + wide - sum(unicodedata.combining(letter) > 0 for letter in text)
