# SPDX-License-Identifier: Apache-2.0
"""In which zone an end of a layer-2 conduit lies: frames never leave one, so that the other side tells which it is."""

from __future__ import annotations

from collections.abc import Iterator

from .conduit import Conduit, Endpoint
from .site import Site
from .workload import Interface


def interface_of(site: Site, conduit: Conduit, end: Endpoint) -> Interface:
    """Return the interface by which a workload takes part: the named one, or its first where the other side is too.

    Without either it is the workload's first.
    """
    known = site.workloads[end.name].interfaces
    others = conduit.target if end in conduit.source else conduit.source
    zones = {zone for other in others for zone in _zones(site, other)}
    named = (one for one in known if one.name == end.interface)
    shared = (one for one in known if end.interface is None and one.fabric and one.zone in zones)
    return (*named, *shared, *known)[0]


def zone_of(site: Site, conduit: Conduit, end: Endpoint) -> str:
    """Return the zone that an end of a conduit lies in."""
    if end.kind == "workload":
        return interface_of(site, conduit, end).zone
    return next(_zones(site, end))


def _zones(site: Site, end: Endpoint) -> Iterator[str]:
    """Yield the zones that an end may lie in."""
    if end.kind == "zone":
        yield end.name
    elif end.kind == "asset":
        asset = site.assets[end.name]
        yield site.uplinks[asset.uplink].layer2 or asset.zone
    else:
        known = site.workloads[end.name].interfaces
        yield from (one.zone for one in known if one.fabric and end.interface in {None, one.name})
