# SPDX-License-Identifier: Apache-2.0
"""The plant: every port to the world in one place. Drivers are imported here, and late: most commands need few."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from ringfence.ports.artifacts import ArtifactPort
from ringfence.ports.clock import Clock
from ringfence.ports.facts import FactPort
from ringfence.ports.flows import FlowPort
from ringfence.ports.grants import GrantPort
from ringfence.ports.hosts import HostPort
from ringfence.ports.images import ImagePort
from ringfence.ports.learning import LearnPort
from ringfence.ports.probes import ProbePort
from ringfence.ports.shadow import ShadowPort
from ringfence.ports.traces import TracePort
from ringfence.ports.workloads import WorkloadPort

from .place import Place


@dataclass(frozen=True, slots=True)
class Plant:
    """The world as the use cases see it."""

    artifacts: tuple[ArtifactPort, ...]
    workloads: WorkloadPort
    grants: GrantPort
    probes: ProbePort
    hosts: HostPort
    images: ImagePort
    flows: FlowPort
    traces: TracePort
    learning: LearnPort
    facts: FactPort
    shadow: ShadowPort | None
    """Tries packets in a sealed copy; None where no kernel stands behind the plant."""
    clock: Clock
    simulated: bool


def open_plant(place: Place, site: str, pool: str) -> Plant:
    """Return the real plant, or the simulated host that RINGFENCE_WORLD names."""
    if place.simulated:
        return _simulated(place)
    return _real(place, site, pool)


@dataclass(frozen=True, slots=True)
class Hosts:
    """What can be asked of a host without a site's state, and without root."""

    hosts: HostPort
    clock: Clock


def open_hosts(place: Place) -> Hosts:
    """Return the means to look at this host, or at the simulated one."""
    from ringfence.drivers.system.clock import SystemClock

    if place.simulated:
        simulated = _simulated(place)
        return Hosts(simulated.hosts, simulated.clock)
    from ringfence.drivers.host.driver import HostDriver

    return Hosts(HostDriver(), SystemClock())


def _real(place: Place, site: str, pool: str) -> Plant:
    from ringfence.drivers.boot.driver import BootDriver
    from ringfence.drivers.fabric.driver import FabricDriver
    from ringfence.drivers.fabric.flows import FlowDriver
    from ringfence.drivers.fabric.learning import LearnDriver
    from ringfence.drivers.fabric.traces import TraceDriver
    from ringfence.drivers.facts.driver import FactDriver
    from ringfence.drivers.host.driver import HostDriver
    from ringfence.drivers.hostnet.driver import HostnetDriver
    from ringfence.drivers.images.driver import ImagesDriver
    from ringfence.drivers.images.reader import ImageReader
    from ringfence.drivers.libvirt.driver import LibvirtDriver
    from ringfence.drivers.probes.driver import ProbeDriver
    from ringfence.drivers.shadow.driver import ShadowDriver
    from ringfence.drivers.system.clock import SystemClock

    fabric, libvirt = FabricDriver(), LibvirtDriver()
    disks = ImagesDriver(pool, libvirt.grow_live)
    return Plant(
        (HostnetDriver(), fabric, disks, libvirt, BootDriver()),
        libvirt,
        fabric,
        ProbeDriver(),
        HostDriver(),
        ImageReader(place.site(site) / "images.json"),
        FlowDriver(),
        TraceDriver(),
        LearnDriver(),
        FactDriver(),
        ShadowDriver(),
        SystemClock(),
        simulated=False,
    )


def _simulated(place: Place) -> Plant:
    from ringfence.drivers.memory.faults import Faulty, faults_from_text
    from ringfence.drivers.memory.host import MemoryHost
    from ringfence.drivers.system.clock import SystemClock

    clock = SystemClock()
    host = MemoryHost(Path(place.world.removeprefix("memory:")), clock)
    faults = faults_from_text(os.environ.get("RINGFENCE_FAULTS", ""))
    return Plant(
        (Faulty(host.artifacts, faults) if faults else host.artifacts,),
        host.workloads,
        host.grants,
        host.probes,
        host.hosts,
        host.images,
        host.flows,
        host.traces,
        host.learning,
        host.facts,
        None,
        clock,
        simulated=True,
    )
