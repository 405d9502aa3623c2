# SPDX-License-Identifier: Apache-2.0
"""A layout as SVG: self-contained, on its own light ground, so that it reads the same on a dark page."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from .across import LINE_SIZE, NAME_SIZE
from .corners import path
from .layout import FOOT, LABEL_COLUMN, MARGIN, MARK, PAD, Box, Label, Layout, Wire
from .legend import legend
from .look import Look
from .marks import card_sign, line_mark
from .scene import Card, Frame
from .shapes import arrow_head, card_shape, dot, line_shape
from .svg import description, element, text, title
from .text import shortened, text_width

COLORS = ("#1f5fa8", "#0c7a6b", "#8a4f0a", "#7a3d9c", "#ad2f4e", "#4c6a14", "#3b5168", "#a0440f")
"""One per conduit, in turn; all have a contrast of at least 4.5 to 1 on the ground (WCAG 2.1, 1.4.3)."""
TAG_SIZE = 11.5
"""Larger than it is: the letters are bold and spaced."""
STYLE = """
text{font-family:'DejaVu Sans','Segoe UI',Helvetica,Arial,sans-serif;fill:#1d2733}
.title{font-size:20px;font-weight:600}.subtitle{font-size:13px;fill:#53606f}
.zone{font-size:14px;font-weight:600}.small{font-size:11px;fill:#53606f}
.name{font-size:13px;font-weight:600}.tag{font-size:9.5px;font-weight:700;letter-spacing:.4px;fill:#fff}
.label{font-size:11px}.under{font-size:11px;fill:none;stroke:#f4f6f8;stroke-width:5px;stroke-linejoin:round}
.wire{fill:none;stroke-width:1.7;stroke-linecap:round}.halo{fill:none;stroke:#f4f6f8;stroke-width:5}
"""


def draw(layout: Layout, name: str, about: str, told: str = "") -> str:
    """Return the whole picture; ``told`` says in words what it shows, for those who cannot see it."""
    width = layout.width
    explained, more = legend(layout, MARGIN, layout.height - FOOT + 20)
    height = layout.height + more
    inside = [
        *title(f"Zones, workloads and conduits of {name}"),
        *description(told),
        element("style", [STYLE.strip()]),
        element("rect", x=0.5, y=0.5, width=width - 1, height=height - 1, rx=14, fill="#fbfcfd", stroke="#d5dce3"),
        text(name, MARGIN, 38, "title"),
        text(shortened(about, 13, width - 2 * MARGIN), MARGIN, 60, "subtitle"),
        *(_frame(frame, box) for frame, box in layout.frames),
        *_wires(layout),
        *(_card(card, box) for card, box in layout.cards),
        *(_label(layout, label) for label in layout.labels if label.text),
        *explained,
    ]
    root = element(
        "svg",
        inside,
        xmlns="http://www.w3.org/2000/svg",
        width=width,
        height=height,
        viewBox=f"0 0 {width:g} {height:g}",
        role="img",
    )
    return root.replace("><", ">\n<") + "\n"


def ink(look: Look, net: int) -> str:
    """Return the colour of a line: its look's, or one of its own."""
    return look.ink or color(net)


def color(net: int) -> str:
    """Return the colour of a conduit by its number."""
    return COLORS[net % len(COLORS)]


def _frame(frame: Frame, box: Box) -> str:
    x, y = box.x + PAD, box.y + 27
    lines = [
        text(shortened(line, LINE_SIZE, LABEL_COLUMN - 8), x, y + 18 + 15 * place, "small")
        for place, line in enumerate(frame.lines)
    ]
    shape = element(
        "rect", x=box.x, y=box.y, width=box.width, height=box.height, rx=10, fill="#f4f6f8", stroke="#b9c4cf"
    )
    name = text(shortened(frame.name, 14, LABEL_COLUMN - 8), x, y, "zone")
    return element("g", [*title(frame.hint), shape, name, *lines])


def _card(card: Card, box: Box) -> str:
    tag = card.mark.upper()
    wide = text_width(tag, TAG_SIZE) + 12
    inside = [
        *title(card.hint),
        *card_shape(card, box),
        text(card.name, box.x + 12, box.y + 22, "name"),
        *([text(card.line, box.x + 12, box.y + 41, "small")] if card.line else []),
        *([text(card.status, box.x + 12, box.y + 61, "small")] if card.status else []),
        *([card_sign(card.sign, box.right - 14, box.y + 15)] if card.sign else []),
    ]
    if tag:
        x, y = box.right - wide - 8, box.y + 31
        inside += [
            element("rect", x=x, y=y, width=wide, height=15, rx=3, fill="#1d2733"),
            text(tag, x + 6, y + 11, "tag"),
        ]
    return element("g", inside)


def _wires(layout: Layout) -> Iterator[str]:
    """Draw net by net, each over a wider light line: where two cross, the upper one is seen to pass."""
    by_net: dict[int, list[Wire]] = defaultdict(list)
    for wire in layout.wires:
        by_net[wire.net].append(wire)
    for number, net in enumerate(layout.nets):
        own = by_net[number]
        look, line = net.drawn, path(own)
        ends = [mark for wire in own for mark in _ends(wire, ink(look, number))]
        yield element(
            "g",
            [
                *title(f"{net.label}. {net.hint}"),
                element("path", d=line, class_="halo"),
                *line_shape(look, line, ink(look, number)),
                *ends,
            ],
        )


def _ends(wire: Wire, fill: str) -> Iterable[str]:
    if wire.arrow:
        yield arrow_head(wire, fill)
    elif wire.dot:
        yield dot(wire, fill)


def _label(layout: Layout, label: Label) -> str:
    look = layout.nets[label.net].drawn
    fill = ink(look, label.net)
    x, y = label.x + (MARK if look.mark else 0), label.y
    # Twice, because not every viewer knows paint-order (SVG 2, chapter 13.9).
    inside = [
        text(label.text, x, y, "under", aria_hidden="true"),
        text(label.text, x, y, "label", style=f"fill:{fill}"),
    ]
    return element("g", [*([line_mark(look.mark, label.x, label.y, fill)] if look.mark else []), *inside])


__all__ = ["NAME_SIZE", "color", "draw"]
