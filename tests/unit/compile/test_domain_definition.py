# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from dataclasses import replace
from ipaddress import IPv4Address
from typing import Any

import pytest
from tests import factory

from ringfence.base.errors import BadInput
from ringfence.compile.bindings import WorkloadBinding
from ringfence.compile.document import Artifact, Kind
from ringfence.compile.domain import workload_artifacts
from ringfence.compile.scope import Scope
from ringfence.compile.slots import slots_of
from ringfence.facts.host import Acceleration
from ringfence.facts.image import ImageFacts
from ringfence.site.functions import EssentialFunction
from ringfence.site.workload import CloudInit, Device, Disk, Identity, Interface, Workload

IMAGES = {"nano": ImageFacts(factory.SHA, "qcow2", 64 * 1024**2)}


def build(
    workload: Workload, binding: WorkloadBinding | None = None, scope: Scope | None = None, **facts: Any
) -> dict[str, Artifact]:
    made = workload_artifacts(
        factory.site([workload]),
        workload,
        binding or factory.binding(workload),
        factory.host_facts(**facts),
        IMAGES,
        scope or factory.scope(),
        ("host/server1/live/namespace/router",),
    )
    return {artifact.address.removeprefix("host/server1/"): artifact for artifact in made}


def parts(workload: Workload, **more: Any) -> dict[str, str]:
    return dict(build(workload, **more)[f"live/domain/{workload.name}"].document.parts)


def devices(found: dict[str, str]) -> dict[str, str]:
    """Return what each device is at: its PCI or drive address."""
    return {key: value for key, value in found.items() if key.endswith("/address")}


def test_what_stands_before_what() -> None:
    workload = factory.workload("scada", after=("plc",), cloud_init=CloudInit("x"))
    made = build(workload)
    assert made["live/volume/scada/root"].needs == (f"host/server1/live/image/{factory.SHA}",)
    assert made["live/domain/scada"].needs == (
        "host/server1/live/volume/scada/root",
        "host/server1/live/seed/scada",
    )
    assert made["live/run/scada"].needs == (
        "host/server1/live/domain/scada",
        "host/server1/live/namespace/router",
        "host/server1/live/run/plc",
    )


@pytest.mark.parametrize(
    ("function", "consent", "critical"),
    [
        (EssentialFunction.NONE, (), "no"),
        (EssentialFunction.VIEW, (), "yes"),
        (EssentialFunction.CONTROL, ("restart",), "no"),
        (EssentialFunction.CONTROL, ("cut",), "yes"),
    ],
)
def test_who_may_be_interrupted(function: EssentialFunction, consent: Any, critical: str) -> None:
    made = build(factory.workload("plc", function=function, consent=consent))
    assert {made[f"live/{kind}/plc"].facts["critical"] for kind in ("domain", "run")} == {critical}
    assert made["live/volume/plc/root"].facts["data"] == "yes"


def test_a_device_that_comes_or_goes_moves_no_other() -> None:
    plain = factory.workload("plc", disks=(Disk("root", image="nano"),))
    more = replace(
        plain,
        disks=(*plain.disks, Disk("data", size_mib=8)),
        interfaces=(*plain.interfaces, Interface("eth1", "control")),
        devices=(Device("rng"), Device("guest-agent"), Device("watchdog")),
        cloud_init=CloudInit("x"),
    )
    held = factory.binding(plain)
    bound = replace(factory.binding(more), slots=slots_of(more, held.slots))
    before, after = devices(parts(plain, binding=held)), devices(parts(more, binding=bound))
    assert before.items() <= after.items()
    assert devices(parts(plain, binding=replace(held, slots=bound.slots))) == before


def test_a_new_image_file_never_changes_an_old_disk() -> None:
    workload = factory.workload("plc")
    old = replace(factory.binding(workload), images={"root": "d" * 64})
    made = build(workload, binding=old)
    assert "d" * 64 in made["live/volume/plc/root"].document.parts["backing"]
    assert f"live/image/{'d' * 64}" in made
    fresh = build(workload, binding=replace(old, images={}))
    assert factory.SHA in fresh["live/volume/plc/root"].document.parts["backing"]
    assert fresh["live/domain/plc"].document == build(workload)["live/domain/plc"].document


def test_words_change_no_machine_and_addresses_do() -> None:
    workload = factory.workload("plc")
    made, worded = build(workload), build(replace(workload, description="Boiler 2"))
    assert made["live/run/plc"].document == worded["live/run/plc"].document
    assert worded["live/domain/plc"].document.parts["description"] == "Boiler 2"
    bound = factory.binding(workload)
    nic = replace(bound.interfaces["eth0"], ipv4=IPv4Address("10.91.1.99"))
    moved = build(workload, binding=replace(bound, interfaces={"eth0": nic}))
    definitions = {one["live/run/plc"].document.parts["definition"] for one in (made, moved)}
    assert len(definitions) == 2


def test_a_sealed_copy_shares_nothing_but_the_base_image() -> None:
    workload = factory.workload("plc", cloud_init=CloudInit("x"), firmware="uefi")
    live, sealed = build(workload), build(workload, scope=factory.scope(fabric="drill"))
    own = ["name", "uuid", "seclabel[dac]/label", "devices/disk[vda]/source@file", "os/nvram"]
    here, there = live["live/domain/plc"].document.parts, sealed["drill/domain/plc"].document.parts
    assert all(here[key] != there[key] for key in own)
    nic = "devices/interface[52:54:00:91:00:0a]"
    assert here[f"{nic}/target@dev"] != there[f"{nic}/target@dev"]
    assert here[f"{nic}/source@bridge"] != there[f"{nic}/source@bridge"]
    backing = "devices/disk[vda]/backingStore/source@file"
    assert here[backing] == there[backing]
    paths = [{artifact.document.parts.get("path") for artifact in made.values()} for made in (live, sealed)]
    assert {path for path in paths[0] & paths[1] if path} == {here[backing]}


def test_nothing_boots_but_the_disk_and_no_kernel_is_ever_named() -> None:
    found = parts(factory.workload("plc", disks=(Disk("root", image="nano"), Disk("data", size_mib=1))))
    assert not [key for key in found if "kernel" in key or "initrd" in key or "cmdline" in key]
    assert (found["devices/disk[vda]/boot@order"], found["devices/disk[vdb]/boot@order"]) == ("1", "2")


def test_the_host_decides_on_acceleration_and_direct_io() -> None:
    found = parts(factory.workload("plc"))
    assert (found["@type"], found["devices/disk[vda]/driver@cache"]) == ("qemu", "none")
    kvm = parts(factory.workload("plc"), acceleration=Acceleration("yes", ""), features=frozenset())
    assert kvm["@type"] == "kvm"
    assert "devices/disk[vda]/driver@cache" not in kvm


def test_the_cpu_is_the_bound_one() -> None:
    workload = factory.workload("plc")
    bound = factory.binding(workload)
    assert parts(workload, binding=replace(bound, cpu="host-model"))["cpu@mode"] == "host-model"
    named = parts(workload, binding=replace(bound, cpu="Skylake-Server"))
    assert (named["cpu@mode"], named["cpu/model"]) == ("custom", "Skylake-Server")
    assert named["cpu/model@fallback"] == "forbid"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"disks": (Disk("root", bus="ide", image="nano"),)}, "no IDE controller"),
        ({"disks": (Disk("root"),)}, "neither a size nor an image"),
        ({"disks": (Disk("root", size_mib=1, image="nano"),)}, "smaller than its image"),
        ({"chipset": "pc", "disks": tuple(Disk(f"d{n}", size_mib=1, bus="ide") for n in range(4))}, "more ide disks"),
        ({"disks": tuple(Disk(f"d{n}", size_mib=1) for n in range(28))}, "more virtio disks|more devices"),
        ({"interfaces": (Interface("eth0", "control", kind="vf"),)}, "attached to nothing"),
        ({"interfaces": (Interface("eth0", "control", kind="macvtap", uplink="none"),)}, "attached to nothing"),
        ({"interfaces": (Interface("eth0", "control", kind="pci"),)}, "PCI device that is not named"),
        ({"firmware": "uefi-secure"}, "cannot be compiled yet"),
        ({"tpm": True}, "cannot be compiled yet"),
        ({"devices": (Device("usb", {"vendor": "12 34", "product": "1"}),)}, "USB device that is not named"),
        ({"devices": (Device("pci", {"address": "03:00"}),)}, "PCI device that is not named"),
        ({"devices": (Device("serial", {"path": "/dev/../etc/passwd"}),)}, "serial port that is not named"),
    ],
)
def test_what_cannot_be_built_is_said(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(BadInput, match=words):
        build(factory.workload("plc", **changes))


def test_uefi_without_firmware_is_said() -> None:
    with pytest.raises(BadInput, match="no UEFI firmware"):
        build(factory.workload("plc", firmware="uefi"), firmware=())


def test_names_of_disks_never_meet() -> None:
    one = build(factory.workload("a", disks=(Disk("b-c", size_mib=1),)))
    other = build(factory.workload("a-b", disks=(Disk("c", size_mib=1),)))
    assert one["live/volume/a/b-c"].document.parts["path"] != other["live/volume/a-b/c"].document.parts["path"]


def test_identity_that_came_along_is_kept() -> None:
    found = parts(factory.workload("plc", identity=Identity(smbios_serial="SN 1")))
    assert found["sysinfo/system/entry[serial]"] == "SN 1"
    assert found["os/smbios@mode"] == "sysinfo"


def test_every_document_can_be_told_apart_by_kind() -> None:
    made = build(factory.workload("plc", cloud_init=CloudInit("x")))
    assert [artifact.document.kind for artifact in made.values()] == [
        Kind.IMAGE,
        Kind.VOLUME,
        Kind.SEED,
        Kind.DOMAIN,
        Kind.RUN,
    ]
