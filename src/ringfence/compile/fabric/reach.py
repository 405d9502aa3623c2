# SPDX-License-Identifier: Apache-2.0
"""What the router tells the plant outside, and what it takes from it: exactly what conduits name.

An asset that is on the uplink's own network is reached directly, any other one through the plant's router. Where asset
and workload share one subnet, each of them asks for the other's hardware address, and the router answers in both
places by explicit entries (proxy ARP for single addresses, kernel ip-sysctl; proxy ND, RFC 4389). It never answers for
an address that no conduit names, and no one but those who may talk with it (decision 3).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from ipaddress import ip_network
from itertools import product

from ringfence.base.addresses import own_name
from ringfence.base.errors import BadInput
from ringfence.compile.scope import Scope
from ringfence.site.asset import Asset
from ringfence.site.site import Site
from ringfence.site.uplink import Uplink
from ringfence.site.zone import Zone

from .conduit import closed
from .endpoints import Place, Stand
from .names import Ip, Network, router_leg, uplink_leg
from .ranges import covers, named

_V4 = 4
MOST_ANSWERS = 256
"""Addresses of one asset that the router answers for inside a zone: one entry each."""


@dataclass(slots=True)
class Reach:
    """What one uplink has to do. All addresses and ranges are text, as the tools print them."""

    routes: dict[str, str] = field(default_factory=dict)
    """Way by target: empty where it is on the network, else the next hop."""
    proxies: set[tuple[str, str]] = field(default_factory=set)
    """Link of the router and address that it answers for there."""
    pairs: set[tuple[str, str]] = field(default_factory=set)
    """IPv4: who may ask for whom over the uplink."""
    speaks: dict[str, str] = field(default_factory=dict)
    """IPv4: as whom the router asks for whom, where it has no address of its own on the network."""
    groups: set[str] = field(default_factory=set)
    """Multicast groups to which assets speak: the router joins them there to hear them."""


def reach_of(place: Place, scope: Scope, uplink: Uplink, now: datetime) -> Reach:
    """Return what an uplink has to do for the conduits that have not closed. Raises BadInput for a range too wide."""
    if translated(place.site, uplink):
        seen = (named(ip_network(text)) for one in _behind(place, uplink) for _, text in one.addresses)
        return Reach(dict.fromkeys(seen, ""))
    found = _Finding(place.site, scope, uplink)
    for zone, hop in gateways_over(place.site, uplink):
        found.stand_for(zone, hop)
    for asset, other in sorted(
        _meetings(place, uplink, now), key=lambda two: (two[0].end, two[1].end, two[1].interface)
    ):
        for (version, behind), (same, near) in product(asset.addresses, other.addresses):
            if version == same:
                found.meet(ip_network(behind), near, other)
    found.reach.groups.update(_groups(place, uplink, now))
    return found.reach


def translated(site: Site, uplink: Uplink) -> bool:
    """Tell whether the assets behind an uplink are seen under other addresses."""
    return any(one.seen_as is not None for one in site.assets.values() if one.uplink == uplink.name)


def next_hop(site: Site, uplink: Uplink, version: int) -> Ip | None:
    """Return the plant's router behind an uplink: the declared one, or the only gateway of a zone that lies there."""
    declared = uplink.gateway4 if version == _V4 else uplink.gateway6
    if declared is not None:
        return declared
    found = {hop for _, hop in gateways_over(site, uplink) if hop.version == version}
    return found.pop() if len(found) == 1 else None


def gateways_over(site: Site, uplink: Uplink) -> Iterator[tuple[Zone, Ip]]:
    """Yield the zones whose gateway is a machine behind the uplink, and its addresses."""
    for zone in site.zones.values():
        if zone.gateway == "external" and uplink.name in set(uplinks_of(site, zone)):
            yield from ((zone, hop) for hop in (zone.gateway4, zone.gateway6) if hop is not None)


def uplinks_of(site: Site, zone: Zone) -> Iterator[str]:
    """Yield the uplinks that the gateway of a zone lies behind: the one of the asset that has its address.

    Where no asset has it, the gateway is where the assets of the zone are.
    """
    hops: list[Network] = [ip_network(hop) for hop in (zone.gateway4, zone.gateway6) if hop is not None]
    holders = [asset for asset in site.assets.values() if any(covers(own, hop) for own in _own(asset) for hop in hops)]
    mine = [asset for asset in site.assets.values() if asset.zone == zone.name and (asset.ipv4 or asset.ipv6)]
    yield from dict.fromkeys(one.uplink for one in holders or mine)


def _own(asset: Asset) -> tuple[Network, ...]:
    return (*asset.ipv4, *asset.ipv6)


def on_network(site: Site, uplink: Uplink, behind: Network) -> bool:
    """Tell whether an asset is on the uplink's own network: one that Ringfence has an address in, or one of a zone."""
    own = (one.network for one in (uplink.ipv4, uplink.ipv6) if one is not None)
    zones = (net for zone in site.zones.values() for net in (zone.ipv4, zone.ipv6) if net is not None)
    return any(covers(net, behind) for net in (*own, *zones))


def _groups(place: Place, uplink: Uplink, now: datetime) -> Iterator[str]:
    """Yield the groups to which assets behind an uplink may speak, with the length of a single address."""
    mine = {stand.end for stand in _behind(place, uplink)}
    for conduit in place.site.conduits.values():
        flows = [flow for name in conduit.services for flow in place.site.services[name].flows if flow.group]
        for near, far in place.pairs(conduit) if flows and not conduit.dormant and not closed(conduit, now) else ():
            for flow in flows:
                if flow.group is not None and (near if flow.direction == "forward" else far).end in mine:
                    yield f"{flow.group}/{flow.group.max_prefixlen}"


def _behind(place: Place, uplink: Uplink) -> Iterator[Stand]:
    return (stand for name, stand in place.by_asset.items() if place.site.assets[name].uplink == uplink.name)


def _meetings(place: Place, uplink: Uplink, now: datetime) -> set[tuple[Stand, Stand]]:
    """Return the assets behind an uplink, each with everybody it may talk with: dormant conduits may be granted."""
    ends = {stand.end for stand in _behind(place, uplink)}
    pairs = (
        pair
        for conduit in place.site.conduits.values()
        if conduit.layer2 is None and not closed(conduit, now)
        for pair in place.pairs(conduit)
    )
    return {(asset, other) for one, two in pairs for asset, other in ((one, two), (two, one)) if asset.end in ends}


@dataclass(frozen=True, slots=True)
class _Finding:
    """What was found so far for one uplink."""

    site: Site
    scope: Scope
    uplink: Uplink
    reach: Reach = field(default_factory=Reach)

    def stand_for(self, zone: Zone, hop: Ip) -> None:
        """Answer inside a zone for its gateway, which is a machine of the plant."""
        self.reach.routes.setdefault(str(hop), "")
        self.reach.proxies.add((router_leg(self.scope, zone.name), str(hop)))

    def meet(self, behind: Network, near: str, other: Stand) -> None:
        """Add what it takes for an asset and one address of somebody else to meet."""
        hop = None if on_network(self.site, self.uplink, behind) else next_hop(self.site, self.uplink, behind.version)
        asker = named(behind) if hop is None else str(hop)
        self.reach.routes[named(behind)] = "" if hop is None else str(hop)
        self.reach.routes.setdefault(asker, "")
        if not self._is_routed(ip_network(near)):
            leg = uplink_leg(self.scope, self.uplink.name)
            if other.workload is not None or self._is_small(ip_network(near), other):
                self.reach.proxies |= {(leg, str(one)) for one in ip_network(near)}
            self._pair(asker, near)
        self._speak(asker, near)
        if hop is None and other.workload is not None:
            self._answer_inside(self.site.zones[other.zone], behind)

    def _is_routed(self, near: Network) -> bool:
        """Tell whether the plant sends packets for somebody to Ringfence's own address, and so never asks for him."""
        own = self.uplink.ipv4 if near.version == _V4 else self.uplink.ipv6
        return own is not None and not covers(own.network, near)

    def _is_small(self, near: Network, other: Stand) -> bool:
        """Tell whether a range is of an asset of few machines; to every part of a wide one the plant has a route."""
        asset = self.site.assets[own_name(other.end)]
        ranges: tuple[Network, ...] = (*((asset.seen_as,) if asset.seen_as else asset.ipv4), *asset.ipv6)
        return any(covers(one, near) and one.num_addresses <= MOST_ANSWERS for one in ranges)

    def _pair(self, asker: str, asked: str) -> None:
        """Let a machine of the plant ask for an address; IPv6's questions are answered by their target alone."""
        if ":" not in asker:
            self.reach.pairs.add((asker, asked))

    def _speak(self, asker: str, near: str) -> None:
        """Let a machine of the plant announce itself, and let the router ask for it."""
        self._pair(asker, asker)
        own = self.uplink.ipv4
        if ":" not in asker and (own is None or not covers(own.network, ip_network(asker))):
            self._pair(asker, self.reach.speaks.setdefault(asker, str(next(iter(ip_network(near).hosts())))))

    def _answer_inside(self, zone: Zone, behind: Network) -> None:
        """Let the router answer for an asset among workloads of its own subnet; IPv6 goes to the router anyway."""
        if zone.ipv4 is not None and covers(zone.ipv4, behind):
            leg = router_leg(self.scope, zone.name)
            if behind.num_addresses > MOST_ANSWERS:
                raise _too_wide(behind)
            self.reach.proxies |= {(leg, str(one)) for one in behind}


def _too_wide(network: Network) -> BadInput:
    return BadInput(
        f"{network} holds {network.num_addresses} addresses that the router would have to answer for one by one.",
        f"Name the machines, or ranges of at most {MOST_ANSWERS} addresses.",
    )
