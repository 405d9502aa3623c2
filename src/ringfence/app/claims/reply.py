# SPDX-License-Identifier: Apache-2.0
"""Whom the router answers when the plant asks over an uplink for a hardware address: ARP, and IPv6's solicitations.

It answers for whoever a conduit lets an asset talk with, and only that asset's question: where both are in one network
the asset asks itself, else the plant's router asks for it. Where the router has an address of its own there, the plant
sends everything for other networks to it, and asks for nobody else.
Dormant conduits count: a grant opens them without a touch to the uplink.
"""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Address, IPv6Address

from ringfence.base.addresses import address, own_name
from ringfence.proof import field
from ringfence.proof.box import Box, Limits
from ringfence.proof.flow import Claim
from ringfence.proof.values import NOTHING, Values, common, exactly, joined, whole, without
from ringfence.site.asset import Asset
from ringfence.site.site import Site
from ringfence.site.uplink import Uplink
from ringfence.site.zone import Zone

from .calendar import Calendar
from .ground import Ground, Stand
from .owned import Network, networks, routed, seen, translated
from .packet import ip
from .port import LINK_LOCAL
from .span import span

Ip = IPv4Address | IPv6Address
OWNER = "standing/neighbours"
_FOUR, _SIX = 4, 6
_REQUEST = exactly(1)
_SOLICIT = 135
_TARGET = f"{field.RAW}64"
_WIDEST = 256
"""Addresses of a range in the plant that are answered for one by one; a wider one is reached by a route."""


def replies(ground: Ground, calendar: Calendar) -> Iterator[Claim]:
    """Yield the questions that the router answers on each uplink."""
    for uplink in routed(ground.site, ground.scope):
        place, answer = address("uplink", uplink.name), address("answer", uplink.name)
        if not translated(ground.site, uplink):
            for limits in (*_own(uplink), *_of_conduits(ground, calendar, uplink)):
                yield Claim(OWNER, place, answer, Box(limits))
            for limits in _of_wide_ones(ground, calendar, uplink):
                yield Claim(OWNER, place, answer, Box(limits), optional=True)
        # Where IPv6 is spoken the leg has a link-local address: which, is for whoever makes it.
        yield Claim(OWNER, place, answer, Box(_solicits(LINK_LOCAL)), optional=True)


def speaks_six(ground: Ground, calendar: Calendar, uplink: Uplink) -> bool:
    """Tell whether IPv6 is spoken over an uplink: by the router, by a zone's gateway, or by an asset with somebody."""
    meetings = _meetings(ground, calendar, uplink)
    gateways = (zone for zone in _zones_behind(ground.site, uplink) if zone.gateway6 is not None)
    return (
        uplink.ipv6 is not None
        or next(gateways, None) is not None
        or any(_SIX in one.addresses and _SIX in other.addresses for one, other in meetings)
    )


def _own(uplink: Uplink) -> Iterator[Limits]:
    if uplink.ipv4 is not None:
        yield _asks(None, exactly(int(uplink.ipv4.ip)))
    if uplink.ipv6 is not None:
        yield _solicits(exactly(int(uplink.ipv6.ip)))


def _of_conduits(ground: Ground, calendar: Calendar, uplink: Uplink) -> Iterator[Limits]:
    for asset, other in _meetings(ground, calendar, uplink):
        for version in sorted(asset.addresses.keys() & other.addresses.keys()):
            asked = without(_one_by_one(ground, other, asset, version), _by_route(uplink, version))
            asker = asker_of(ground.site, uplink, asset.addresses[version], version)
            if asked and asker:
                yield _asks(asker, asked) if version == _FOUR else _solicits(asked)


def _of_wide_ones(ground: Ground, calendar: Calendar, uplink: Uplink) -> Iterator[Limits]:
    """Yield questions from networks of ours that lie inside an asset's: they are heard like it, and packets are not."""
    ours = joined(span(net) for net, _ in networks(ground.site, ground.scope) if net.version == _FOUR)
    for asset, other in _meetings(ground, calendar, uplink):
        declared = joined(map(span, ground.site.assets[own_name(asset.end)].ipv4))
        inside, asked = common(declared, ours), other.addresses.get(_FOUR)
        if inside and asked:
            yield _asks(inside, asked)


def _meetings(ground: Ground, calendar: Calendar, uplink: Uplink) -> Iterator[tuple[Stand, Stand]]:
    """Yield what lies behind an uplink, each with everybody it may talk with in any direction."""
    place = address("uplink", uplink.name)
    known = set()
    for conduit in ground.site.conduits.values():
        if conduit.layer2 is None and not calendar.over(conduit):
            for near, far in ground.pairs(conduit):
                for one, other in ((near, far), (far, near)):
                    if one.place == place and (one.end, other.place, other.end) not in known:
                        known.add((one.end, other.place, other.end))
                        yield one, other


def asker_of(site: Site, uplink: Uplink, addresses: Values, version: int) -> Values:
    """Return who asks for the sake of an asset: itself, or the plant's router where it is in another network."""
    networks: list[Network] = [one.network for one in (uplink.ipv4, uplink.ipv6) if one is not None]
    networks += [net for zone in site.zones.values() for net in (zone.ipv4, zone.ipv6) if net is not None]
    inside = joined(span(net) for net in networks if net.version == version)
    here, there = common(addresses, inside), without(addresses, inside)
    hop = plant_router(site, uplink, version) if there else None
    return joined((*here, *(there if hop is None else exactly(int(hop)))))


def plant_router(site: Site, uplink: Uplink, version: int) -> Ip | None:
    """Return the plant's router behind an uplink: the declared one, or the only gateway of zones that lies there."""
    declared = uplink.gateway4 if version == _FOUR else uplink.gateway6
    if declared is not None:
        return declared
    found = {hop for zone in _zones_behind(site, uplink) for hop in _hops(zone) if hop.version == version}
    return found.pop() if len(found) == 1 else None


def _zones_behind(site: Site, uplink: Uplink) -> Iterator[Zone]:
    """Yield the zones whose gateway is a machine behind an uplink."""
    zones = (zone for zone in site.zones.values() if zone.gateway == "external")
    return (zone for zone in zones if uplink.name in _uplinks(site, zone))


def _uplinks(site: Site, zone: Zone) -> set[str]:
    """Return the uplinks that a zone's gateway lies behind: that of an asset with its address, else of its assets."""
    hops = [int(hop) for hop in _hops(zone)]
    holders = {
        one.uplink
        for one in site.assets.values()
        for first, last in map(span, _declared(one))
        if any(first <= hop <= last for hop in hops)
    }
    return holders or {one.uplink for one in site.assets.values() if one.zone == zone.name and (one.ipv4 or one.ipv6)}


def _declared(asset: Asset) -> tuple[Network, ...]:
    return (*asset.ipv4, *asset.ipv6)


def _hops(zone: Zone) -> tuple[Ip, ...]:
    return tuple(hop for hop in (zone.gateway4, zone.gateway6) if hop is not None)


def _one_by_one(ground: Ground, stand: Stand, asset: Stand, version: int) -> Values:
    """Return the addresses of somebody that an asset is answered for."""
    mine = ground.facing(stand, asset)[version]
    if stand.mac:
        return mine
    spans = [span(net) for net in seen(ground.site.assets[own_name(stand.end)]) if net.version == version]
    return common(mine, joined((first, last) for first, last in spans if last - first < _WIDEST))


def _by_route(uplink: Uplink, version: int) -> Values:
    """Return what the plant sends to the router's own address there, and asks nobody for."""
    own = uplink.ipv4 if version == _FOUR else uplink.ipv6
    return NOTHING if own is None else without(whole(own.max_prefixlen), (span(own.network),))


def _asks(asker: Values | None, asked: Values) -> Limits:
    question = {field.PROTOCOL: exactly(field.ARP), field.ARP_OPERATION: _REQUEST, field.ARP_TARGET: asked}
    return question if asker is None else {**question, field.ARP_SOURCE: asker}


def _solicits(asked: Values) -> Limits:
    return {**ip(6), field.PROTO: exactly(field.ICMP6), field.TYPE: exactly(_SOLICIT), _TARGET: asked}
