# SPDX-License-Identifier: Apache-2.0
"""Places from top to bottom: lines in the channels between rows get a track each, then rows get their heights."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from .across import Across, pins_of
from .layout import HEAD, MARK, PAD, TRACK, Span
from .scene import Net, Scene, rows_of
from .text import text_width

LABEL_SIZE = 11
LABEL_ROOM = 22
BETWEEN_BANDS = 14


@dataclass(frozen=True, slots=True)
class Down:
    """``rows`` are the tops of rows of cards; ``tracks`` the y of every net in every channel that it uses."""

    rows: tuple[float, ...]
    tracks: Mapping[tuple[int, int], float]
    bottoms: tuple[float, ...]
    """Lower end of the channel below each row."""


def spans(scene: Scene, places: Across) -> tuple[Span, ...]:
    """Return what every net needs in every channel between its topmost and its lowest row."""
    rows = rows_of(scene.bands)
    above: dict[tuple[int, int], list[float]] = defaultdict(list)
    below: dict[tuple[int, int], list[float]] = defaultdict(list)
    for pin in pins_of(scene):
        if pin.below:
            above[pin.net, rows[pin.key]].append(places.pins[pin])
        else:
            below[pin.net, rows[pin.key] - 1].append(places.pins[pin])
    for (net, row), x in places.lanes.items():
        below[net, row - 1].append(x)
        above[net, row].append(x)
    keys = sorted(above.keys() | below.keys(), key=lambda key: (key[1], key[0]))
    return tuple(Span(net, row, tuple(above[net, row]), tuple(below[net, row])) for net, row in keys)


def labelled(found: Sequence[Span]) -> Mapping[int, int]:
    """Return the channel in which each net carries its label: where its line is longest."""
    best: dict[int, tuple[float, int]] = {}
    for span in found:
        length = max(span.xs) - min(span.xs)
        if span.net not in best or length > best[span.net][0]:
            best[span.net] = (length, span.channel)
    return {net: channel for net, (_, channel) in best.items()}


def reserved(scene: Scene, span: Span, channels: Mapping[int, int]) -> tuple[float, float]:
    """Return the interval that a net needs on its track, with its label."""
    left, right = min(span.xs), max(span.xs)
    if channels[span.net] == span.channel:
        net = scene.nets[span.net]
        right = max(right, left + label_width(net))
    return left, right


def label_width(net: Net) -> float:
    """Return the room that a label and its mark need, with some to the next one; nothing where there is none."""
    return text_width(net.label, LABEL_SIZE) + LABEL_ROOM + (MARK if net.drawn.mark else 0) if net.label else 0.0


def tracks_of(scene: Scene, found: Sequence[Span]) -> Mapping[tuple[int, int], int]:
    """Give every net a track in each of its channels, from the left edge on, no two on one place of a track."""
    channels = labelled(found)
    numbers: dict[tuple[int, int], int] = {}
    for channel in sorted({span.channel for span in found}):
        ends: list[float] = []
        here = [span for span in found if span.channel == channel]
        for span in sorted(here, key=lambda one: (bool(one.from_below), *reserved(scene, one, channels), one.net)):
            left, right = reserved(scene, span, channels)
            track = next((number for number, end in enumerate(ends) if end + LABEL_ROOM < left), len(ends))
            ends[track : track + 1] = [right]
            numbers[span.net, channel] = track
    return numbers


def down(scene: Scene, found: Sequence[Span]) -> Down:
    """Place a scene from top to bottom."""
    numbers = tracks_of(scene, found)
    counts: dict[int, int] = defaultdict(int)
    for (_, channel), track in numbers.items():
        counts[channel] = max(counts[channel], track + 1)
    last = _last_rows(scene)
    y: float = HEAD + PAD
    rows, bottoms, tracks = [], [], {}
    for row in range(max(last) + 1):
        rows.append(y)
        start = y + scene.card_height + (PAD if row in last else 0) + TRACK * 0.75
        for net, channel in numbers:
            if channel == row:
                tracks[net, channel] = start + numbers[net, channel] * TRACK
        y += scene.card_height + _channel_height(counts[row], ends_band=row in last)
        bottoms.append(y)
    return Down(tuple(rows), tracks, tuple(bottoms))


def _channel_height(count: int, *, ends_band: bool) -> float:
    lines = count * TRACK + TRACK * 0.75 if count else 0
    return lines + (2 * PAD + BETWEEN_BANDS if ends_band else PAD)


def _last_rows(scene: Scene) -> list[int]:
    """Return the number of the last row of each band."""
    last, row = [], -1
    for band in scene.bands:
        row += band.depth
        last.append(row)
    return last


def bands_at(scene: Scene, places: Down) -> Iterable[tuple[float, float]]:
    """Return top and height of every band's frames."""
    first = 0
    for band in scene.bands:
        last = first + band.depth - 1
        top = places.rows[first] - PAD
        yield top, places.rows[last] + scene.card_height + PAD - top
        first = last + 1
