# SPDX-License-Identifier: Apache-2.0
"""Use case: a site as a picture. Pure: the same site always gives the same bytes."""

from __future__ import annotations

from typing import Literal

from ringfence.site.site import Site

from .picture.across import Across, across
from .picture.down import Down, bands_at, down, label_width, spans
from .picture.draw import draw
from .picture.layout import FOOT, HEAD, Box, Layout
from .picture.levels import by_level
from .picture.order import ordered
from .picture.overview import overview
from .picture.route import labels, wires
from .picture.scene import Card, Frame, Scene, rows_of, scene

Detail = Literal["all", "zones", "levels"]
LEAST_WIDTH = 760
MOST = 120
"""Workloads, and conduits, up to which each is drawn; beyond, the picture is one of zones."""
MOST_ENDS = 1200
"""Ends of conduits up to which each is drawn."""
MOST_ZONES = 60
"""Zones up to which each is drawn; beyond, the picture is one of the levels of the Purdue model."""


def zone_picture(site: Site) -> str:
    """Return a site's zones, workloads and conduits as a self-contained SVG document."""
    return picture_of(as_much(site))


def picture_of(found: Scene, told: str = "") -> str:
    """Return a scene as SVG; ``told`` says in words what it shows."""
    drawn = ordered(found)
    if not drawn.bands:
        return draw(Layout(LEAST_WIDTH, HEAD + FOOT, (), (), (), (), ()), drawn.title, "This site has no zones yet.")
    return draw(layout(drawn), drawn.title, drawn.subtitle, told)


def as_much(site: Site) -> Scene:
    """Return as much of a site as can be looked at, and drawn in a moment."""
    return {"all": scene, "zones": overview, "levels": by_level}[detail(site)](site)


def detail(site: Site) -> Detail:
    """Return what gets a card of its own: every workload, every zone, or every level of the Purdue model."""
    if len(site.zones) > MOST_ZONES:
        return "levels"
    ends = sum(len(conduit.source) + len(conduit.target) for conduit in site.conduits.values())
    large = max(len(site.conduits), len(site.workloads) + len(site.assets)) > MOST or ends > MOST_ENDS
    return "zones" if large else "all"


def layout(drawn: Scene) -> Layout:
    """Return where everything in a scene stands."""
    places = across(drawn)
    found = spans(drawn, places)
    heights = down(drawn, found)
    lines = wires(drawn, places, heights, found)
    named = labels(drawn, found, heights, lines)
    return Layout(
        max(places.width, LEAST_WIDTH, *(label.x + label_width(drawn.nets[label.net]) for label in named)),
        heights.bottoms[-1] + FOOT,
        _frames(drawn, places, heights),
        _cards(drawn, places, heights),
        drawn.nets,
        lines,
        named,
    )


def _frames(drawn: Scene, places: Across, heights: Down) -> tuple[tuple[Frame, Box], ...]:
    return tuple(
        (frame, Box(places.frames[frame.name][0], top, places.frames[frame.name][1], height))
        for band, (top, height) in zip(drawn.bands, bands_at(drawn, heights), strict=True)
        for frame in band.frames
    )


def _cards(drawn: Scene, places: Across, heights: Down) -> tuple[tuple[Card, Box], ...]:
    rows = rows_of(drawn.bands)
    cards = [card for band in drawn.bands for frame in band.frames for row in frame.rows for card in row]
    return tuple(
        (
            card,
            Box(places.cards[card.key][0], heights.rows[rows[card.key]], places.cards[card.key][1], drawn.card_height),
        )
        for card in cards
    )
