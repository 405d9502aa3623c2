# SPDX-License-Identifier: Apache-2.0
"""Who may open what to whom: zones first, then workloads and assets."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from ringfence.cli.columns import Cell, Row, table
from ringfence.cli.paint import Paint
from ringfence.messages.proof import MatrixCell, MatrixEnd, ProofMatrix

from .verification import VERDICTS
from .words import columns, wrapped

FEW_ZONES = 12
FEW_ENDS = 24
"""So many have a column each; beyond there is a line for each pair."""
SHOWN = 4
MOST_LINES = 200
NOTHING, OPEN, WRONG, DOOR, SELF = ".", "o", "!", "=", "-"
LEGEND = "o may open, declared   ! can open, undeclared   = a way past the network   (?) not wholly understood"
_OF = {"compiled": "by what the site file compiles to", "loaded": "by what is loaded on this host"}


def matrix_lines(found: ProofMatrix, paint: Paint, drawn: Path | None = None) -> list[str]:
    """Return both matrices; for a large site the second one is left to --json and --svg."""
    sign, word, styles = VERDICTS[found.verdict]
    lines = [f"{paint(sign, *styles)} Site {found.site}, {_OF[found.of]}: {paint(word, *styles)}", ""]
    names = {zone: zone for zone in found.zones}
    lines += [paint("Zones: rows open, columns are opened to", "bold"), ""]
    lines += _marks(names, found.by_zone, paint) if len(names) <= FEW_ZONES else []
    lines += ["", *_pairs(names, found.by_zone, paint)]
    ends = {one.name: _name(one) for one in found.ends}
    lines += ["", paint("Workloads, assets and what else is met", "bold"), ""]
    lines += _marks(ends, found.by_end, paint) if len(ends) <= FEW_ENDS else []
    lines += ["", *_pairs(ends, found.by_end, paint)]
    lines += ["", paint(LEGEND, "dim")]
    for text in found.unproven:
        lines += wrapped(f"?? {text}")
    return [*lines, *([f"Wrote {drawn}."] if drawn else [])]


def _name(end: MatrixEnd) -> str:
    kind, _, name = end.name.partition("/")
    return f"{name if kind == 'workload' else end.name}{' (?)' if end.unproven else ''}"


def _marks(names: dict[str, str], cells: Sequence[MatrixCell], paint: Paint) -> list[str]:
    """Return a table of marks; columns are numbered like the rows, so that long names cost no room."""
    known = {(one.source, one.target): one for one in cells}
    head = ("", "", *(str(number) for number in range(1, len(names) + 1)))
    rows: list[Row] = []
    for number, (source, name) in enumerate(names.items(), 1):
        marks = [_mark(source, target, known.get((source, target))) for target in names]
        rows.append([str(number), Cell(name, ("bold",)), *marks])
    return table(head, rows, paint, "  ")


def _mark(source: str, target: str, cell: MatrixCell | None) -> Cell:
    if cell is None:
        return Cell(SELF if source == target else NOTHING, ("dim",))
    wrong = bool(cell.undeclared or cell.strange_doors)
    mark = (WRONG if wrong else OPEN if cell.services else "") + (DOOR if cell.doors else "")
    return Cell(mark, ("red", "bold") if wrong else ("green",))


def _pairs(names: dict[str, str], cells: Sequence[MatrixCell], paint: Paint) -> Iterator[str]:
    """Yield a line for each pair that may open something."""
    known = [one for one in cells if one.source in names and one.target in names]
    rows: list[Row] = [_row(names, one) for one in known[:MOST_LINES]]
    yield from table((), rows, paint, "  ") if rows else ["  Nobody may open anything to anybody."]
    for one in known[:MOST_LINES]:
        for door in one.doors:
            sign = WRONG if door in one.strange_doors else DOOR
            yield from wrapped(f"{sign} {door}", "  ")
    if len(known) > MOST_LINES:
        yield f"  ... and {len(known) - MOST_LINES} more pairs; --json tells all, --svg FILE draws them."


def _row(names: dict[str, str], cell: MatrixCell) -> Row:
    wrong = Cell(f"UNDECLARED: {_some(cell.undeclared)}" if cell.undeclared else "", ("red", "bold"))
    owners = _some([one.partition("/")[2] if one.startswith("conduit/") else one for one in cell.owners])
    return [f"{names[cell.source]} -> {names[cell.target]}", _some(cell.services), Cell(owners, ("dim",)), wrong]


def _some(words: Sequence[str]) -> str:
    most = SHOWN if columns() > 80 else 2  # noqa: PLR2004 - the width of a plain terminal
    rest = len(words) - most
    return ", ".join(words[:most]) + (f" and {rest} more" if rest > 0 else "")
