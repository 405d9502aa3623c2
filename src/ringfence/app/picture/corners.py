# SPDX-License-Identifier: Apache-2.0
"""One path for all wires of a net, round where two of them meet at their ends."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from .layout import Wire

RADIUS = 6.0
Point = tuple[float, float]


def path(wires: Sequence[Wire]) -> str:
    """Return path data (SVG 2, chapter 9.3): every wire, shortened at round corners, and the corners."""
    meeting = _corners(wires)
    return "".join([*(_straight(wire, meeting) for wire in wires), *_arcs(meeting)])


def _corners(wires: Iterable[Wire]) -> Mapping[Point, tuple[Point, Point]]:
    """Return the points where exactly one upright and one flat wire end, with where each of them comes from."""
    ends: dict[Point, list[Point]] = defaultdict(list)
    for wire in wires:
        first, last = wire.points
        ends[first].append(last)
        ends[last].append(first)
    return {
        point: (others[0], others[1])
        for point, others in ends.items()
        if len(others) == 2 and _turns(point, *others)  # noqa: PLR2004 - two wires make a corner
    }


def _turns(point: Point, one: Point, other: Point) -> bool:
    return (one[0] == point[0]) != (other[0] == point[0])


def _straight(wire: Wire, meeting: Mapping[Point, tuple[Point, Point]]) -> str:
    first, last = wire.points
    start = _towards(first, last) if first in meeting else first
    end = _towards(last, first) if last in meeting else last
    return f"M{_text(start)}L{_text(end)}"


def _arcs(meeting: Mapping[Point, tuple[Point, Point]]) -> Iterator[str]:
    for point, (one, other) in meeting.items():
        yield f"M{_text(_towards(point, one))}Q{_text(point)} {_text(_towards(point, other))}"


def _towards(point: Point, other: Point) -> Point:
    """Return the place on the way from ``point`` to ``other`` where the corner ends."""
    (x, y), (to_x, to_y) = point, other
    room = min(RADIUS, (abs(to_x - x) + abs(to_y - y)) / 2)
    return x + room * _sign(to_x - x), y + room * _sign(to_y - y)


def _sign(number: float) -> int:
    return (number > 0) - (number < 0)


def _text(point: Point) -> str:
    return f"{point[0]:g} {point[1]:g}"
