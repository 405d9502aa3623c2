# SPDX-License-Identifier: Apache-2.0
"""What rules look at: the site, the facts and the time, and what follows from them, worked out once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property

from ringfence.base.addresses import Address, own_name
from ringfence.base.diagnostics import Diagnostic
from ringfence.facts.host import HostFacts
from ringfence.placement.place import place
from ringfence.placement.placement import Placement
from ringfence.site.conduit import Conduit, Endpoint
from ringfence.site.functions import EssentialFunction
from ringfence.site.host import Host
from ringfence.site.site import Site
from ringfence.site.workload import Workload
from ringfence.site.zone import Zone

from .opening import Crossing, Opening


@dataclass(frozen=True)
class Ground:
    """``facts`` by host name; hosts that were not observed are missing. ``now`` must carry a time zone."""

    site: Site
    facts: Mapping[str, HostFacts]
    now: datetime
    found: tuple[Diagnostic, ...] = ()
    """What the other rules found, for the rules about exceptions."""

    @cached_property
    def today(self) -> date:
        """The day in UTC, which is what expiry dates mean."""
        return self.now.astimezone(UTC).date()

    @cached_property
    def _placed(self) -> tuple[Placement, tuple[Diagnostic, ...]]:
        return place(self.site, self.facts)

    @property
    def placement(self) -> Placement:
        """Where every workload would run."""
        return self._placed[0]

    @property
    def refusals(self) -> tuple[Diagnostic, ...]:
        """Why some workloads can run nowhere."""
        return self._placed[1]

    @cached_property
    def workloads_by_host(self) -> Mapping[str, tuple[Workload, ...]]:
        """Workloads in the order of their names, for every host of the site."""
        by_host: dict[str, list[Workload]] = {name: [] for name in self.site.hosts}
        for name, host in self.placement.hosts.items():
            by_host[host].append(self.site.workloads[name])
        return {name: tuple(workloads) for name, workloads in by_host.items()}

    def observed(self) -> Iterator[tuple[Host, HostFacts, tuple[Workload, ...]]]:
        """Yield every host that was observed, with its facts and its workloads."""
        for name, host in self.site.hosts.items():
            if name in self.facts:
                yield host, self.facts[name], self.workloads_by_host[name]

    @cached_property
    def workloads_by_zone(self) -> Mapping[str, tuple[Workload, ...]]:
        """Workloads with an interface in the zone; zones without any are missing."""
        by_zone: dict[str, list[Workload]] = defaultdict(list)
        for workload in self.site.workloads.values():
            for zone in dict.fromkeys(interface.zone for interface in workload.interfaces):
                by_zone[zone].append(workload)
        return {name: tuple(workloads) for name, workloads in by_zone.items()}

    def zones_of(self, workload: Workload) -> tuple[Zone, ...]:
        """Zones of a workload's interfaces, each once."""
        return tuple(self.site.zones[name] for name in dict.fromkeys(i.zone for i in workload.interfaces))

    def level_of(self, workload: Workload) -> int:
        """Highest SL-T of the zones it stands in; 0 without interfaces."""
        return max((zone.security.highest for zone in self.zones_of(workload)), default=0)

    def zones_of_address(self, of: Address) -> tuple[Zone, ...]:
        """Zones of ``workload/x`` or ``asset/x``; empty for anything else."""
        name = own_name(of)
        if of.startswith("workload/"):
            return self.zones_of(self.site.workloads[name])
        return (self.site.zones[self.site.assets[name].zone],) if of.startswith("asset/") else ()

    def zones_at(self, end: Endpoint) -> tuple[Zone, ...]:
        """Zones that an end of a conduit lies in; a workload means its first interface unless one is named."""
        if end.kind == "zone":
            return (self.site.zones[end.name],)
        if end.kind == "asset":
            return (self.site.zones[self.site.assets[end.name].zone],)
        workload = self.site.workloads[end.name]
        named = (nic.zone for nic in workload.interfaces if end.interface in {None, nic.name})
        return tuple(self.site.zones[zone] for zone in named)[:1]

    def _zones(self, ends: tuple[Endpoint, ...]) -> tuple[Zone, ...]:
        return tuple({zone.name: zone for end in ends for zone in self.zones_at(end)}.values())

    @cached_property
    def crossings(self) -> tuple[Crossing, ...]:
        """Every pair of different zones that a conduit joins, by conduit."""
        return tuple(crossing for conduit in self.site.conduits.values() for crossing in self._crossings(conduit))

    def _crossings(self, conduit: Conduit) -> Iterator[Crossing]:
        targets = self._zones(conduit.target)
        for source in self._zones(conduit.source):
            yield from (Crossing(conduit, source, target) for target in targets if target.name != source.name)

    @cached_property
    def openings(self) -> tuple[Opening, ...]:
        """Every flow that a conduit opens, by conduit."""
        return tuple(opening for conduit in self.site.conduits.values() for opening in self._openings(conduit))

    def _openings(self, conduit: Conduit) -> Iterator[Opening]:
        near, far = conduit.source, conduit.target
        near_zones, far_zones = self._zones(near), self._zones(far)
        for service in (self.site.services[name] for name in conduit.services):
            for flow in service.flows:
                if flow.direction == "forward":
                    yield Opening(conduit, service, flow, near, far, near_zones, far_zones)
                else:
                    yield Opening(conduit, service, flow, far, near, far_zones, near_zones)

    def essential_behind(self, end: Endpoint) -> tuple[str, ...]:
        """Addresses of workloads and assets with an essential function behind an end of a conduit."""
        if end.kind == "zone":
            held = [f"workload/{w.name}" for w in self.workloads_by_zone.get(end.name, ()) if w.function.critical]
            return (*held, *(f"asset/{name}" for name in self._essential_assets.get(end.name, ())))
        thing = self.site.workloads[end.name] if end.kind == "workload" else self.site.assets[end.name]
        return (f"{end.kind}/{end.name}",) if thing.function is not EssentialFunction.NONE else ()

    @cached_property
    def _essential_assets(self) -> Mapping[str, tuple[str, ...]]:
        by_zone: dict[str, list[str]] = defaultdict(list)
        for asset in self.site.assets.values():
            if asset.function.critical:
                by_zone[asset.zone].append(asset.name)
        return {zone: tuple(names) for zone, names in by_zone.items()}
