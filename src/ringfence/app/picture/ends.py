# SPDX-License-Identifier: Apache-2.0
"""Which card stands for an end, in a picture of everything, of zones or of levels."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from ringfence.base.addresses import Address
from ringfence.site.site import Site

from .scene import Band, Card, Frame, Scene

HOST = "host"
HOST_LEVEL = -1.0
"""Below the field: what everything stands on."""


@dataclass(frozen=True, slots=True)
class Ends:
    """Cards by address. What has no card of its own in the site gets one beside the host's."""

    cards: Mapping[Address, str]

    def key(self, end: str) -> str:
        """Return the key of the card that stands for an end."""
        return self.cards.get(end, end)


def ends_of(site: Site, drawn: Scene) -> Ends:
    """Return the card of every workload and asset of a site in a scene of it."""
    known = {card.key for band in drawn.bands for frame in band.frames for row in frame.rows for card in row}
    zones = {f"workload/{one.name}": one.interfaces[0].zone for one in site.workloads.values()}
    zones |= {f"asset/{one.name}": one.zone for one in site.assets.values()}
    own = {end: end for end in zones if end in known}
    whole = {f"zone/{name}": f"level {zone.level:g}" for name, zone in site.zones.items()}
    found = {end: _first(known, f"zone/{zone}", whole[f"zone/{zone}"]) for end, zone in zones.items() if end not in own}
    above = {zone: _first(known, zone, level) for zone, level in whole.items()}
    return Ends({**found, **above, **own})


def with_host(drawn: Scene, host: Card, lines: tuple[str, ...], others: Iterable[Card]) -> Scene:
    """Return a scene with the host below everything, and with cards for ends that the site has none for."""
    row = (host, *others)
    frame = Frame("host", lines, (row,), host.hint)
    return replace(drawn, bands=(*drawn.bands, Band(HOST_LEVEL, (frame,))))


def _first(known: set[str], *keys: str) -> str:
    return next((key for key in keys if key in known), keys[-1])
