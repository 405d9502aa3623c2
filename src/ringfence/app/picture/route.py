# SPDX-License-Identifier: Apache-2.0
"""Lines and labels: every net is one trunk per channel with branches to its pins, and lanes between its channels."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence

from .across import Across, pins_of
from .down import LABEL_SIZE, Down, labelled
from .layout import ARROW, GRID, MARK, Label, Span, Wire
from .scene import Scene, rows_of
from .text import text_width

LIFT = 6


def wires(scene: Scene, across: Across, down: Down, spans: Sequence[Span]) -> tuple[Wire, ...]:
    """Return every line: branches and lanes with their corners, and the trunks between them."""
    return (*_branches(scene, across, down), *_lanes(across, down), *_trunks(down, spans))


def _trunks(down: Down, spans: Sequence[Span]) -> Iterator[Wire]:
    for span in spans:
        y = down.tracks[span.net, span.channel]
        if min(span.xs) < max(span.xs):
            yield Wire(span.net, ((min(span.xs), y), (max(span.xs), y)))


def _branches(scene: Scene, across: Across, down: Down) -> Iterator[Wire]:
    rows = rows_of(scene.bands)
    for pin in pins_of(scene):
        row, x, net = rows[pin.key], across.pins[pin], scene.nets[pin.net]
        target, source = pin.key in net.targets, pin.key in net.sources
        track = down.tracks[pin.net, row if pin.below else row - 1]
        edge = down.rows[row] + (scene.card_height if pin.below else 0)
        short = (ARROW if pin.below else -ARROW) if target else 0
        yield Wire(pin.net, ((x, track), (x, edge + short)), arrow=target, dot=source)


def _lanes(across: Across, down: Down) -> Iterator[Wire]:
    for (net, row), x in across.lanes.items():
        yield Wire(net, ((x, down.tracks[net, row - 1]), (x, down.tracks[net, row])))


def labels(scene: Scene, spans: Sequence[Span], down: Down, drawn: Sequence[Wire]) -> tuple[Label, ...]:
    """Return a label per net, on its longest line, where the fewest other lines cross it."""
    channels = labelled(spans)
    upright = [wire for wire in drawn if wire.points[0][0] == wire.points[1][0]]
    found = []
    for span in spans:
        if channels[span.net] != span.channel:
            continue
        y = down.tracks[span.net, span.channel]
        x = _best(scene, span, y, [wire for wire in upright if wire.net != span.net])
        found.append(Label(span.net, x, y - LIFT, scene.nets[span.net].label))
    return tuple(found)


def _best(scene: Scene, span: Span, y: float, others: Sequence[Wire]) -> float:
    net = scene.nets[span.net]
    width = text_width(net.label, LABEL_SIZE) + (MARK if net.drawn.mark else 0)
    left, right = min(span.xs) + LIFT, max(span.xs) - LIFT
    crossing = sorted(wire.points[0][0] for wire in others if _reaches(wire, y))
    starts = [left + GRID * step for step in range(int(max(0.0, right - width - left) // GRID) + 1)]
    middle = (left + right - width) / 2

    def crossed(start: float) -> int:
        return bisect_left(crossing, start + width + 2) - bisect_right(crossing, start - 2)

    return min(starts, key=lambda start: (crossed(start), abs(start - middle)))


def _reaches(wire: Wire, y: float) -> bool:
    ends = sorted(point[1] for point in wire.points)
    return ends[0] < y and ends[1] > y - LIFT - LABEL_SIZE


def crossings(drawn: Sequence[Wire]) -> int:
    """Return how often lines of different nets cross: what ordering keeps low."""
    flat: dict[float, list[Wire]] = defaultdict(list)
    for wire in drawn:
        if wire.points[0][1] == wire.points[1][1]:
            flat[wire.points[0][1]].append(wire)
    upright = [wire for wire in drawn if wire.points[0][0] == wire.points[1][0]]
    return sum(_cross(one, other) for y in flat for one in flat[y] for other in upright if one.net != other.net)


def _cross(flat: Wire, upright: Wire) -> bool:
    (left, y), (right, _) = flat.points
    x = upright.points[0][0]
    top, bottom = sorted(point[1] for point in upright.points)
    return left < x < right and top < y < bottom
