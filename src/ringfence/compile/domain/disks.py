# SPDX-License-Identifier: Apache-2.0
"""Disks of a domain: overlays over root-owned images, the seed, and the controllers they hang on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from lxml import etree

from ringfence.base.errors import BadInput
from ringfence.compile.seed import seed_bus
from ringfence.site.workload import Disk

from .machine import Machine, put_pci

_PREFIXES: Mapping[str, str] = {"virtio": "vd", "sata": "sd", "scsi": "sd", "ide": "hd"}
_MOST: Mapping[str, int] = {"virtio": 25, "sata": 5, "scsi": 20, "ide": 3}
"""Disks that a bus takes beside the seed, which has the last place on it, so that adding a disk never moves it."""
_SEED: Mapping[str, tuple[str, int]] = {"virtio": ("vdz", 0), "sata": ("sdz", 5), "ide": ("hdd", 3)}
DIRECT = "direct-io"
"""Feature of a host whose pool takes O_DIRECT (drivers/images probes it)."""


def put_disks(devices: etree._Element, machine: Machine, formats: Mapping[str, str]) -> None:
    """Add the workload's disks in boot order, then its seed. ``formats`` is each base image's format by disk name."""
    for number, disk in enumerate(machine.workload.disks):
        _put_disk(devices, machine, disk, formats.get(disk.name, ""), number)
    if machine.workload.cloud_init is not None:
        _put_seed(devices, machine)


def put_controllers(devices: etree._Element, machine: Machine) -> None:
    """Add the disk controllers that the chipset brings and those that disks need."""
    buses = machine.buses() | ({seed_bus(machine.workload)} if machine.workload.cloud_init else frozenset())
    if machine.workload.chipset == "q35":
        put_pci(_controller(devices, "sata"), 0x1F, 2)
    elif "sata" in buses:
        machine.place(_controller(devices, "sata"), "sata")
    if "ide" in buses:
        _put_ide(devices, machine)
    if "scsi" in buses:
        scsi = _controller(devices, "scsi")
        scsi.set("model", "virtio-scsi")
        machine.place(scsi, "scsi")


def _put_ide(devices: etree._Element, machine: Machine) -> None:
    if machine.workload.chipset != "pc":
        raise BadInput(
            f"Workload {machine.workload.name} has an IDE disk, and chipset q35 has no IDE controller.",
            "Say 'chipset: pc', or 'bus: sata' for the disk.",
        )
    put_pci(_controller(devices, "ide"), 0x01, 1)


def _controller(devices: etree._Element, kind: str) -> etree._Element:
    return etree.SubElement(devices, "controller", type=kind, index="0")


def _put_disk(devices: etree._Element, machine: Machine, disk: Disk, base: str, number: int) -> None:
    places, before = machine.places, machine.workload.disks[:number]
    found = etree.SubElement(devices, "disk", type="file", device="disk")
    _put_driver(found, machine)
    _put_source(found, places.volume(machine.workload.name, disk.name))
    sha256 = machine.binding.images.get(disk.name)
    if sha256 is not None and base:
        _put_backing(found, places.base(sha256, base), base)
    else:
        etree.SubElement(found, "backingStore")  # nothing below it, whatever its header may come to say
    etree.SubElement(found, "target", dev=_device(disk.bus, before), bus=disk.bus)
    if disk.serial is not None:
        etree.SubElement(found, "serial").text = disk.serial
    etree.SubElement(found, "boot", order=str(number + 1))
    unit = sum(1 for earlier in before if earlier.bus == disk.bus)
    if unit >= _MOST[disk.bus]:
        raise BadInput(
            f"Workload {machine.workload.name} has more {disk.bus} disks than the bus takes ({_MOST[disk.bus]}).",
            "Move some of them to another bus.",
        )
    _put_address(found, machine, disk.bus, unit, f"disk/{disk.name}")


def _put_driver(disk: etree._Element, machine: Machine) -> None:
    driver = etree.SubElement(disk, "driver", name="qemu", type="qcow2")
    if DIRECT in machine.facts.features:
        driver.set("cache", "none")
        driver.set("io", "native")
    driver.set("discard", "unmap")


def _put_source(disk: etree._Element, path: str) -> None:
    """Add the file. It belongs to the workload's own user already, so libvirt leaves its owner alone."""
    source = etree.SubElement(disk, "source", file=path)
    etree.SubElement(source, "seclabel", model="dac", relabel="no")


def _put_backing(disk: etree._Element, path: str, form: str) -> None:
    """Name the whole chain: what libvirt would find by itself it would also hand to the workload's user."""
    backing = etree.SubElement(disk, "backingStore", type="file")
    etree.SubElement(backing, "format", type=form)
    _put_source(backing, path)
    etree.SubElement(backing, "backingStore")


def _put_seed(devices: etree._Element, machine: Machine) -> None:
    bus = seed_bus(machine.workload)
    device, unit = _SEED[bus]
    kind = "disk" if bus == "virtio" else "cdrom"  # an IDE or SATA disk cannot be read-only (QEMU's ide-hd)
    found = etree.SubElement(devices, "disk", type="file", device=kind)
    etree.SubElement(found, "driver", name="qemu", type="raw")
    _put_source(found, machine.places.seed(machine.workload.name))
    etree.SubElement(found, "target", dev=device, bus=bus)
    etree.SubElement(found, "readonly")
    _put_address(found, machine, bus, unit, "seed")


def _device(bus: str, before: Sequence[Disk]) -> str:
    """Return vda, vdb ... in order; SATA and SCSI disks share their letters."""
    prefix = _PREFIXES[bus]
    return f"{prefix}{chr(ord('a') + sum(1 for disk in before if _PREFIXES[disk.bus] == prefix))}"


def _put_address(disk: etree._Element, machine: Machine, bus: str, unit: int, key: str) -> None:
    if bus == "virtio":
        machine.place(disk, key)
        return
    where = {"controller": "0", "bus": "0", "target": "0", "unit": str(unit)}
    if bus == "ide":
        where.update(bus=str(unit // 2), unit=str(unit % 2))
    etree.SubElement(disk, "address", {"type": "drive", **where})
