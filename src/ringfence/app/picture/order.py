# SPDX-License-Identifier: Apache-2.0
"""Puts cards and zones in an order in which lines cross less: each moves to the mean place of what it talks to.

The barycentre method of Sugiyama, Tagawa and Toda, "Methods for Visual Understanding of Hierarchical System
Structures" (1981), over a fixed number of rounds, so that the same site always gives the same picture.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from statistics import fmean

from .scene import Band, Card, Frame, Scene

ROUNDS = 8
Places = Mapping[str, float]


def ordered(scene: Scene) -> Scene:
    """Return the scene with zones and cards in their order."""
    beside = _neighbours(scene)
    bands = scene.bands
    for _ in range(ROUNDS):
        places = _places(bands)
        bands = tuple(_sorted(band, places, beside) for band in bands)
    return replace(scene, bands=bands)


def _neighbours(scene: Scene) -> Mapping[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for net in scene.nets:
        for end in net.ends:
            found[end] |= set(net.ends) - {end}
    return found


def _places(bands: Iterable[Band]) -> Places:
    """Return where every card stands from the left (0) to the right (1) of its band."""
    places: dict[str, float] = {}
    for band in bands:
        cards = [card for frame in band.frames for row in frame.rows for card in row]
        places |= {card.key: (place + 0.5) / len(cards) for place, card in enumerate(cards)}
    return places


def _sorted(band: Band, places: Places, beside: Mapping[str, set[str]]) -> Band:
    frames = [_sorted_frame(frame, places, beside) for frame in band.frames]
    keyed = [(_mean([_pull(c, places, beside) for row in f.rows for c in row]), f.name, f) for f in frames]
    return replace(band, frames=tuple(frame for *_, frame in sorted(keyed, key=lambda found: found[:2])))


def _sorted_frame(frame: Frame, places: Places, beside: Mapping[str, set[str]]) -> Frame:
    cards = [card for row in frame.rows for card in row]
    cards.sort(key=lambda card: (_pull(card, places, beside), card.key))
    across = len(frame.rows[0]) or 1
    rows = tuple(tuple(cards[start : start + across]) for start in range(0, len(cards), across)) or ((),)
    return replace(frame, rows=rows)


def _pull(card: Card, places: Places, beside: Mapping[str, set[str]]) -> float:
    return _mean([places[other] for other in sorted(beside.get(card.key, ()))], places[card.key])


def _mean(values: list[float], otherwise: float = 0.5) -> float:
    return fmean(values) if values else otherwise
