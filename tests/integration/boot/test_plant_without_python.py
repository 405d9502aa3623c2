# SPDX-License-Identifier: Apache-2.0
"""Two real guests come up by sh, ip, nft, dnsmasq and virsh, again after everything volatile is gone, and go down."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests import factory

from ringfence.base.addresses import Address
from ringfence.compile.allocate import allocate
from ringfence.compile.bindings import Bindings
from ringfence.compile.boot import boot_folder
from ringfence.compile.compiler import compile_host
from ringfence.compile.document import Artifact, Document, Kind
from ringfence.compile.domain import tolerated
from ringfence.drivers.boot.driver import BootDriver
from ringfence.drivers.fabric.driver import FabricDriver
from ringfence.drivers.host.driver import HostDriver
from ringfence.drivers.images import ImageReader, ImagesDriver
from ringfence.drivers.libvirt import LibvirtDriver
from ringfence.drivers.probes.driver import ProbeDriver
from ringfence.facts.host import HostFacts
from ringfence.plan.change import Change
from ringfence.site.host import Host
from ringfence.site.image import Image
from ringfence.site.probe import Probe
from ringfence.site.site import Site

SCOPE = factory.scope(site="rf-t-bootvm")
POOL = "/var/lib/libvirt/images/rf-t-bootvm-pool"
GUEST = Path(os.environ.get("RINGFENCE_CACHE", "/var/cache/ringfence")) / "guests" / "plc.qcow2"
PROBE = Probe("modbus", 502, within=120)
DISKS = (Kind.IMAGE, Kind.VOLUME, Kind.SEED)

pytestmark = pytest.mark.skipif(not GUEST.exists(), reason="needs guests/build plc")


@dataclass(frozen=True)
class Plant:
    """A compiled site with its disks and boot files; nothing of it runs."""

    facts: HostFacts
    artifacts: tuple[Artifact, ...]
    bindings: Bindings
    root: Path

    def run(self, name: str, *words: str) -> str:
        script = self.root / boot_folder(SCOPE).lstrip("/") / name
        done = subprocess.run(["sh", script, *words], capture_output=True, text=True, check=False, timeout=300)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def differences(self) -> dict[Address, set[str]]:
        """Return the parts of fabric, definitions and runs that are not as compiled, by address."""
        found: Mapping[Address, Document] = {**FabricDriver().observe(SCOPE), **LibvirtDriver().observe(SCOPE)}
        known = tolerated(self.facts.versions)
        wrong: dict[Address, set[str]] = {}
        for document in (one.document for one in self.artifacts if one.document.kind not in {*DISKS, Kind.BOOT}):
            there = found[document.address].parts if document.address in found else {}
            extra = {k for k, v in there.items() if k not in document.parts and not known.allows(document.kind, k, v)}
            missing = {key for key, value in document.parts.items() if there.get(key) != value}
            if extra | missing:
                wrong[document.address] = extra | missing
        return wrong

    def answers(self, workload: str) -> bool:
        return ProbeDriver().ask(SCOPE, PROBE, str(self.bindings[workload].interfaces["eth0"].ipv4)).ok


def site() -> Site:
    plc = factory.workload("plc", probes=(PROBE,), memory_mib=128)
    twin = factory.workload("a-twin", probes=(PROBE,), memory_mib=128, after=("plc",))
    hosts = {"server1": Host("server1", pool=POOL)}
    return factory.site((plc, twin), name=SCOPE.site, hosts=hosts, images={"nano": Image("nano", str(GUEST))})


@pytest.fixture
def plant(tmp_path: Path) -> Iterator[Plant]:
    declared, facts = site(), HostDriver().facts("server1", POOL)
    images = {"nano": ImageReader().facts(declared.images["nano"])}
    scopes, everywhere = dict.fromkeys(declared.workloads, SCOPE), dict.fromkeys(declared.workloads, facts)
    bindings, _ = allocate(declared, everywhere, images, {}, scopes)
    here = frozenset(declared.workloads)
    made = compile_host(declared, here, bindings, facts, images, SCOPE, factory.NOW)
    disks = ImagesDriver(POOL, LibvirtDriver().grow_live)
    found = Plant(facts, made, bindings, tmp_path)
    try:
        for kind in DISKS:
            disks.ensure(SCOPE, [Change(None, one.document) for one in made if one.document.kind is kind])
        BootDriver(tmp_path).ensure(SCOPE, [Change(None, made[-1].document)])
        yield found
    finally:
        found.run("down.sh", "0")
        for workload in declared.workloads:
            subprocess.run(["virsh", "-q", "undefine", SCOPE.domain(workload)], check=False)
        for kind in reversed(DISKS):
            standing = [one for one in disks.observe(SCOPE).values() if one.kind is kind]
            disks.ensure(SCOPE, [Change(one, None) for one in standing])


def lose_everything_volatile(plant: Plant) -> None:
    """What a power cut takes: guests, definitions' state in memory, namespaces, links, rules, processes."""
    for workload in plant.bindings:
        subprocess.run(["virsh", "-q", "destroy", SCOPE.domain(workload)], check=True)
    plant.run("down.sh", "0")


def test_the_plant_comes_up_comes_back_and_goes_down(plant: Plant) -> None:
    plant.run("up.sh")
    assert plant.answers("plc")  # the twin, which comes after it, was started when this one answered
    assert plant.differences() == {}
    lose_everything_volatile(plant)
    assert not plant.answers("plc")
    plant.run("up.sh")
    assert plant.answers("plc")
    assert plant.differences() == {}
    running = subprocess.run(["virsh", "-q", "list", "--name"], capture_output=True, text=True, check=True).stdout
    assert {SCOPE.domain("plc"), SCOPE.domain("a-twin")} <= set(running.split())
    assert "already" not in plant.run("up.sh")
    assert plant.differences() == {}
    plant.run("down.sh", "0")
    assert not Path("/run/netns", SCOPE.namespace).exists()
    assert FabricDriver().observe(SCOPE) == {}
