# SPDX-License-Identifier: Apache-2.0
"""Which way a workload with several interfaces sends what: replies leave by the interface that they are an answer of.

The router takes a packet only from the port that its source address is bound to, so a guest that answers by its default
route would be unheard on all interfaces but one. Each interface therefore has a routing table of its own, asked by
source address (Linux ip-rule(8)). What a guest begins itself goes by destination: the first interface leads
everywhere, each other one to the zones and assets that its conduits name.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ringfence.compile.bindings import InterfaceBinding, WorkloadBinding
from ringfence.compile.part.link import LINK_LOCAL
from ringfence.site.conduit import Endpoint
from ringfence.site.site import Site
from ringfence.site.workload import Interface, Workload
from ringfence.site.zone import Zone

from .guard import addresses_of
from .names import Ip, Network

FIRST_TABLE = 101
"""Routing tables 1 to 252 are free for use (Linux include/uapi/linux/rtnetlink.h)."""


@dataclass(frozen=True, slots=True)
class Way:
    """How packets leave by one interface. Gateways are None where its zone has none for that version."""

    gateway4: str | None
    gateway6: str | None
    first4: bool
    """It leads everywhere that no other interface leads, with IPv4."""
    first6: bool
    table: int | None = None
    """Its own routing table; None for an only interface, which needs none."""
    sources: tuple[Ip, ...] = ()
    """Packets from these addresses leave by it."""
    reach: tuple[Network, ...] = ()
    """What the guest itself reaches by it, although it is not the first."""

    def gateway(self, version: int) -> str | None:
        """Return the gateway of an IP version."""
        return self.gateway4 if version == 4 else self.gateway6  # noqa: PLR2004 - IP version

    def first(self, version: int) -> bool:
        """Tell whether this is the way everywhere, for an IP version."""
        return self.first4 if version == 4 else self.first6  # noqa: PLR2004 - IP version


_Aim = tuple[str, str]
"""``("zone", "control")`` or ``("asset", "plc")``."""


def ways_of(site: Site, workload: Workload, binding: WorkloadBinding) -> dict[str, Way]:
    """Return the way of each interface of a workload, by name."""
    found: dict[str, Way] = {}
    known: set[_Aim] = set()
    several = len(workload.interfaces) > 1  # else there is nothing to choose, and thousands need not ask each conduit
    for number, nic in enumerate(workload.interfaces):
        aims = {("zone", nic.zone), *_aims(site, workload, nic)} if several else set[_Aim]()
        found[nic.name] = _way(site, workload, number, binding.interfaces[nic.name], found, tuple(aims - known))
        known |= aims
    return found


def _way(
    site: Site,
    workload: Workload,
    number: int,
    bound: InterfaceBinding,
    before: dict[str, Way],
    aims: tuple[_Aim, ...],
) -> Way:
    nic = workload.interfaces[number]
    zone = site.zones[nic.zone]
    four, six = (_gateway4(zone, bound), _gateway6(zone, bound)) if nic.fabric else (None, None)
    first4 = four is not None and not any(way.first4 for way in before.values())
    first6 = six is not None and not any(way.first6 for way in before.values())
    if len(workload.interfaces) == 1:
        return Way(four, six, first4, first6)
    gateways, firsts = {4: four, 6: six}, {4: first4, 6: first6}
    reach = {net for aim in aims for net in _networks(site, aim) if gateways[net.version] and not firsts[net.version]}
    reach -= {zone.ipv4}  # which an address in it reaches; IPv6 addresses are given as /128
    sources = addresses_of(nic, bound) if four or six else ()
    return Way(four, six, first4, first6, FIRST_TABLE + number, sources, tuple(sorted(reach, key=_by_version)))


def _gateway4(zone: Zone, bound: InterfaceBinding) -> str | None:
    return str(zone.gateway4) if zone.ipv4 and zone.gateway4 and bound.ipv4 else None


def _gateway6(zone: Zone, bound: InterfaceBinding) -> str | None:
    """Return Ringfence's link-local address, or that of the plant's own gateway."""
    if not (zone.ipv6 and zone.gateway6 and bound.ipv6):
        return None
    return LINK_LOCAL if zone.gateway == "ringfence" else str(zone.gateway6)


def _by_version(network: Network) -> tuple[int, int, int]:
    return network.version, int(network.network_address), network.prefixlen


def _networks(site: Site, aim: _Aim) -> tuple[Network, ...]:
    kind, name = aim
    if kind == "asset":
        asset = site.assets[name]
        return (*((asset.seen_as,) if asset.seen_as else asset.ipv4), *asset.ipv6)
    own = tuple(net for net in (site.zones[name].ipv4, site.zones[name].ipv6) if net)
    assets = (("asset", asset.name) for asset in site.assets.values() if asset.zone == name)
    return (*own, *(net for one in assets for net in _networks(site, one) if not _inside(net, own)))


def _inside(network: Network, of: tuple[Network, ...]) -> bool:
    """Tell whether a network is a part of one of several."""
    return any(network.network_address in one and network.prefixlen >= one.prefixlen for one in of)


def _aims(site: Site, workload: Workload, nic: Interface) -> Iterator[_Aim]:
    """Yield what conduits let this interface talk with, in either direction."""
    for conduit in site.conduits.values():
        for near, far in ((conduit.source, conduit.target), (conduit.target, conduit.source)):
            if any(_means(end, workload, nic) for end in near):
                yield from (aim for end in far for aim in _aim(site, end))


def _means(end: Endpoint, workload: Workload, nic: Interface) -> bool:
    if end.kind == "zone":
        return end.name == nic.zone
    named = end.interface or workload.interfaces[0].name
    return (end.kind, end.name, named) == ("workload", workload.name, nic.name)


def _aim(site: Site, end: Endpoint) -> Iterator[_Aim]:
    if end.kind != "workload":
        yield end.kind, end.name
        return
    for nic in site.workloads[end.name].interfaces:
        if end.interface in {None, nic.name}:
            yield "zone", nic.zone
            return
