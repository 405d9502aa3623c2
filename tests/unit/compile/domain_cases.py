# SPDX-License-Identifier: Apache-2.0
"""Workloads of every sort, compiled for the supported libvirts. tests/golden/domain/CASE/VERSION.xml is the definition,
VERSION.dump.xml what that libvirt made of it (tests/integration/test_libvirt_define.py records it).

After a wanted change: ``RINGFENCE_GOLDEN=write pytest tests/unit/compile tests/integration/test_libvirt_define.py`` on
each version, and read the difference before it is committed.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests import factory

from ringfence.compile.document import Document, Kind
from ringfence.compile.domain import workload_artifacts
from ringfence.compile.scope import Scope
from ringfence.facts.device import HostDevices, UsbDevice
from ringfence.facts.host import HostFacts, Versions
from ringfence.facts.image import ImageFacts
from ringfence.site.functions import EssentialFunction
from ringfence.site.site import Site
from ringfence.site.uplink import Uplink
from ringfence.site.workload import CloudInit, Device, Disk, Identity, Interface, Workload

GOLDEN = Path(__file__).resolve().parents[2] / "golden" / "domain"
SITE = "rf-t-golden"
IMAGES = {"nano": ImageFacts(factory.SHA, "qcow2", 64 * 1024**2)}
_ALL_DEVICES = (Device("guest-agent"), Device("rng"), Device("watchdog"))
_SEED = CloudInit("#cloud-config\nhostname: x\n")

WORKLOADS = {
    "plain": factory.workload("plain"),
    "described": factory.workload(
        "described", description='</description><qemu:commandline xmlns:qemu="x"/> & "more"\x00\x1b[31m\r\n end'
    ),
    "full": factory.workload(
        "full",
        vcpus=2,
        function=EssentialFunction.CONTROL,
        devices=_ALL_DEVICES,
        cloud_init=_SEED,
        disks=(
            Disk("root", size_mib=128, image="nano"),
            Disk("data", size_mib=100, serial="WD-1234"),
            Disk("more", size_mib=10, bus="scsi"),
        ),
    ),
    "legacy-pc": factory.workload(
        "legacy",
        chipset="pc",
        profile="legacy-pc",
        display="vnc",
        interfaces=(Interface("eth0", "control", model="rtl8139"), Interface("eth1", "control", model="pcnet")),
        disks=(Disk("root", image="nano", bus="ide"), Disk("more", size_mib=8, bus="ide")),
        cloud_init=_SEED,
    ),
    "windows": factory.workload(
        "windows",
        profile="windows-server",
        display="vnc",
        clock="localtime",
        interfaces=(Interface("eth0", "control", model="e1000"),),
        disks=(Disk("root", image="nano", bus="sata"), Disk("data", size_mib=8, bus="sata")),
        identity=Identity(smbios_serial="VMware-56 4d"),
        cloud_init=_SEED,
    ),
    "uefi": factory.workload("uefi", firmware="uefi", interfaces=(Interface("eth0", "control", model="e1000e"),)),
    "passed": factory.workload(
        "passed",
        devices=(
            Device("usb", {"vendor": "0529", "product": "0001"}),
            Device("pci", {"address": "0000:03:00.1"}),
            Device("serial", {"path": "/dev/ttyS1"}),
        ),
    ),
    "past-the-fabric": factory.workload(
        "past",
        interfaces=(
            Interface("eth0", "control"),
            Interface("eth1", "control", kind="macvtap", uplink="plant", reason="r"),
            Interface("eth2", "control", kind="vf", device="0000:03:10.2", reason="r"),
            Interface("eth3", "control", kind="pci", device="0000:04:00.0", reason="r"),
        ),
    ),
    "alike": factory.workload(
        "alike", devices=(Device("usb", {"vendor": "0529", "product": "0002", "serial": "B", "port": "2-1"}),)
    ),
    "pc-virtio": factory.workload(
        "pcvirtio",
        chipset="pc",
        devices=_ALL_DEVICES,
        disks=(Disk("root", image="nano"), Disk("data", size_mib=8, bus="sata"), Disk("more", size_mib=8, bus="scsi")),
    ),
}
_DONGLES = tuple(
    UsbDevice(f"{bus}-1", "0529", "0002", serial, bus=bus, number=4) for bus, serial in ((1, "A"), (2, "B"))
)
_DEVICES = HostDevices(usb=_DONGLES, at_all=True)
VERSIONS = {
    "9.0": factory.host_facts(
        devices=_DEVICES, versions=Versions((9, 0, 0), (7, 2, 22), (1, 0, 6), (6, 1, 0), (3, 11, 2))
    ),
    "11.3": factory.host_facts(
        devices=_DEVICES,
        versions=Versions((11, 3, 0), (10, 0, 2), (1, 1, 3), (6, 12, 0), (3, 13, 5)),
        machines={"q35": "pc-q35-10.0", "pc": "pc-i440fx-10.0"},
    ),
}
CASES = [(case, version) for case in WORKLOADS for version in VERSIONS]


def compiled(case: str, facts: HostFacts, scope: Scope | None = None, **bound: Any) -> Document:
    """Compile one case's definition."""
    workload = WORKLOADS[case]
    binding = factory.binding(workload, **({"machine": facts.machines[workload.chipset]} | bound))
    where = scope or Scope(SITE, "server1")
    made = workload_artifacts(_site(workload), workload, binding, facts, IMAGES, where, ())
    return next(artifact.document for artifact in made if artifact.document.kind is Kind.DOMAIN)


def _site(workload: Workload) -> Site:
    return factory.site([workload], name=SITE, uplinks={"plant": Uplink("plant", "server1", "eno2", shared=True)})
