# SPDX-License-Identifier: Apache-2.0
"""Who stands at the end of a conduit: addresses with their zone and workload."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import product

from ringfence.base.addresses import Address, address
from ringfence.compile.bindings import Bindings
from ringfence.compile.restrictions import UNRESTRICTED, Restrictions
from ringfence.site.conduit import Conduit, Endpoint
from ringfence.site.site import Site
from ringfence.site.workload import Interface

from .border import Border, border_of
from .guard import addresses_of


@dataclass(frozen=True, slots=True)
class Stand:
    """One interface of one workload. Addresses are pairs of IP version and text."""

    workload: str
    interface: str
    zone: str
    addresses: tuple[tuple[int, str], ...]

    @property
    def end(self) -> Address:
        """Return the site address of whose interface it is."""
        return address("workload", self.workload)


@dataclass(frozen=True, slots=True)
class Place:
    """The site as one host sees it. Only workloads ``here`` can be reached without a transit between hosts."""

    site: Site
    here: frozenset[str]
    bindings: Bindings
    by_workload: Mapping[str, tuple[Stand, ...]]
    by_zone: Mapping[str, tuple[Stand, ...]]
    border: Border = field(default_factory=Border)

    def pairs(self, conduit: Conduit) -> Iterator[tuple[Stand, Stand]]:
        """Yield who may meet whom through a conduit: nobody itself, and nobody across a border that is closed."""
        if self.border.carries(conduit.name):
            for near, far in product(self.stands(conduit.source), self.stands(conduit.target)):
                if near.end != far.end and self.border.lets(near.end, far.end):
                    yield near, far

    def stands(self, endpoints: Iterable[Endpoint]) -> list[Stand]:
        """Return the interfaces that endpoints mean; none for an asset, which lies behind an uplink.

        A zone means every interface in it; a workload its first one unless the endpoint names another.
        """
        return [stand for one in endpoints for stand in self._stands(one)]

    def interface(self, workload: str, name: str | None) -> Interface:
        """Return the named interface of a workload, or its first. Raises StopIteration for an unknown name."""
        return next(one for one in self.site.workloads[workload].interfaces if name in {None, one.name})

    def _stands(self, endpoint: Endpoint) -> tuple[Stand, ...]:
        if endpoint.kind == "zone":
            return self.by_zone.get(endpoint.name, ())
        if endpoint.kind == "asset":
            return ()
        found = self.by_workload.get(endpoint.name, ())
        return tuple(one for one in found if endpoint.interface in {None, one.interface})[:1]


def place_of(site: Site, here: frozenset[str], bindings: Bindings, restrictions: Restrictions = UNRESTRICTED) -> Place:
    """Return the site as the host of the workloads ``here`` sees it, while restrictions stand."""
    by_workload = {name: tuple(_stands(site, bindings, name)) for name in sorted(here)}
    by_zone: dict[str, tuple[Stand, ...]] = {
        zone: tuple(one for stands in by_workload.values() for one in stands if one.zone == zone) for zone in site.zones
    }
    return Place(site, here, bindings, by_workload, by_zone, border_of(site, restrictions))


def _stands(site: Site, bindings: Bindings, workload: str) -> Iterator[Stand]:
    for interface in site.workloads[workload].interfaces:
        bound = addresses_of(interface, bindings[workload].interfaces[interface.name])
        addresses = tuple((one.version, str(one)) for one in bound)
        yield Stand(workload, interface.name, interface.zone, addresses)
