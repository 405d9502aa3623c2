# SPDX-License-Identifier: Apache-2.0
"""Marks before labels and in the corners of cards: drawn, so that no font has to have them."""

from __future__ import annotations

from .look import ALARM, Mark
from .scene import Sign
from .shapes import lock
from .svg import element, text

_GOOD, _OFF, _DOUBT = "#1b6b3a", "#53606f", "#7a3d9c"
SIGNS: dict[Sign, str] = {
    "ok": "all was as declared at the last verification",
    "alarm": "something is WRONG",
    "doubt": "unproven, never verified, or not known",
    "off": "does not run, or its link is down",
    "held": "what the intruder holds",
    "reached": "within the intruder's reach: nothing blocks the way",
    "walled": "something blocks the way there",
}


def line_mark(mark: Mark, x: float, y: float, fill: str) -> str:
    """Return a mark whose lower left corner is at ``x``, ``y``."""
    if mark in {"lock", "unlocked"}:
        return lock(x, y, fill, shift=4 if mark == "unlocked" else 0)
    if mark == "cross":
        return _cross(x + 5.5, y - 4.5, fill)
    if mark == "stop":
        return _stop(x + 5.5, y - 4, fill)
    return _alarm(x + 5.5, y - 4, fill) if mark == "alarm" else _letter(x + 5.5, y - 4, fill, "?")


def card_sign(sign: Sign, x: float, y: float) -> str:
    """Return a sign with its middle at ``x``, ``y``."""
    if sign == "ok":
        tick = f"M{x - 3:g} {y:g}l2.2 2.6l4 -5"
        circle = element("circle", cx=x, cy=y, r=7, fill=_GOOD)
        return circle + element("path", d=tick, fill="none", stroke="#fff", stroke_width=1.8)
    if sign == "alarm":
        return _alarm(x, y, ALARM, 1.4)
    if sign == "doubt":
        return _letter(x, y, _DOUBT, "?", 7)
    if sign == "held":
        rings = (element("circle", cx=x, cy=y, r=r, fill="none", stroke="#1d2733", stroke_width=2) for r in (7, 3))
        return "".join(rings)
    if sign == "reached":
        arrow = f"M{x - 4:g} {y:g}h7m-3 -3l3 3l-3 3"
        circle = element("circle", cx=x, cy=y, r=7, fill=ALARM)
        return circle + element("path", d=arrow, fill="none", stroke="#fff", stroke_width=1.6)
    return _wall(x, y) if sign == "walled" else _stop(x, y, _OFF, 7)


def _wall(x: float, y: float) -> str:
    """Return three courses of bricks."""
    lines = f"M{x - 7:g} {y - 2:g}h14M{x - 7:g} {y + 2:g}h14M{x:g} {y - 6:g}v4m-4 0v4m8 -4v4m-4 0v4"
    frame = element("rect", x=x - 7, y=y - 6, width=14, height=12, fill="#fff", stroke=_OFF, stroke_width=1.4)
    return frame + element("path", d=lines, fill="none", stroke=_OFF, stroke_width=1.2)


def _cross(x: float, y: float, fill: str) -> str:
    return element("path", d=f"M{x - 4:g} {y - 4:g}l8 8m0 -8l-8 8", fill="none", stroke=fill, stroke_width=2)


def _stop(x: float, y: float, fill: str, radius: float = 5.5) -> str:
    """Return a circle with a bar: no entry."""
    circle = element("circle", cx=x, cy=y, r=radius - 0.8, fill="#fff", stroke=fill, stroke_width=1.6)
    half = radius - 3
    return circle + element("path", d=f"M{x - half:g} {y:g}h{2 * half:g}", stroke=fill, stroke_width=2)


def _alarm(x: float, y: float, fill: str, scale: float = 1) -> str:
    """Return a triangle with an exclamation mark."""
    reach = 6 * scale
    shape = f"M{x:g} {y - reach:g}l{reach:g} {2 * reach - 1:g}h{-2 * reach:g}z"
    dot = element("circle", cx=x, cy=y + reach - 3, r=0.8 * scale, fill="#fff")
    stroke = element("path", d=f"M{x:g} {y - reach / 2 + 1:g}v{reach * 0.6:g}", stroke="#fff", stroke_width=1.6 * scale)
    return element("path", d=shape, fill=fill) + stroke + dot


def _letter(x: float, y: float, fill: str, letter: str, radius: float = 5.5) -> str:
    circle = element("circle", cx=x, cy=y, r=radius, fill=fill)
    size = radius * 1.7
    style = f"fill:#fff;font-size:{size:g}px;font-weight:700;text-anchor:middle"
    return circle + text(letter, x, y + size * 0.36, "mark", style=style)
