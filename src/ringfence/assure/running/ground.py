# SPDX-License-Identifier: Apache-2.0
"""What a criterion looks at: a machine or the host, what it was declared as, and the level it is judged by."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from ringfence.base.addresses import Address
from ringfence.compile.bindings import Bindings, WorkloadBinding
from ringfence.compile.places import Places
from ringfence.compile.scope import Scope
from ringfence.facts.machine import MachineFacts
from ringfence.facts.posture import HostPosture
from ringfence.facts.running import RunningFacts
from ringfence.site.site import Site
from ringfence.site.workload import Workload


@dataclass(frozen=True, slots=True)
class MachineGround:
    """One workload's machine."""

    site: Site
    workload: Workload
    binding: WorkloadBinding | None
    facts: MachineFacts
    host: HostPosture
    scope: Scope
    level: int

    @property
    def subject(self) -> Address:
        """Return the workload's address."""
        return f"workload/{self.workload.name}"

    @property
    def at(self) -> datetime:
        """Return when it was looked at."""
        return self.facts.at

    @property
    def places(self) -> Places:
        """Return where its files may lie."""
        return Places(self.site.hosts[self.scope.host].pool, self.scope)


@dataclass(frozen=True, slots=True)
class HostGround:
    """The host as a zone that nobody declared, with the highest SL-T of all that it carries."""

    site: Site
    facts: HostPosture
    level: int

    @property
    def subject(self) -> Address:
        """Return the host's address."""
        return f"host/{self.facts.host}"

    @property
    def at(self) -> datetime:
        """Return when it was looked at."""
        return self.facts.at


def level_of(site: Site, workload: Workload) -> int:
    """Return the highest SL-T of the zones that a workload stands in."""
    return max((site.zones[nic.zone].security.highest for nic in workload.interfaces), default=0)


def host_ground(facts: RunningFacts, site: Site) -> HostGround:
    """Return the ground of the host: whoever holds it holds every zone that it carries."""
    level = max((zone.security.highest for zone in site.zones.values()), default=0)
    return HostGround(site, facts.host, level)


def machine_grounds(facts: RunningFacts, site: Site, bindings: Bindings) -> Iterator[MachineGround]:
    """Yield the ground of every machine that was looked at."""
    scope = Scope(facts.site, facts.host.host, facts.fabric)
    for name, machine in facts.machines.items():
        workload = site.workloads.get(name)
        if workload is not None:
            level = level_of(site, workload)
            yield MachineGround(site, workload, bindings.get(name), machine, facts.host, scope, level)
