# SPDX-License-Identifier: Apache-2.0
"""Use case: a site as a picture. Pure: the same site always gives the same bytes."""

from __future__ import annotations

from ringfence.site.site import Site

from .picture.across import Across, across
from .picture.down import Down, bands_at, down, spans
from .picture.draw import draw
from .picture.layout import CARD_HEIGHT, FOOT, HEAD, Box, Layout
from .picture.levels import by_level
from .picture.order import ordered
from .picture.overview import overview
from .picture.route import labels, wires
from .picture.scene import Card, Frame, Scene, rows_of, scene

LEAST_WIDTH = 760
MOST = 120
"""Workloads, and conduits, up to which each is drawn; beyond, the picture is one of zones."""
MOST_ENDS = 1200
"""Ends of conduits up to which each is drawn."""
MOST_ZONES = 60
"""Zones up to which each is drawn; beyond, the picture is one of the levels of the Purdue model."""


def zone_picture(site: Site) -> str:
    """Return a site's zones, workloads and conduits as a self-contained SVG document."""
    drawn = ordered(_scene(site))
    if not drawn.bands:
        return draw(Layout(LEAST_WIDTH, HEAD + FOOT, (), (), (), (), ()), drawn.title, "This site has no zones yet.")
    return draw(layout(drawn), drawn.title, drawn.subtitle)


def _scene(site: Site) -> Scene:
    """Return as much of a site as can be looked at, and drawn in a moment."""
    if len(site.zones) > MOST_ZONES:
        return by_level(site)
    ends = sum(len(conduit.source) + len(conduit.target) for conduit in site.conduits.values())
    large = max(len(site.conduits), len(site.workloads) + len(site.assets)) > MOST or ends > MOST_ENDS
    return overview(site) if large else scene(site)


def layout(drawn: Scene) -> Layout:
    """Return where everything in a scene stands."""
    places = across(drawn)
    found = spans(drawn, places)
    heights = down(drawn, found)
    lines = wires(drawn, places, heights, found)
    return Layout(
        max(places.width, LEAST_WIDTH),
        heights.bottoms[-1] + FOOT,
        _frames(drawn, places, heights),
        _cards(drawn, places, heights),
        drawn.nets,
        lines,
        labels(drawn, found, heights, lines),
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
        (card, Box(places.cards[card.key][0], heights.rows[rows[card.key]], places.cards[card.key][1], CARD_HEIGHT))
        for card in cards
    )
