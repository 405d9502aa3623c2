# SPDX-License-Identifier: Apache-2.0
"""Which addresses are an asset's, as workloads see them: of ranges that lie within one another, the smallest counts.

What a zone or the network of an uplink has inside a wider asset (the enterprise's ``10.0.0.0/8``) is not the asset's
either: packets for it go there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from ipaddress import IPv4Network, IPv6Network

from ringfence.compile.scope import Scope
from ringfence.proof.values import NOTHING, Values, joined, without
from ringfence.site.asset import Asset
from ringfence.site.site import Site
from ringfence.site.uplink import Uplink

from .span import span

Network = IPv4Network | IPv6Network
_Claimed = tuple[int, int, Network, str]
"""First address, minus the length of the range, range, and whose it is: sorted, the outer ones come first."""


def owned(site: Site, scope: Scope) -> Mapping[str, Mapping[int, Values]]:
    """Return the addresses of each asset, by version of IP."""
    claimed = [
        *((net, name) for name, asset in site.assets.items() for net in seen(asset)),
        *((net, "") for net in _networks(site, scope)),
    ]
    found: dict[str, dict[int, Values]] = {name: {} for name in site.assets}
    for version in (4, 6):
        for name, values in _smallest([one for one in claimed if one[0].version == version]):
            known = found[name].get(version, NOTHING)
            found[name][version] = joined((*known, *values))
    return found


def seen(asset: Asset) -> Iterator[Network]:
    """Yield the ranges under which workloads know an asset."""
    yield from (asset.seen_as,) if asset.seen_as is not None else asset.ipv4
    yield from asset.ipv6


def translated(site: Site, uplink: Uplink) -> bool:
    """Tell whether what lies behind an uplink has other addresses there."""
    return any(asset.uplink == uplink.name and asset.seen_as is not None for asset in site.assets.values())


def routed(site: Site, scope: Scope) -> Iterator[Uplink]:
    """Yield the uplinks of the scope's host that lead to the plant by way of the router."""
    yield from (one for one in site.uplinks.values() if one.host == scope.host and one.layer2 is None)


def _networks(site: Site, scope: Scope) -> Iterator[Network]:
    for zone in site.zones.values():
        yield from (net for net in (zone.ipv4, zone.ipv6) if net is not None)
    for uplink in routed(site, scope):
        if not translated(site, uplink):
            yield from (one.network for one in (uplink.ipv4, uplink.ipv6) if one is not None)


def _smallest(claimed: Iterable[tuple[Network, str]]) -> Iterator[tuple[str, Values]]:
    """Yield whose each range is, without the ranges inside it. Of two that are equal, the asset's counts."""
    spans = sorted((span(net), name) for net, name in claimed)
    spans.sort(key=lambda one: (one[0][0], -one[0][1], one[1] == ""))
    for place, ((first, last), name) in enumerate(spans):
        if not name:
            continue
        inside = []
        for (low, high), _ in spans[place + 1 :]:
            if low > last:
                break
            inside += [(low, high)] if (low, high) != (first, last) else []
        yield name, without(((first, last),), joined(inside))
