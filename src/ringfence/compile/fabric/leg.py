# SPDX-License-Identifier: Apache-2.0
"""The router's legs: one into each zone that has addresses, one for each uplink that is no layer-2 wire."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ringfence.compile.scope import Scope
from ringfence.site.site import Site
from ringfence.site.uplink import Uplink
from ringfence.site.zone import Zone

from .names import router_leg, uplink_leg, uplink_word, word


@dataclass(frozen=True, slots=True)
class Leg:
    """``key`` is what its maps and chains are called by, ``link`` its name in the router's namespace."""

    key: str
    link: str
    versions: tuple[str, ...]
    """IP versions it carries: ``("4",)``, ``("6",)`` or both."""
    is_open: bool = False
    """Whoever is behind it may talk to everybody else there."""
    dhcp: bool = False


def legs_of(site: Site, scope: Scope) -> tuple[Leg, ...]:
    """Return the legs into zones, then those of uplinks, each by name."""
    zones = (_into(scope, zone) for zone in site.zones.values() if zone.routed)
    return (*zones, *(_out(site, scope, uplink) for uplink in routed_uplinks(site, scope)))


def routed_uplinks(site: Site, scope: Scope) -> Iterator[Uplink]:
    """Yield the uplinks of this host that are legs of the router."""
    return (one for one in site.uplinks.values() if one.host == scope.host and one.layer2 is None)


def _into(scope: Scope, zone: Zone) -> Leg:
    versions = (*(("4",) if zone.ipv4 else ()), *(("6",) if zone.ipv6 else ()))
    return Leg(word(zone.name), router_leg(scope, zone.name), versions, zone.peers == "open", zone.dhcp)


def _out(site: Site, scope: Scope, uplink: Uplink) -> Leg:
    behind = [asset for asset in site.assets.values() if asset.uplink == uplink.name]
    four = "4" if any(asset.ipv4 for asset in behind) else ""
    six = "6" if any(asset.ipv6 for asset in behind) else ""
    return Leg(uplink_word(uplink.name), uplink_leg(scope, uplink.name), tuple(filter(None, (four, six))))
