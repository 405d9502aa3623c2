# SPDX-License-Identifier: Apache-2.0
"""Shapes: what a thing is can be told from its outline, without colour."""

from __future__ import annotations

from .layout import ARROW, Box, Wire
from .look import Look
from .scene import Card
from .svg import element

INK = "#1d2733"
CUT = 12
ROUND = 27


def card_shape(card: Card, box: Box) -> list[str]:
    """Return the outline of a card: double for an essential function, cut corners for an asset, dotted for a leg."""
    if card.shape == "zone":
        return [_rectangle(box, 0, min(box.height / 2, ROUND), INK, 1.2, "4 3")]
    if card.shape == "asset":
        return [element("path", d=_cut(box), fill="#fff", stroke=INK, stroke_width=1.4)]
    if card.shape == "leg":
        return [_rectangle(box, 0, 8, "#6b7885", 1.2, "2 3")]
    if card.shape == "host":
        return [_rectangle(box, 0, 2, INK, 2.4, None)]
    if card.mark:
        return [_rectangle(box, 0, 8, INK, 1.6, None), _rectangle(box, 3.5, 5, INK, 1, None)]
    return [_rectangle(box, 0, 8, "#6b7885", 1.2, None)]


def _rectangle(box: Box, inset: float, radius: float, stroke: str, wide: float, dashes: str | None) -> str:
    return element(
        "rect",
        x=box.x + inset,
        y=box.y + inset,
        width=box.width - 2 * inset,
        height=box.height - 2 * inset,
        rx=radius,
        fill="#fff",
        stroke=stroke,
        stroke_width=wide,
        stroke_dasharray=dashes,
    )


def _cut(box: Box) -> str:
    x, y, right, bottom, cut = box.x, box.y, box.right, box.bottom, min(CUT, box.height / 3)
    corners = (
        *((x + cut, y), (right - cut, y), (right, y + cut), (right, bottom - cut)),
        *((right - cut, bottom), (x + cut, bottom), (x, bottom - cut), (x, y + cut)),
    )
    return "M" + "L".join(f"{a:g} {b:g}" for a, b in corners) + "Z"


def arrow_head(wire: Wire, fill: str) -> str:
    """Return a triangle at the end of an upright line."""
    (_, before), (x, y) = wire.points
    tip = ARROW if y > before else -ARROW
    return element("path", d=f"M{x - 4:g} {y:g}L{x + 4:g} {y:g}L{x:g} {y + tip:g}Z", fill=fill)


def dot(wire: Wire, fill: str) -> str:
    """Return the dot at which a line begins."""
    x, y = wire.points[-1]
    return element("circle", cx=x, cy=y, r=3, fill=fill)


def lock(x: float, y: float, fill: str, shift: float = 0) -> str:
    """Return a small padlock whose lower left corner is at ``x``, ``y``; its bow is shifted where it is open."""
    bow = f"M{x + 2.5 + shift:g} {y - 5:g}v-2a2.5 2.5 0 0 1 5 0v2"
    body = element("rect", x=x, y=y - 5.5, width=10, height=7, rx=1.5, fill=fill)
    return element("path", d=bow, fill="none", stroke=fill, stroke_width=1.5) + body


def line_shape(look: Look, data: str, stroke: str) -> list[str]:
    """Return a line in its look; a double one is a wide line with a white one upon it."""
    line = element(
        "path",
        d=data,
        class_="wire",
        stroke=stroke,
        stroke_dasharray=look.dashes,
        style=f"stroke-width:{look.width:g}" if look.width else None,
    )
    inner = element("path", d=data, class_="wire", stroke="#fff", style="stroke-width:1.8")
    return [line, inner] if look.double else [line]
