# SPDX-License-Identifier: Apache-2.0
"""A site with too many zones for a card each: a card per level of the Purdue model, and who may talk to whom."""

from __future__ import annotations

from collections import Counter, defaultdict

from ringfence.site.site import Site

from .overview import zone_pairs
from .scene import Band, Card, Frame, Net, Scene


def by_level(site: Site) -> Scene:
    """Return the levels of a site, the enterprise above."""
    levels = sorted({zone.level for zone in site.zones.values()}, reverse=True)
    zones, workloads = _counts(site)
    bands = tuple(Band(level, (_frame(level, zones[level], workloads[level]),)) for level in levels)
    return Scene(site.name, site.description, bands, _nets(site))


def _counts(site: Site) -> tuple[Counter[float], Counter[float]]:
    zones = Counter(zone.level for zone in site.zones.values())
    held = Counter(site.zones[one.interfaces[0].zone].level for one in site.workloads.values())
    return zones, held


def _frame(level: float, zones: int, workloads: int) -> Frame:
    card = Card(_key(level), "zone", f"{zones} zones", f"{workloads} workloads")
    return Frame(_key(level), (f"Level {level:g}",), ((card,),))


def _key(level: float) -> str:
    return f"level {level:g}"


def _nets(site: Site) -> tuple[Net, ...]:
    """Return one net per level that may start conversations at others; those inside a level are only counted."""
    targets: dict[float, set[float]] = defaultdict(set)
    counts: Counter[float] = Counter()
    for conduit in site.conduits.values():
        pairs = {(site.zones[one].level, site.zones[other].level) for one, other in zone_pairs(site, conduit)}
        for source, target in (pair for pair in pairs if pair[0] != pair[1]):
            counts[source] += 1
            targets[source] |= {target}
    return tuple(
        Net(_key(source), (_key(source),), tuple(map(_key, sorted(to))), f"{counts[source]} conduits", dormant=False)
        for source, to in sorted(targets.items())
    )
