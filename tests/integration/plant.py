# SPDX-License-Identifier: Apache-2.0
"""One small plant for the real libvirt: a bridge, a pool, and the two drivers, all of it removed afterwards."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests import factory

from ringfence.base.addresses import Address
from ringfence.compile.document import Artifact, Document, Kind
from ringfence.compile.domain import workload_artifacts
from ringfence.compile.scope import Scope
from ringfence.drivers.host.driver import HostDriver
from ringfence.drivers.images import ImageReader, ImagesDriver
from ringfence.drivers.libvirt import LibvirtDriver
from ringfence.drivers.libvirt.runs import Patience
from ringfence.facts.host import HostFacts
from ringfence.plan.change import Change
from ringfence.site.host import Host
from ringfence.site.image import Image
from ringfence.site.site import Site
from ringfence.site.uplink import Uplink
from ringfence.site.workload import Workload
from ringfence.site.zone import Zone

POOLS = Path("/var/lib/libvirt/images")
"""Below libvirt's own folder: a workload's user has to be able to pass through to its disk."""
ORDER = (Kind.IMAGE, Kind.VOLUME, Kind.SEED, Kind.DOMAIN, Kind.RUN)


def nano() -> Path:
    return Path(os.environ.get("RINGFENCE_CACHE", "/var/cache/ringfence")) / "guests" / "nano.qcow2"


@dataclass
class Plant:
    """A site of the given workloads, and what it takes to bring it to life."""

    name: str
    facts: HostFacts
    image: Path
    zones: tuple[Zone, ...] = ()
    """Zones beside ``control``, whose bridge is there."""
    uplinks: tuple[Uplink, ...] = ()
    libvirt: LibvirtDriver = field(default_factory=lambda: LibvirtDriver(patience=Patience(shutdown_s=2)))

    @property
    def pool(self) -> str:
        return str(POOLS / f"{self.name}-pool")

    @property
    def scope(self) -> Scope:
        return Scope(self.name, "server1")

    @property
    def images(self) -> ImagesDriver:
        return ImagesDriver(self.pool, self.libvirt.grow_live)

    def site(self, *workloads: Workload) -> Site:
        return factory.site(
            workloads,
            name=self.name,
            zones=[factory.zone(dhcp=False), *self.zones],
            uplinks={one.name: one for one in self.uplinks},
            hosts={"server1": Host("server1", pool=self.pool)},
            images={"nano": Image("nano", str(self.image))},
        )

    def compile(self, workload: Workload, number: int = 10) -> dict[Kind, list[Artifact]]:
        site = self.site(workload)
        facts = {"nano": ImageReader().facts(site.images["nano"])}
        bound = factory.binding(workload, number, images={}, machine=self.facts.machines[workload.chipset])
        made = workload_artifacts(site, workload, bound, self.facts, facts, self.scope, ())
        return {kind: [artifact for artifact in made if artifact.document.kind is kind] for kind in ORDER}

    def apply(self, workload: Workload, number: int = 10) -> dict[Kind, list[Artifact]]:
        made = self.compile(workload, number)
        for kind in ORDER:
            changes = [Change(None, artifact.document) for artifact in made[kind]]
            (self.images if kind in self.images.kinds else self.libvirt).ensure(self.scope, changes)
        return made

    def observe(self) -> Mapping[Address, Document]:
        return {**self.images.observe(self.scope), **self.libvirt.observe(self.scope)}

    def destroy(self) -> None:
        found = self.observe().values()
        for kind in reversed(ORDER):
            changes = [Change(document, None) for document in found if document.kind is kind]
            (self.images if kind in self.images.kinds else self.libvirt).ensure(self.scope, changes)


@contextmanager
def plant(name: str) -> Iterator[Plant]:
    """Yield a plant with its bridge; afterwards everything is gone, whatever the test did."""
    made = Plant(name, HostDriver().facts("server1", str(POOLS)), nano())
    bridge = made.scope.link("bridge", "control")
    subprocess.run(["ip", "link", "add", bridge, "type", "bridge"], check=True)
    try:
        subprocess.run(["ip", "link", "set", bridge, "up", "addrgenmode", "none"], check=True)
        yield made
    finally:
        try:
            made.destroy()
        finally:
            subprocess.run(["ip", "link", "del", bridge], check=False)
