# SPDX-License-Identifier: Apache-2.0
"""Whose an address is: of assets that lie within one another, the smallest has it.

So a conduit to a whole network does not reach a device in it that is declared by itself, a packet belongs to one asset
only, and the router's maps hold no ranges that overlap. A network can be so wide that zones lie in it: as a whole it is
behind their longer routes. Cut into pieces, those inside a zone or in the network of an uplink are nobody's: their
routes would take the zone's own machines away from it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ringfence.site.asset import Asset
from ringfence.site.site import Site

from .names import Network

_Edge = tuple[int, int, int]


def own_ranges(site: Site) -> dict[str, tuple[Network, ...]]:
    """Return each asset's ranges as workloads see them, without what belongs to assets inside them."""
    stacked = sorted((_edge(one), name, one) for name, asset in site.assets.items() for one in _seen(asset))
    found: dict[str, list[Network]] = {name: [] for name in site.assets}
    nets = list(_networks(site))
    for place, (_, name, network) in enumerate(stacked):
        inside = list(_inside(network, (stacked[later][2] for later in range(place + 1, len(stacked)))))
        uplink = site.assets[name].uplink
        ours = [net for net, whose in nets if inside and whose != uplink and net != network and covers(network, net)]
        found[name] += [one for one in _without(network, inside) if not any(covers(net, one) for net in ours)]
    return {name: tuple(sorted(ranges, key=_edge)) for name, ranges in found.items()}


def named(network: Network) -> str:
    """Write a range, or the address where it is a single one."""
    return str(network.network_address if network.num_addresses == 1 else network)


def covers(network: Network, other: Network) -> bool:
    """Tell whether a range holds another one of the same version."""
    if network.version != other.version:
        return False
    first, last = int(other.network_address), int(other.broadcast_address)
    return int(network.network_address) <= first and last <= int(network.broadcast_address)


def _networks(site: Site) -> Iterator[tuple[Network, str]]:
    """Yield the networks that the router itself is in: those of zones, and of uplinks where it has an address."""
    skids = {asset.uplink for asset in site.assets.values() if asset.seen_as is not None}
    for zone in site.zones.values():
        yield from ((net, "") for net in (zone.ipv4, zone.ipv6) if net is not None)
    for uplink in (one for one in site.uplinks.values() if one.name not in skids):
        yield from ((one.network, uplink.name) for one in (uplink.ipv4, uplink.ipv6) if one is not None)


def _seen(asset: Asset) -> tuple[Network, ...]:
    return (*((asset.seen_as,) if asset.seen_as else asset.ipv4), *asset.ipv6)


def _edge(network: Network) -> _Edge:
    """Order by version and first address; of those that begin together the largest comes first."""
    return network.version, int(network.network_address), network.prefixlen


def _inside(network: Network, following: Iterable[Network]) -> Iterator[Network]:
    """Yield the ranges within one, of those that follow it in order."""
    for other in following:
        if not covers(network, other):
            return
        if other != network:
            yield other


def _without(network: Network, inside: Iterable[Network]) -> list[Network]:
    left = [network]
    for hole in inside:
        left = [piece for one in left for piece in _cut(one, hole)]
    return left


def _cut(network: Network, hole: Network) -> Iterator[Network]:
    if covers(hole, network):
        return
    if not covers(network, hole):
        yield network
        return
    for half in network.subnets():
        yield from _cut(half, hole)
