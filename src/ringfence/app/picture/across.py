# SPDX-License-Identifier: Apache-2.0
"""Places from left to right: frames, cards, pins on cards, and lanes in the gaps for lines that pass a row."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from statistics import fmean

from .layout import CARD_GAP, CARD_WIDTH, GAP, GRID, LABEL_COLUMN, MARGIN, PAD, Columns, Pin
from .scene import Card, Frame, Scene, rows_of
from .text import text_width

NAME_SIZE, LINE_SIZE = 13, 11


@dataclass(frozen=True, slots=True)
class Across:
    """``frames`` x and width by zone; ``pins`` x by pin; ``lanes`` x by net and the row that it passes."""

    width: float
    frames: Columns
    cards: Columns
    pins: Mapping[Pin, float]
    lanes: Mapping[tuple[int, int], float]


def across(scene: Scene) -> Across:
    """Place a scene from left to right."""
    pins, passes = pins_of(scene), passes_of(scene)
    ends = Counter((pin.key, pin.below) for pin in pins)
    rough = _placed(scene, ends, {})
    gaps = _choose_gaps(scene, rough, pins, passes)
    placed = _placed(scene, ends, gaps)
    return Across(
        placed.width, placed.frames, placed.cards, _pin_places(scene, placed.cards, pins), _lanes(placed, gaps)
    )


def pins_of(scene: Scene) -> tuple[Pin, ...]:
    """Return every pin: a net's topmost row is left downwards, every other one is entered from above."""
    rows = rows_of(scene.bands)
    return tuple(
        Pin(key, number, below=rows[key] == min(rows[end] for end in net.ends))
        for number, net in enumerate(scene.nets)
        for key in net.ends
    )


def passes_of(scene: Scene) -> tuple[tuple[int, int], ...]:
    """Return the net and the row wherever a line has to pass a row to reach the next one."""
    rows = rows_of(scene.bands)
    found = []
    for number, net in enumerate(scene.nets):
        reached = [rows[end] for end in net.ends]
        found += [(number, row) for row in range(min(reached) + 1, max(reached))]
    return tuple(found)


@dataclass(frozen=True, slots=True)
class _Placed:
    width: float
    frames: Columns
    cards: Columns
    gaps: Mapping[tuple[int, int], tuple[float, float]]
    """x and width of each gap by band and number from the left."""


Ends = Counter[tuple[str, bool]]
"""How many lines end at each side of each card."""
Gaps = Mapping[tuple[int, int], tuple[int, int, int]]
"""Band, gap and place in the gap, by net and row."""


def _placed(scene: Scene, ends: Ends, gaps: Gaps) -> _Placed:
    wanted = [[_frame_width(frame, ends) for frame in band.frames] for band in scene.bands]
    rooms = [
        [_gap_width(place, gap, gaps) for gap in range(len(band.frames) + 1)] for place, band in enumerate(scene.bands)
    ]
    width = max(sum(frames) + sum(room) for frames, room in zip(wanted, rooms, strict=True))
    frames: dict[str, tuple[float, float]] = {}
    cards: dict[str, tuple[float, float]] = {}
    found: dict[tuple[int, int], tuple[float, float]] = {}
    for place, band in enumerate(scene.bands):
        spare = (width - sum(wanted[place]) - sum(rooms[place])) / len(band.frames)
        x: float = MARGIN
        for gap, frame in enumerate(band.frames):
            found[place, gap] = (x, rooms[place][gap])
            x += rooms[place][gap]
            frames[frame.name] = (x, wanted[place][gap] + spare)
            cards |= _cards(frame, x, wanted[place][gap] + spare, ends)
            x += wanted[place][gap] + spare
        found[place, len(band.frames)] = (x, rooms[place][-1])
    return _Placed(width + 2 * MARGIN, frames, cards, found)


def _gap_width(band: int, gap: int, gaps: Gaps) -> float:
    lanes = [number for found, where, number in gaps.values() if (found, where) == (band, gap)]
    return max(GAP, GRID * (max(lanes, default=-1) + 2))


def _frame_width(frame: Frame, ends: Ends) -> float:
    rows = [sum(_card_width(card, ends) + CARD_GAP for card in row) - CARD_GAP for row in frame.rows if row]
    return LABEL_COLUMN + max(rows, default=CARD_WIDTH) + 2 * PAD


def _card_width(card: Card, ends: Ends) -> float:
    sides = [ends[card.key, side] for side in (False, True)]
    texts = (
        text_width(card.name, NAME_SIZE) + 28,
        text_width(card.line, LINE_SIZE) + text_width(card.mark, LINE_SIZE) + 48,
        text_width(card.status, LINE_SIZE) + 24,
    )
    wide = max(CARD_WIDTH, (max(sides) + 1) * GRID, *texts)
    return -(-wide // GRID) * GRID


def _cards(frame: Frame, x: float, width: float, ends: Ends) -> dict[str, tuple[float, float]]:
    """Spread each row of cards over the frame, right of its label."""
    found: dict[str, tuple[float, float]] = {}
    left, room = x + LABEL_COLUMN + PAD, width - LABEL_COLUMN - 2 * PAD
    for row in frame.rows:
        widths = [_card_width(card, ends) for card in row]
        spare = (room - sum(widths)) / len(row) if row else 0.0
        starts = accumulate((wide + spare for wide in widths), initial=left + spare / 2)
        for card, wide, start in zip(row, widths, starts, strict=False):
            found[card.key] = (round(start / GRID) * GRID, wide)
    return found


def _centre(place: tuple[float, float]) -> float:
    return place[0] + place[1] / 2


def _choose_gaps(scene: Scene, placed: _Placed, pins: Sequence[Pin], passes: Iterable[tuple[int, int]]) -> Gaps:
    """Let every line pass a row in the gap that is nearest to the middle of what it joins."""
    band_of = [place for place, band in enumerate(scene.bands) for _ in range(band.depth)]
    wanted: dict[int, list[float]] = defaultdict(list)
    for pin in pins:
        wanted[pin.net].append(_centre(placed.cards[pin.key]))
    taken: dict[tuple[int, int, int], int] = defaultdict(int)
    found: dict[tuple[int, int], tuple[int, int, int]] = {}
    for net, row in passes:
        band, middle = band_of[row], fmean(wanted[net])
        choices = range(len(scene.bands[band].frames) + 1)
        gap = min(choices, key=lambda gap: abs(_centre(placed.gaps[band, gap]) - middle))
        found[net, row] = (band, gap, taken[row, band, gap])
        taken[row, band, gap] += 1
    return found


def _lanes(placed: _Placed, gaps: Gaps) -> dict[tuple[int, int], float]:
    """Return x of every lane: between pins from above and below, and beside the lanes of the next row."""
    found: dict[tuple[int, int], float] = {}
    for (net, row), (band, gap, place) in gaps.items():
        # Rounded once for a gap: round() goes to the even number, so that 51.5 and 52.5 would both become 52.
        start = (round(placed.gaps[band, gap][0] / GRID) + place + 1) * GRID
        found[net, row] = start + (GRID / 4 if row % 2 else -GRID / 4)
    return found


def _pin_places(scene: Scene, cards: Columns, pins: Sequence[Pin]) -> dict[Pin, float]:
    """Spread the pins of each side of each card, in the order of where their lines go."""
    sides: dict[tuple[str, bool], list[Pin]] = defaultdict(list)
    for pin in pins:
        sides[pin.key, pin.below].append(pin)
    found: dict[Pin, float] = {}
    for (key, below), held in sides.items():
        held.sort(key=lambda pin: (_aim(scene, cards, pin), pin.net))
        x, width = cards[key]
        step = max(1, int(width / (len(held) + 1) / GRID)) * GRID
        first = round((x + width / 2 - step * (len(held) - 1) / 2) / GRID) * GRID
        found |= {pin: first + step * place + (0 if below else GRID / 2) for place, pin in enumerate(held)}
    return found


def _aim(scene: Scene, cards: Columns, pin: Pin) -> float:
    others = [_centre(cards[end]) for end in scene.nets[pin.net].ends if end != pin.key]
    return fmean(others) if others else _centre(cards[pin.key])
