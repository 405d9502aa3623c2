# SPDX-License-Identifier: Apache-2.0
"""How the plant outside looks from here: uplinks, and the assets behind them with all of their addresses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ringfence.base.addresses import Address
from ringfence.compile.document import Document
from ringfence.compile.fabric.names import Network
from ringfence.compile.fabric.ranges import named, own_ranges
from ringfence.compile.scope import Scope
from ringfence.messages.status import AssetStatus, UplinkStatus
from ringfence.observe.uplinks import NO_CARRIER
from ringfence.site.site import Site
from ringfence.site.uplink import Uplink


def uplinks(site: Site, scope: Scope, observed: Mapping[Address, Document]) -> tuple[UplinkStatus, ...]:
    """Return the uplinks of the host; ``observed`` is everything that stands."""
    return tuple(
        UplinkStatus(one.name, one.interface, _state(one, scope, observed), tuple(_assets(site, one)))
        for one in site.uplinks.values()
        if one.host == scope.host
    )


def asset_names(site: Site) -> dict[str, str]:
    """Return the assets' names by MAC, address or range as workloads see them; both addresses where translated."""
    found = {asset.mac: f"asset/{asset.name}" for asset in site.assets.values() if asset.mac}
    for name, ranges in own_ranges(site).items():
        real = ", ".join(_real(site, name))
        for one in map(named, ranges):
            found[one] = f"asset/{name} ({one}, in the plant {real})" if real else f"asset/{name}"
    return found


def _state(uplink: Uplink, scope: Scope, observed: Mapping[Address, Document]) -> str:
    """Return ``not connected``, or what the observed uplink says of its cable."""
    found = observed.get(scope.address("uplink", uplink.name))
    if found is None:
        return "not connected"
    return NO_CARRIER if found.body == NO_CARRIER else "connected"


def _assets(site: Site, uplink: Uplink) -> Iterator[AssetStatus]:
    for name, asset in site.assets.items():
        if asset.uplink == uplink.name:
            seen: tuple[Network, ...] = (*((asset.seen_as,) if asset.seen_as else asset.ipv4), *asset.ipv6)
            shown = tuple(map(named, seen)) or ((asset.mac,) if asset.mac else ())
            yield AssetStatus(name, asset.zone, shown, tuple(_real(site, name)))


def _real(site: Site, name: str) -> list[str]:
    asset = site.assets[name]
    return [named(one) for one in asset.ipv4] if asset.seen_as else []
