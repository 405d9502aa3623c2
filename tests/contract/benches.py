# SPDX-License-Identifier: Apache-2.0
"""The drivers that are held to the contract: the simulated host, and each real one."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from tests import factory
from tests.boot_case import compiled, expired, poll
from tests.boot_case import plant as boot_plant
from tests.contract.bench import Bench
from tests.integration.fabric.stage import Stage, waterworks
from tests.packets import bay, gathering
from tests.unit.compile.test_hostnet import compiled as compiled_hostnet
from tests.unit.compile.test_hostnet import uplink
from tests.unit.engine.yard import TOLERANCE
from tests.unit.plan.plant import SCOPE, Vm, small

from ringfence.base.units import MiB
from ringfence.compile.document import Artifact, Kind
from ringfence.compile.domain import tolerated
from ringfence.compile.fabric import fabric_artifacts
from ringfence.compile.scope import Scope
from ringfence.drivers.boot.driver import BootDriver
from ringfence.drivers.hostnet.driver import HostnetDriver
from ringfence.drivers.memory.host import MemoryHost
from ringfence.drivers.system.clock import SystemClock
from ringfence.ports.artifacts import ArtifactPort
from ringfence.site.workload import Disk


@contextmanager
def memory(folder: Path) -> Iterator[Bench]:
    """The simulated host, with every kind."""
    before = small()
    after = replace(before.with_vm("scada", version=2).without("historian"), policy="accept", zones=("control", "view"))
    after = replace(after, vms=(*after.vms, Vm("hmi", number=9)))
    host = MemoryHost(folder / "world.json", SystemClock())
    yield Bench("memory", (host.artifacts,), SCOPE, before.artifacts(), after.artifacts(), TOLERANCE)


@contextmanager
def memory_bay(folder: Path) -> Iterator[Bench]:
    """The simulated host with a bay as it is compiled: a wire, and layer-2 conduits that share elements."""
    host = MemoryHost(folder / "world.json", SystemClock())
    scope = bay.scope("rf-t-contract")
    yield Bench("memory", (host.artifacts,), scope, bay_artifacts(scope), bay_artifacts(scope, changed=True))


@contextmanager
def real_bay(_folder: Path) -> Iterator[Bench]:
    """The kernel with the same."""
    from tests.integration.fabric.yard import yard

    from ringfence.drivers.fabric.driver import FabricDriver

    scope = bay.scope("rf-t-contract")
    first, second = bay_artifacts(scope), bay_artifacts(scope, changed=True)
    bench = Bench("bay", (FabricDriver(),), scope, first, second)
    with yard():
        try:
            yield bench
        finally:
            bench.clear()


def bay_artifacts(scope: Scope, *, changed: bool = False) -> tuple[Artifact, ...]:
    """Answer the bay; changed: another VLAN, a device less, a conduit less that shared what its sender says."""
    site = bay.site(scope.site)
    if changed:
        kept = {name: one for name, one in site.conduits.items() if name not in {"trip-bay", "status-two"}}
        tagged = kept["tagged"].layer2
        kept["tagged"] = replace(kept["tagged"], layer2=tagged and replace(tagged, vlan=6))
        site = replace(site, conduits=kept, assets={"ied-1": site.assets["ied-1"]})
    return fabric_artifacts(site, frozenset(site.workloads), bay.bindings(site), scope, factory.NOW)


@contextmanager
def boot(folder: Path) -> Iterator[Bench]:
    """Boot files below a folder."""
    scope = Scope("rf-t-boot", "server1")
    first, second = (
        _only(compiled(site, scope), Kind.BOOT) for site in (boot_plant(), boot_plant(poll("new"), expired()))
    )
    yield Bench("boot", (BootDriver(folder),), scope, first, second)


@contextmanager
def hostnet(folder: Path) -> Iterator[Bench]:
    """Files for network tools below a folder: one uplink, then another beside it and no NetworkManager any more."""
    scope = factory.scope()
    first = compiled_hostnet(uplink())
    second = compiled_hostnet(uplink(interface="eno3"), uplink("hall", interface="eno4"), tools=frozenset({"networkd"}))
    yield Bench("hostnet", (HostnetDriver(folder),), scope, tuple(first.values()), tuple(second.values()))


@contextmanager
def fabric(_folder: Path) -> Iterator[Bench]:
    """The kernel: namespaces, links, nftables, dnsmasq, with stubs at the end of every port."""
    stage = waterworks("rf-t-contract")
    conduits = {name: conduit for name, conduit in stage.site.conduits.items() if name != "t-in-zone"}
    fewer = {name: workload for name, workload in stage.site.workloads.items() if name != "jump"}
    changed = replace(stage.site, conduits={n: c for n, c in conduits.items() if "jump" not in str(c)}, workloads=fewer)
    bench = Bench(
        "fabric",
        (stage.driver,),
        stage.scope,
        stage.compile(),
        replace(stage, site=changed).compile(),
    )
    try:
        yield bench
    finally:
        bench.clear()


@contextmanager
def relays(_folder: Path) -> Iterator[Bench]:
    """The kernel, with what is said to many."""
    stage, (first, second) = _gathering("rf-t-many")
    bench = Bench("relays", (stage.driver,), stage.scope, first, second)
    try:
        yield bench
    finally:
        bench.clear()


@contextmanager
def memory_relays(folder: Path) -> Iterator[Bench]:
    """The simulated host, with what is said to many."""
    stage, (first, second) = _gathering("rf-t-many")
    host = MemoryHost(folder / "world.json", SystemClock())
    yield Bench("memory-relays", (host.artifacts,), stage.scope, first, second, TOLERANCE)


def _gathering(name: str) -> tuple[Stage, tuple[tuple[Artifact, ...], tuple[Artifact, ...]]]:
    """Return a fabric, and what it is before and after: relays come, go, and lose and win members."""
    stage = Stage(gathering.site(name), gathering.scope(name))
    conduits = {one: conduit for one, conduit in stage.site.conduits.items() if one != "telemetry"}
    conduits["who-is"] = replace(conduits["who-is"], target=conduits["who-is-too"].target)
    conduits["more-io"] = replace(conduits["io"], name="more-io", target=conduits["who-is"].source)
    changed = replace(stage, site=replace(stage.site, conduits=conduits))
    return stage, (stage.compile(), changed.compile())


@contextmanager
def outside(_folder: Path) -> Iterator[Bench]:
    """The kernel, with every way to the plant: cards that are moved, and networks that are translated."""
    from tests.integration.outside.grounds import laid_out

    with laid_out("rf-t-outer") as grounds:
        bench = _outside("outside", grounds.stage.driver, grounds.stage)
        try:
            yield bench
        finally:
            bench.clear()


@contextmanager
def memory_outside(folder: Path) -> Iterator[Bench]:
    """The simulated host with the same."""
    from tests.integration.outside.grounds import stage

    host = MemoryHost(folder / "world.json", SystemClock())
    yield _outside("memory-outside", host.artifacts, stage("rf-t-outer"))


def _outside(name: str, port: ArtifactPort, stage: Stage) -> Bench:
    """Return a plant outside before and after: cards change places, one skid is not translated any more."""
    site = stage.site
    plant, skid = site.uplinks["plant"], site.uplinks["skid-one"]
    swapped = {"plant": replace(plant, interface=skid.interface), "skid-one": replace(skid, interface=plant.interface)}
    assets = {**site.assets, "two": replace(site.assets["two"], seen_as=None)}
    conduits = {name: one for name, one in site.conduits.items() if name not in {"poll", "wall"}}
    after = replace(site, uplinks={**site.uplinks, **swapped}, assets=assets, conduits=conduits)
    return Bench(name, (port,), stage.scope, stage.compile(), replace(stage, site=after).compile())


@contextmanager
def images(folder: Path) -> Iterator[Bench]:
    """Files of a pool: a base image, disks over it, a cloud-init seed."""
    from ringfence.drivers.images import ImagesDriver

    folder.chmod(0o755)
    pool, scope = folder / "pool", Scope("rf-t-contract", "server1")
    source = _empty_image(folder)
    first, second = (_workload_parts(pool, scope, source, size) for size in (8, 16))
    yield Bench("images", (ImagesDriver(str(pool)),), scope, first, second, lasting=frozenset({Kind.IMAGE}))


@contextmanager
def libvirt(folder: Path) -> Iterator[Bench]:
    """libvirt and a pool: a machine that finds nothing to boot."""
    from tests.integration.plant import plant

    with plant("rf-t-contract") as made:
        here = replace(made, image=_empty_image(folder))
        one, two = (factory.workload("plc", memory_mib=size, disks=(Disk("root", 8, "nano"),)) for size in (64, 96))
        first, second = (
            tuple(artifact for found in here.compile(workload).values() for artifact in found)
            for workload in (one, two)
        )
        bench = Bench(
            "libvirt",
            (here.images, here.libvirt),
            here.scope,
            first,
            second,
            tolerated(here.facts.versions),
            frozenset({Kind.IMAGE}),
        )
        try:
            yield bench
        finally:
            bench.clear()


def _workload_parts(pool: Path, scope: Scope, source: Path, size: int) -> tuple[Artifact, ...]:
    from ringfence.compile.places import Places
    from ringfence.compile.seed import seed_artifact
    from ringfence.compile.volume import Base, image_artifacts, volume_artifacts
    from ringfence.drivers.images import ImageReader
    from ringfence.site.image import Image
    from ringfence.site.workload import CloudInit

    image = Image("nano", str(source))
    facts = ImageReader().facts(image)
    base, places = {"root": Base(image, facts.sha256, facts.format, facts.virtual_size)}, Places(str(pool), scope)
    words = CloudInit(f"#cloud-config\n# {size}\n")
    workload = factory.workload("plc", disks=(Disk("root", size, "nano"), Disk("data", 1)), cloud_init=words)
    site, bound, uid = factory.site((workload,)), factory.binding(workload, 10), 2_000_000_099
    return (
        *image_artifacts(places, base),
        *volume_artifacts(places, workload, base, uid, {"workload": "plc"}),
        *seed_artifact(places, site, workload, bound, uid, {"workload": "plc"}),
    )


def _empty_image(folder: Path) -> Path:
    path = folder / "image.qcow2"
    subprocess.run(["qemu-img", "create", "-q", "-f", "qcow2", path, str(4 * MiB)], check=True)
    return path


def _only(artifacts: tuple[Artifact, ...], kind: Kind) -> tuple[Artifact, ...]:
    return tuple(artifact for artifact in artifacts if artifact.document.kind is kind)
