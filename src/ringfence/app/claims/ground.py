# SPDX-License-Identifier: Apache-2.0
"""Who stands where: the ports of workloads, and what lies behind uplinks, with their addresses."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import product

from ringfence.base.addresses import Address, address
from ringfence.compile.bindings import Bindings
from ringfence.compile.restrictions import Restrictions
from ringfence.compile.scope import Scope
from ringfence.proof.values import Values, common, exactly, without
from ringfence.site.asset import Asset
from ringfence.site.conduit import Conduit, Endpoint
from ringfence.site.site import Site

from .border import Border, border_of
from .owned import owned, routed, seen
from .span import by_version, span

Addresses = Mapping[int, Values]
"""By version of IP; a version without any is not there."""


@dataclass(frozen=True, slots=True)
class Stand:
    """One interface of one workload, or one asset. ``end`` says whose it is, ``place`` is the end of its flows.

    ``singles`` are those of its addresses that are one machine each, its own first; a range of addresses is nobody whom
    a copy could be sent to. ``shared`` are those that others have as well.
    """

    end: Address
    place: str
    zone: str
    addresses: Addresses
    singles: Mapping[int, tuple[int, ...]]
    interface: str = ""
    mac: str = ""
    shared: Addresses | None = None


@dataclass(frozen=True, slots=True)
class Way:
    """Who may say something to whom: places, and the addresses that both have in it."""

    source: str
    near: Addresses
    target: str
    far: Addresses


@dataclass(frozen=True, slots=True)
class Ground:
    """A site as one host carries it."""

    site: Site
    scope: Scope
    bindings: Bindings
    border: Border
    workloads: Mapping[str, tuple[Stand, ...]]
    """Ports of the workloads here, in order, by name."""
    assets: Mapping[str, Stand]
    """Those behind uplinks to the router."""
    places: Mapping[str, Stand]
    """Ports by place."""
    zones: Mapping[str, tuple[Stand, ...]]
    """All of them by zone."""
    holders: Mapping[tuple[int, int], tuple[Stand, ...]]
    """Who has a shared address (version and number)."""

    @property
    def ports(self) -> Iterator[Stand]:
        """Yield every port."""
        return iter(self.places.values())

    def pairs(self, conduit: Conduit) -> Iterator[tuple[Stand, Stand]]:
        """Yield who meets whom by a conduit: nobody himself, and nobody who meets in the plant anyway."""
        if conduit.name in self.border.restrictions.conduits:
            return
        near, far = self._stands(conduit.source), self._stands(conduit.target)
        for one, other in product(near, far):
            if one.end != other.end and one.place != other.place and not self.border.parts(one.end, other.end):
                yield one, other

    def ways(self, near: Stand, far: Stand) -> Iterator[Way]:
        """Yield the way from one to the other, and those of everybody who has a shared address of theirs.

        A shared address moves between machines, and nobody can tell from outside which one has it. So it may be used
        only where all of them may meet the other side.
        """
        if near.shared is None and far.shared is None:
            yield Way(near.place, near.addresses, far.place, far.addresses)
            return
        for one, mine in self._faces(near, far):
            for other, theirs in self._faces(far, near):
                if one.place != other.place:
                    yield Way(one.place, mine, other.place, theirs)

    def facing(self, stand: Stand, other: Stand) -> Addresses:
        """Return the addresses of somebody without the shared ones of which a partner may not meet the other side."""
        gone = [key for key in _numbers(stand.shared or {}) if self._is_parted(key, other)]
        if not gone:
            return stand.addresses
        return {
            version: without(values, exactly(*(number for one, number in gone if one == version)))
            for version, values in stand.addresses.items()
        }

    def _faces(self, stand: Stand, other: Stand) -> Iterator[tuple[Stand, Addresses]]:
        """Yield who may stand for somebody, and with which addresses."""
        for version, number in _numbers(stand.shared or {}):
            if not self._is_parted((version, number), other):
                held = self.holders[version, number]
                yield from ((one, {version: exactly(number)}) for one in held if one.place != stand.place)
        yield stand, self.facing(stand, other)

    def _is_parted(self, shared: tuple[int, int], other: Stand) -> bool:
        return any(self.border.parts(one.end, other.end) for one in self.holders[shared])

    def _stands(self, ends: Iterable[Endpoint]) -> list[Stand]:
        return [stand for end in ends for stand in self._meant(end)]

    def _meant(self, end: Endpoint) -> Iterable[Stand]:
        """Return what an endpoint means: all of a zone, an asset, one port of a workload (its first unless named)."""
        if end.kind == "asset":
            return (self.assets[end.name],) if end.name in self.assets else ()
        if end.kind == "workload":
            ports = self.workloads.get(end.name, ())
            return [one for one in ports if end.interface in {None, one.interface}][:1]
        return self.zones[end.name]


def ground_of(
    site: Site, hosted: frozenset[str], bindings: Bindings, scope: Scope, restrictions: Restrictions
) -> Ground:
    """Return the ground of a site for the workloads that a host carries."""
    workloads = {name: tuple(_ports(site, bindings, name)) for name in sorted(hosted)}
    ports = [one for stands in workloads.values() for one in stands]
    holders: dict[tuple[int, int], list[Stand]] = {}
    for one in ports:
        for key in _numbers(one.shared or {}):
            holders.setdefault(key, []).append(one)
    uplinks, mine = {one.name for one in routed(site, scope)}, owned(site, scope)
    assets = {
        name: Stand(
            address("asset", name),
            address("uplink", asset.uplink),
            asset.zone,
            mine[name],
            _machines(asset, mine[name]),
        )
        for name, asset in site.assets.items()
        if asset.uplink in uplinks and any(mine[name].values())
    }
    zones: dict[str, list[Stand]] = {zone: [] for zone in site.zones}
    for one in (*ports, *assets.values()):
        zones[one.zone].append(one)
    return Ground(
        site,
        scope,
        bindings,
        border_of(site, restrictions),
        workloads,
        assets,
        {one.place: one for one in ports},
        {name: tuple(found) for name, found in zones.items()},
        {key: tuple(found) for key, found in holders.items()},
    )


def differing(near: Values, far: Values) -> Iterator[tuple[Values, Values]]:
    """Yield pairs of sets that hold all pairs of addresses but those of an address with itself."""
    both = common(near, far)
    if not both:
        yield near, far
        return
    if rest := without(near, both):
        yield rest, far
    for number in (number for first, last in both for number in range(first, last + 1)):
        if rest := without(far, exactly(number)):
            yield exactly(number), rest


def _numbers(addresses: Addresses) -> Iterator[tuple[int, int]]:
    for version, values in addresses.items():
        yield from ((version, number) for first, last in values for number in range(first, last + 1))


def _machines(asset: Asset, mine: Addresses) -> dict[int, tuple[int, ...]]:
    """Return the single addresses of an asset that belong to no other one."""
    spans = {version: [span(net) for net in seen(asset) if net.version == version] for version in mine}
    return {
        version: tuple(
            sorted(first for first, last in found if first == last and common(mine[version], ((first, last),)))
        )
        for version, found in spans.items()
    }


def _ports(site: Site, bindings: Bindings, workload: str) -> Iterator[Stand]:
    for interface in site.workloads[workload].ports:
        bound = bindings[workload].interfaces[interface.name]
        own = [one for one in (bound.ipv4, bound.ipv6, *interface.shared) if one is not None]
        end = address("workload", workload)
        yield Stand(
            end,
            address(end, interface.name),
            interface.zone,
            by_version(own),
            {version: tuple(int(one) for one in own if one.version == version) for version in (4, 6)},
            interface.name,
            bound.mac,
            by_version(interface.shared) or None,
        )
