# SPDX-License-Identifier: Apache-2.0
"""What the shapes mean."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from .layout import MARGIN, Box, Layout, Wire
from .look import LOOKS, Look
from .marks import SIGNS, card_sign
from .scene import Card, Shape, Sign
from .shapes import INK, arrow_head, card_shape, dot, line_shape
from .svg import element, text
from .text import text_width

SAMPLE = 26
BETWEEN = 22
LINE = 24
Draw = Callable[[float, float], str]
SHAPES: dict[Shape, str] = {
    "leg": "another interface of a workload",
    "asset": "asset, outside of Ringfence",
    "zone": "everything in the zone",
    "host": "the host, a zone of its own",
}


def legend(layout: Layout, x: float, y: float) -> tuple[list[str], float]:
    """Return a sample of everything that is in the picture with its meaning, and how much further down it reaches.

    There is room for two lines; what takes more is told in pixels.
    """
    start, lines, drawn = x, 1, []
    for draw, meaning in _entries(layout):
        width = SAMPLE + 8 + text_width(meaning, 11) + BETWEEN
        if x > start and x + width - BETWEEN > layout.width - MARGIN:
            x, y, lines = start, y + LINE, lines + 1
        drawn += [draw(x, y), text(meaning, x + SAMPLE + 8, y + 4, "small")]
        x += width
    return drawn, max(0, lines - 2) * LINE


def _entries(layout: Layout) -> Iterator[tuple[Draw, str]]:
    cards = [card for card, _ in layout.cards]
    shapes = {card.shape for card in cards} - {"workload"}
    if any(card.shape == "workload" and not card.mark for card in cards):
        yield partial(_card, Card("", "workload", "")), "workload"
    if any(card.mark for card in cards):
        yield partial(_card, Card("", "workload", "", mark="x")), "with an essential function (named)"
    for shape, meaning in SHAPES.items():
        if shape in shapes:
            yield partial(_card, Card("", shape, "")), meaning
    looks = [net.drawn for net in layout.nets]
    yield from ((partial(_line, look), look.meaning) for look in LOOKS if look in looks)
    signs = {card.sign for card in cards}
    yield from ((partial(_sign, sign), meaning) for sign, meaning in SIGNS.items() if sign in signs)


def _card(card: Card, x: float, y: float) -> str:
    return "".join(card_shape(card, Box(x, y - 9, SAMPLE, 18)))


def _line(look: Look, x: float, y: float) -> str:
    """Draw an arrow that lies: an upright one, turned."""
    wire, stroke = Wire(0, ((0, 0), (0, SAMPLE - 7))), look.ink or INK
    line = line_shape(look, f"M0 0L0 {SAMPLE - 7}", stroke)
    turned = f"translate({x:g} {y:g}) rotate(-90)"
    return element("g", [*line, dot(Wire(0, ((0, 0), (0, 0))), stroke), arrow_head(wire, stroke)], transform=turned)


def _sign(sign: Sign, x: float, y: float) -> str:
    return card_sign(sign, x + SAMPLE / 2, y)
