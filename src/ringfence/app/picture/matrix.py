# SPDX-License-Identifier: Apache-2.0
"""Who may open what to whom as a picture: a row for each who opens, a column for each whom it is opened to.

Marks are shapes, so that no colour is needed: a filled square is declared, a diamond undeclared, a ring a way past the
network. Pointing at a mark tells what it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from ringfence.messages.proof import MatrixCell, ProofMatrix

from .draw import COLORS, STYLE
from .layout import MARGIN
from .svg import description, element, text, title
from .text import shortened, text_width

MOST_ENDS: Final = 150
"""Ends up to which each has a row; beyond, the picture is one of zones."""
CELL: Final = 26
TOP: Final = 84
SMALLEST: Final = 650
LONGEST_NAME: Final = 230
FOOT: Final = 74
_INK, _WRONG, _GRID, _BAND = COLORS[0], "#a3123a", "#d5dce3", "#f0f3f6"
_VERDICTS: Final = {
    "proven": "Proven: nothing else can flow.",
    "wrong": "WRONG: what can happen is not what was declared.",
    "unproven": "UNPROVEN: not everything was understood.",
}


@dataclass(frozen=True, slots=True)
class _Head:
    """A row and a column: ``name`` is shown, ``key`` found in cells, ``zone`` what it is grouped by."""

    key: str
    name: str
    zone: str


@dataclass(frozen=True, slots=True)
class _Grid:
    heads: tuple[_Head, ...]
    cells: dict[tuple[str, str], MatrixCell]
    left: float
    top: float

    @property
    def size(self) -> float:
        """Return width and height of all cells."""
        return len(self.heads) * CELL


def matrix_picture(found: ProofMatrix) -> str:
    """Return a matrix as a self-contained SVG document. Pure: the same matrix always gives the same bytes."""
    grid = _grid(found)
    width = max(SMALLEST, grid.left + grid.size + MARGIN)
    height = grid.top + grid.size + FOOT
    inside = [
        *title(f"Who may open what to whom in {found.site}"),
        *description(_words(found)),
        element("style", [STYLE.strip()]),
        element("rect", x=0.5, y=0.5, width=width - 1, height=height - 1, rx=14, fill="#fbfcfd", stroke=_GRID),
        text(f"{found.site}: who may open what to whom", MARGIN, 38, "title"),
        text(_VERDICTS[found.verdict], MARGIN, 60, "subtitle"),
        *_bands(grid),
        *_heads(grid),
        *(mark for cell in grid.cells.values() for mark in _cell(grid, cell)),
        *_legend(grid.top + grid.size + 30),
    ]
    size = {"width": width, "height": height}
    root = element(
        "svg", inside, xmlns="http://www.w3.org/2000/svg", viewBox=f"0 0 {width:g} {height:g}", role="img", **size
    )
    return root.replace("><", ">\n<") + "\n"


def _grid(found: ProofMatrix) -> _Grid:
    by_zone = len(found.ends) > MOST_ENDS
    heads = (
        tuple(_Head(zone, zone, zone) for zone in found.zones)
        if by_zone
        else tuple(_Head(one.name, _short(one.name, unproven=one.unproven), one.zone) for one in found.ends)
    )
    widest = min(LONGEST_NAME, max((text_width(one.name, 11) for one in heads), default=0))
    zones = 0 if by_zone else min(LONGEST_NAME, max((text_width(one.zone, 11) for one in heads), default=0) + 16)
    cells = found.by_zone if by_zone else found.by_end
    return _Grid(
        heads, {(one.source, one.target): one for one in cells}, MARGIN + zones + widest + 12, TOP + widest * 0.72 + 16
    )


def _short(end: str, *, unproven: bool) -> str:
    kind, _, name = end.partition("/")
    return f"{name if kind == 'workload' else end}{' (?)' if unproven else ''}"


def _bands(grid: _Grid) -> Iterator[str]:
    """Draw the ground of every second zone, its name, and the lines between cells."""
    for number, (zone, first, count) in enumerate(_zones(grid.heads)):
        y = grid.top + first * CELL
        if number % 2 == 0:
            wide = grid.left + grid.size - MARGIN
            yield element("rect", x=MARGIN, y=y, width=wide, height=count * CELL, fill=_BAND)
        if count < len(grid.heads) and zone != grid.heads[first].key:
            yield text(zone, MARGIN + 6, y + 17, "small")
    for place in range(len(grid.heads) + 1):
        at = place * CELL
        for line in (
            f"M{grid.left:g} {grid.top + at:g}h{grid.size:g}",
            f"M{grid.left + at:g} {grid.top:g}v{grid.size:g}",
        ):
            yield element("path", d=line, stroke=_GRID, fill="none")


def _zones(heads: Sequence[_Head]) -> Iterator[tuple[str, int, int]]:
    """Yield each zone with its first row and the number of its rows."""
    first = 0
    for place, one in enumerate(heads):
        if place + 1 == len(heads) or heads[place + 1].zone != one.zone:
            yield one.zone, first, place + 1 - first
            first = place + 1


def _heads(grid: _Grid) -> Iterator[str]:
    for place, one in enumerate(grid.heads):
        name, middle = shortened(one.name, 11, LONGEST_NAME), place * CELL + CELL / 2
        yield text(name, grid.left - 8, grid.top + middle + 4, "label", text_anchor="end")
        x, y = grid.left + middle + 2, grid.top - 8
        yield text(name, x, y, "label", transform=f"rotate(-45 {x:g} {y:g})")
        # Nobody opens anything to himself.
        yield element(
            "rect", x=grid.left + place * CELL, y=grid.top + place * CELL, width=CELL, height=CELL, fill=_GRID
        )


def _cell(grid: _Grid, cell: MatrixCell) -> Iterator[str]:
    places = {one.key: place for place, one in enumerate(grid.heads)}
    row, column = places.get(cell.source), places.get(cell.target)
    if row is None or column is None:
        return
    x, y = grid.left + column * CELL + CELL / 2, grid.top + row * CELL + CELL / 2
    marks = []
    if cell.doors:
        marks.append(_ring(x, y, _WRONG if cell.strange_doors else _INK))
    if cell.undeclared:
        marks.append(_diamond(x, y))
    elif cell.services:
        marks.append(_square(x, y))
    yield element("g", [*title(_told(cell)), *marks])


def _told(cell: MatrixCell) -> str:
    parts = [f"{cell.source} to {cell.target}: {', '.join(cell.services) or 'nothing through the network'}"]
    parts += [f"declared by {', '.join(cell.owners)}"] if cell.owners else []
    parts += [f"UNDECLARED: {', '.join(cell.undeclared)}"] if cell.undeclared else []
    parts += list(cell.doors)
    return ". ".join(part.rstrip(".") for part in parts) + "."


def _square(x: float, y: float) -> str:
    return element("rect", x=x - 6, y=y - 6, width=12, height=12, rx=2, fill=_INK)


def _diamond(x: float, y: float) -> str:
    shape = element("path", d=f"M{x:g} {y - 10:g}l10 10l-10 10l-10 -10Z", fill=_WRONG)
    return shape + text("!", x, y + 4, "tag", text_anchor="middle")


def _ring(x: float, y: float, stroke: str) -> str:
    return element("circle", cx=x, cy=y, r=11, fill="none", stroke=stroke, stroke_width=2, stroke_dasharray="3 2")


def _legend(y: float) -> Iterator[str]:
    x = float(MARGIN)
    entries = (
        (_square(x + 10, y), "may open, declared"),
        (_diamond(x + 190, y), "can open, and nothing declares it"),
        (_ring(x + 444, y, _INK), "a way past the network"),
    )
    for (mark, words), at in zip(entries, (x, x + 180, x + 434), strict=True):
        yield mark
        yield text(words, at + 26, y + 4, "small")
    yield text("Rows open, columns are opened to. Point at a mark to read it.", x, y + 26, "small")


def _words(found: ProofMatrix) -> str:
    """Return what the picture shows, for those who cannot see it."""
    wrong = [f"{one.source} to {one.target}: {', '.join(one.undeclared)}" for one in found.by_end if one.undeclared]
    pairs = sum(bool(one.services) for one in found.by_end)
    return (
        f"{pairs} pairs of {len(found.ends)} ends may open something. Undeclared: {'; '.join(wrong) or 'nothing'}. "
        f"{_VERDICTS[found.verdict]}"
    )
