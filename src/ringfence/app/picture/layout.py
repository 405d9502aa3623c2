# SPDX-License-Identifier: Apache-2.0
"""Where everything stands. All numbers are pixels; x grows to the right and y downwards."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from .scene import Card, Frame, Net

GRID = 12
"""Lines that come from above, from below and past a row each have their own places on this grid."""
MARGIN = 24
HEAD = 84
FOOT = 68
CARD_WIDTH = 132
CARD_GAP = 24
PAD = 18
"""Between a frame and its cards."""
LABEL_COLUMN = 156
MARK = 16
"""Room for a mark before a label."""
ARROW = 7
"""Length of an arrow head: so far before a card its line ends."""
TRACK = 24
"""Between two lines side by side: room for a label."""
GAP = 24
"""Between two frames, and at the sides."""


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """Return its right side."""
        return self.x + self.width

    @property
    def bottom(self) -> float:
        """Return its lower side."""
        return self.y + self.height


@dataclass(frozen=True, slots=True)
class Pin:
    """An end of a net at a card: on its upper or lower side."""

    key: str
    net: int
    below: bool


@dataclass(frozen=True, slots=True)
class Span:
    """What a net needs in a channel (the space below a row): lines from above, from below, and past."""

    net: int
    channel: int
    from_above: tuple[float, ...]
    """x of everything that comes from the row above: pins of its cards, and lanes past it."""
    from_below: tuple[float, ...]

    @property
    def xs(self) -> tuple[float, ...]:
        """Return every x."""
        return (*self.from_above, *self.from_below)


@dataclass(frozen=True, slots=True)
class Wire:
    """A line with round corners. ``arrow``: it points at a card at its end. ``dot``: it begins at a card."""

    net: int
    points: tuple[tuple[float, float], ...]
    arrow: bool = False
    dot: bool = False


@dataclass(frozen=True, slots=True)
class Label:
    """A conduit's name and services beside its line; ``x`` is the left end of the text, ``y`` its base line."""

    net: int
    x: float
    y: float
    text: str


@dataclass(frozen=True, slots=True)
class Layout:
    """A scene with places."""

    width: float
    height: float
    frames: tuple[tuple[Frame, Box], ...]
    cards: tuple[tuple[Card, Box], ...]
    nets: tuple[Net, ...]
    wires: tuple[Wire, ...]
    labels: tuple[Label, ...]


Columns = Mapping[str, tuple[float, float]]
"""x and width of every card by its key."""
