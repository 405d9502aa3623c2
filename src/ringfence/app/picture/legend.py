# SPDX-License-Identifier: Apache-2.0
"""What the shapes mean."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from .layout import MARGIN, Box, Layout, Wire
from .scene import Card
from .shapes import INK, arrow_head, card_shape, dot
from .svg import element, text
from .text import text_width

SAMPLE = 26
BETWEEN = 22
LINE = 24
Draw = Callable[[float, float], str]


def legend(layout: Layout, x: float, y: float) -> Iterator[str]:
    """Draw a sample of everything that is in the picture, each with its meaning, in as many lines as it takes."""
    start = x
    for draw, meaning in _entries(layout):
        width = SAMPLE + 8 + text_width(meaning, 11) + BETWEEN
        if x > start and x + width - BETWEEN > layout.width - MARGIN:
            x, y = start, y + LINE
        yield draw(x, y)
        yield text(meaning, x + SAMPLE + 8, y + 4, "small")
        x += width


def _entries(layout: Layout) -> Iterator[tuple[Draw, str]]:
    cards = [card for card, _ in layout.cards]
    shapes = {(card.shape, bool(card.mark)) for card in cards}
    if ("workload", False) in shapes:
        yield partial(_card, Card("", "workload", "")), "workload"
    if any(marked for _, marked in shapes):
        yield partial(_card, Card("", "workload", "", mark="x")), "with an essential function (named)"
    if any(shape == "leg" for shape, _ in shapes):
        yield partial(_card, Card("", "leg", "")), "another interface of a workload"
    if any(shape == "asset" for shape, _ in shapes):
        yield partial(_card, Card("", "asset", "")), "asset, outside of Ringfence"
    if any(shape == "zone" for shape, _ in shapes):
        yield partial(_card, Card("", "zone", "")), "everything in the zone"
    if any(not net.dormant for net in layout.nets):
        yield partial(_line, None), "conduit: who may start a conversation with whom"
    if any(net.dormant for net in layout.nets):
        yield partial(_line, "5 4"), "dormant: closed until it is granted for a time"


def _card(card: Card, x: float, y: float) -> str:
    return "".join(card_shape(card, Box(x, y - 9, SAMPLE, 18)))


def _line(dashes: str | None, x: float, y: float) -> str:
    """Draw an arrow that lies: an upright one, turned."""
    wire = Wire(0, ((0, 0), (0, SAMPLE - 7)))
    line = element("path", d=f"M0 0L0 {SAMPLE - 7}", class_="wire", stroke=INK, stroke_dasharray=dashes)
    turned = f"translate({x:g} {y:g}) rotate(-90)"
    return element("g", [line, dot(Wire(0, ((0, 0), (0, 0))), INK), arrow_head(wire, INK)], transform=turned)
