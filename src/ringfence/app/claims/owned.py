# SPDX-License-Identifier: Apache-2.0
"""Which addresses are an asset's, as workloads see them: of ranges that lie within one another, the smallest counts.

What a zone or the network of an uplink has inside a wider asset (the enterprise's ``10.0.0.0/8``) is not the asset's
either: packets for it go there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network

from ringfence.compile.scope import Scope
from ringfence.proof.values import NOTHING, Values, joined, without
from ringfence.site.asset import Asset
from ringfence.site.site import Site
from ringfence.site.uplink import Uplink

from .span import span

_FOUR, _LONGEST = 4, 30
"""Longest prefix of a subnet that has an address of everybody (RFC 3021)."""
Network = IPv4Network | IPv6Network


@dataclass(frozen=True, slots=True)
class _Range:
    """A network, where it lies, and whose it is: an asset's, or the router's where there is none."""

    network: Network
    uplink: str
    asset: str

    @property
    def first(self) -> int:
        return span(self.network)[0]

    @property
    def last(self) -> int:
        return span(self.network)[1]


def owned(site: Site, scope: Scope) -> Mapping[str, Mapping[int, Values]]:
    """Return the addresses of each asset, by version of IP; the router's own ones are nobody else's."""
    claimed = [_Range(net, asset.uplink, asset.name) for asset in site.assets.values() for net in seen(asset)]
    claimed += [_Range(net, uplink, "") for net, uplink in networks(site, scope)]
    found: dict[str, dict[int, Values]] = {name: {} for name in site.assets}
    for version in (4, 6):
        ours = joined((one, one) for one in _router(site, scope, version))
        for name, values in _smallest(one for one in claimed if one.network.version == version):
            known = found[name].get(version, NOTHING)
            found[name][version] = joined((*known, *without(values, ours)))
    return found


def _router(site: Site, scope: Scope, version: int) -> Iterator[int]:
    """Yield the router's own addresses, and what everybody in its networks is called by (RFC 919)."""
    for zone in site.zones.values():
        net, asker = (zone.ipv4, zone.asker4) if version == _FOUR else (zone.ipv6, zone.asker6)
        if net is not None and asker is not None:
            yield from (int(asker), *_everybody(net))
    for uplink in routed(site, scope):
        own = uplink.ipv4 if version == _FOUR else uplink.ipv6
        if own is not None and not translated(site, uplink):
            yield from (int(own.ip), *_everybody(own.network))


def _everybody(network: Network) -> tuple[int, ...]:
    return (span(network)[1],) if network.version == _FOUR and network.prefixlen <= _LONGEST else ()


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


def networks(site: Site, scope: Scope) -> Iterator[tuple[Network, str]]:
    """Yield the networks that the router is in: those of zones, and of uplinks where it has an address, by uplink."""
    for zone in site.zones.values():
        yield from ((net, "") for net in (zone.ipv4, zone.ipv6) if net is not None)
    for uplink in routed(site, scope):
        if not translated(site, uplink):
            yield from ((one.network, uplink.name) for one in (uplink.ipv4, uplink.ipv6) if one is not None)


def _smallest(claimed: Iterable[_Range]) -> Iterator[tuple[str, Values]]:
    """Yield whose each range is, without the ranges inside it. Of two that are equal, the asset's counts.

    What is in the network of its own uplink an asset shares with nobody: it lies in the same place.
    """
    known = sorted(claimed, key=lambda one: (one.first, -one.last, one.asset == ""))
    for place, one in enumerate(known):
        if not one.asset:
            continue
        inside = []
        for other in known[place + 1 :]:
            if other.first > one.last:
                break
            if (other.asset or other.uplink != one.uplink) and (other.first, other.last) != (one.first, one.last):
                inside.append((other.first, other.last))
        yield one.asset, without(((one.first, one.last),), joined(inside))
