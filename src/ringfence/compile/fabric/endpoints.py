# SPDX-License-Identifier: Apache-2.0
"""Who stands at the end of a conduit: addresses with their zone and workload."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ringfence.compile.bindings import Bindings
from ringfence.site.conduit import Endpoint
from ringfence.site.site import Site
from ringfence.site.workload import Interface

from .guard import addresses_of
from .names import Ip


@dataclass(frozen=True, slots=True)
class Stand:
    """One interface of one workload."""

    workload: str
    zone: str
    addresses: tuple[Ip, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """The site as one host sees it. Only workloads ``here`` can be reached without a transit between hosts."""

    site: Site
    here: frozenset[str]
    bindings: Bindings

    def stands(self, endpoint: Endpoint) -> Iterator[Stand]:
        """Yield the interfaces an endpoint means; none for an asset, which lies behind an uplink.

        A zone means every interface in it; a workload its first one unless the endpoint names another.
        """
        if endpoint.kind == "zone":
            for name in sorted(self.here):
                for interface in self.site.workloads[name].interfaces:
                    if interface.zone == endpoint.name:
                        yield self.stand(name, interface)
        elif endpoint.kind == "workload" and endpoint.name in self.here:
            yield self.stand(endpoint.name, self.interface(endpoint.name, endpoint.interface))

    def interface(self, workload: str, name: str | None) -> Interface:
        """Return the named interface of a workload, or its first. Raises StopIteration for an unknown name."""
        return next(one for one in self.site.workloads[workload].interfaces if name in {None, one.name})

    def stand(self, workload: str, interface: Interface) -> Stand:
        """Return one interface with its zone and addresses."""
        bound = self.bindings[workload].interfaces[interface.name]
        return Stand(workload, interface.zone, addresses_of(interface, bound))
