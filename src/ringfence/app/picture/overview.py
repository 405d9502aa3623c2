# SPDX-License-Identifier: Apache-2.0
"""A site too large for a card per workload: a card per zone, and a line from each zone to those it may talk to."""

from __future__ import annotations

from collections import Counter, defaultdict

from ringfence.site.conduit import Conduit, Endpoint
from ringfence.site.site import Site
from ringfence.site.zone import Zone

from .scene import Band, Card, Frame, Net, Scene, zone_lines


def overview(site: Site) -> Scene:
    """Return the zones of a site and which of them talk to which."""
    levels = sorted({zone.level for zone in site.zones.values()}, reverse=True)
    held = _held(site)
    bands = tuple(
        Band(level, tuple(_frame(zone, held) for zone in site.zones.values() if zone.level == level))
        for level in levels
    )
    return Scene(site.name, site.description, bands, _nets(site))


def _held(site: Site) -> dict[str, Counter[str]]:
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for workload in site.workloads.values():
        found[workload.interfaces[0].zone]["workloads"] += 1
        found[workload.interfaces[0].zone]["essential"] += workload.function.critical
    for asset in site.assets.values():
        found[asset.zone]["assets"] += 1
    return found


def _frame(zone: Zone, held: dict[str, Counter[str]]) -> Frame:
    counts = held[zone.name]
    line = f"{counts['essential']} essential, {counts['assets']} assets"
    card = Card(f"zone/{zone.name}", "zone", f"{counts['workloads']} workloads", line)
    return Frame(zone.name, zone_lines(zone), ((card,),), zone.description)


def _nets(site: Site) -> tuple[Net, ...]:
    """Return one net per zone that may start conversations elsewhere; those inside a zone are only counted."""
    targets: dict[str, set[str]] = defaultdict(set)
    counts: Counter[str] = Counter()
    for conduit in site.conduits.values():
        for source, target in zone_pairs(site, conduit):
            counts[source] += 1
            targets[source] |= {target}
    return tuple(
        Net(
            source,
            (f"zone/{source}",),
            tuple(f"zone/{name}" for name in sorted(to)),
            _label(source, counts),
            dormant=False,
        )
        for source, to in sorted(targets.items())
    )


def _label(source: str, counts: Counter[str]) -> str:
    return f"{source}: {counts[source]} conduits"


def zone_pairs(site: Site, conduit: Conduit) -> set[tuple[str, str]]:
    """Return the zones between which a conduit leads, sender first; never a zone and itself."""
    sources, targets = ({_zone(site, end) for end in ends} for ends in (conduit.source, conduit.target))
    return {(source, target) for source in sources for target in targets if source != target}


def _zone(site: Site, end: Endpoint) -> str:
    if end.kind == "zone":
        return end.name
    if end.kind == "asset":
        return site.assets[end.name].zone
    return next(nic.zone for nic in site.workloads[end.name].interfaces if end.interface in {None, nic.name})
