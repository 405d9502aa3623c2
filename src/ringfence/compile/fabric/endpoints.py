# SPDX-License-Identifier: Apache-2.0
"""Who stands at the end of a conduit: addresses, whose they are, and the router's leg that leads there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import product

from ringfence.base.addresses import Address, address, own_name
from ringfence.compile.bindings import Bindings
from ringfence.compile.restrictions import UNRESTRICTED, Restrictions
from ringfence.compile.scope import Scope
from ringfence.site.conduit import Conduit, Endpoint
from ringfence.site.site import Site
from ringfence.site.workload import Interface

from .border import Border, border_of
from .guard import addresses_of
from .leg import routed_uplinks
from .names import Network, uplink_word, word
from .ranges import named, own_ranges


@dataclass(frozen=True, slots=True)
class Stand:
    """One interface of one workload, or one asset. Addresses are pairs of IP version and text, of an asset also ranges.

    ``end`` is the site address of whose it is, ``leg`` the key of the router's leg that leads to it (leg.py).
    """

    end: Address
    interface: str
    zone: str
    leg: str
    addresses: tuple[tuple[int, str], ...]

    @property
    def workload(self) -> str | None:
        """Return the workload's name; None for an asset."""
        return own_name(self.end) if self.end.startswith("workload/") else None


@dataclass(frozen=True, slots=True)
class Place:
    """The site as one host sees it. Only workloads ``here`` can be reached without a transit between hosts."""

    site: Site
    here: frozenset[str]
    bindings: Bindings
    by_workload: Mapping[str, tuple[Stand, ...]]
    by_zone: Mapping[str, tuple[Stand, ...]]
    by_asset: Mapping[str, Stand] = field(default_factory=dict)
    """Those behind uplinks of this host."""
    border: Border = field(default_factory=Border)
    holders: Mapping[str, frozenset[Address]] = field(default_factory=dict)
    """Who has which shared address, where a border is closed."""

    def pairs(self, conduit: Conduit) -> Iterator[tuple[Stand, Stand]]:
        """Yield who may meet whom through a conduit: nobody itself, and nobody across a border that is closed.

        Assets of one uplink meet in the plant, where nothing of this passes by.
        """
        if self.border.carries(conduit.name):
            for near, far in product(self.stands(conduit.source), self.stands(conduit.target)):
                if near.end != far.end and self.border.lets(near.end, far.end) and not _outside(near, far):
                    yield self._facing(near, far), self._facing(far, near)

    def apart(self) -> dict[str, list[str]]:
        """Return the addresses of those who stand in a zone with open peers and are on an island elsewhere, by leg."""
        found: dict[str, list[str]] = {}
        for zone in (one for one in self.site.zones.values() if one.peers == "open"):
            for stand in self.by_zone[zone.name]:
                if stand.workload and not self.border.at_home(stand.end, zone.name):
                    found.setdefault(stand.leg, []).extend(text for _, text in stand.addresses)
        return found

    def stands(self, endpoints: Iterable[Endpoint]) -> list[Stand]:
        """Return the interfaces and assets that endpoints mean.

        A zone means everything in it; a workload its first interface unless the endpoint names another.
        """
        return [stand for one in endpoints for stand in self._stands(one)]

    def interface(self, workload: str, name: str | None) -> Interface:
        """Return the named interface of a workload, or its first. Raises StopIteration for an unknown name."""
        return next(one for one in self.site.workloads[workload].interfaces if name in {None, one.name})

    def _facing(self, stand: Stand, other: Stand) -> Stand:
        """Return somebody without the shared addresses of which a partner may not meet the other side.

        Whoever has such an address at a time speaks and hears with it, on an island as well.
        """
        if not self.holders:
            return stand
        held = ((one, self.holders.get(one[1], ())) for one in stand.addresses)
        left = tuple(one for one, ends in held if all(self.border.lets(end, other.end) for end in ends))
        return stand if left == stand.addresses else replace(stand, addresses=left)

    def _stands(self, endpoint: Endpoint) -> tuple[Stand, ...]:
        if endpoint.kind == "zone":
            return self.by_zone.get(endpoint.name, ())
        if endpoint.kind == "asset":
            return (self.by_asset[endpoint.name],) if endpoint.name in self.by_asset else ()
        found = self.by_workload.get(endpoint.name, ())
        return tuple(one for one in found if endpoint.interface in {None, one.interface})[:1]


def place_of(
    site: Site, here: frozenset[str], bindings: Bindings, scope: Scope, restrictions: Restrictions = UNRESTRICTED
) -> Place:
    """Return the site as the host of the workloads ``here`` sees it, while restrictions stand."""
    by_workload = {name: tuple(_stands(site, bindings, name)) for name in sorted(here)}
    by_asset = asset_stands(site, scope)
    by_zone: dict[str, list[Stand]] = {zone: [] for zone in site.zones}
    for one in (*(one for stands in by_workload.values() for one in stands), *by_asset.values()):
        by_zone[one.zone].append(one)
    zones = {zone: tuple(found) for zone, found in by_zone.items()}
    holders = _holders(site, here) if restrictions else {}
    return Place(site, here, bindings, by_workload, zones, by_asset, border_of(site, restrictions), holders)


def _holders(site: Site, here: frozenset[str]) -> dict[str, frozenset[Address]]:
    found: dict[str, set[Address]] = {}
    for name in here:
        for one in (one for port in site.workloads[name].ports for one in port.shared):
            found.setdefault(str(one), set()).add(address("workload", name))
    return {one: frozenset(ends) for one, ends in found.items()}


def asset_stands(site: Site, scope: Scope) -> dict[str, Stand]:
    """Return the assets behind this host's uplinks as workloads see them, by name."""
    legs = {uplink.name: uplink_word(uplink.name) for uplink in routed_uplinks(site, scope)}
    ranges = own_ranges(site)
    return {
        name: Stand(address("asset", name), "", asset.zone, legs[asset.uplink], _as_text(ranges[name]))
        for name, asset in site.assets.items()
        if asset.uplink in legs and ranges[name]
    }


def _as_text(networks: Iterable[Network]) -> tuple[tuple[int, str], ...]:
    return tuple((one.version, named(one)) for one in networks)


def _outside(near: Stand, far: Stand) -> bool:
    return near.workload is None and far.workload is None and near.leg == far.leg


def _stands(site: Site, bindings: Bindings, workload: str) -> Iterator[Stand]:
    for interface in site.workloads[workload].ports:
        bound = addresses_of(interface, bindings[workload].interfaces[interface.name])
        addresses = tuple((one.version, str(one)) for one in bound)
        yield Stand(address("workload", workload), interface.name, interface.zone, word(interface.zone), addresses)
