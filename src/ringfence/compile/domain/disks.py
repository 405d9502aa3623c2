# SPDX-License-Identifier: Apache-2.0
"""Disks of a domain: overlays over root-owned images, the seed, and the controllers they hang on."""

from __future__ import annotations

from collections.abc import Mapping

from lxml import etree

from ringfence.base.errors import BadInput
from ringfence.site.workload import Disk

from .machine import Machine, put_pci

_PREFIXES: Mapping[str, str] = {"virtio": "vd", "sata": "sd", "scsi": "sd", "ide": "hd"}
MOST_IDE = 4
MOST_SATA = 6
DIRECT = "direct-io"
"""Feature of a host whose pool takes O_DIRECT (drivers/images probes it)."""


def put_disks(devices: etree._Element, machine: Machine, formats: Mapping[str, str]) -> None:
    """Add the workload's disks in boot order, then its seed. ``formats`` is each base image's format by disk name."""
    taken: dict[str, int] = {}
    for number, disk in enumerate(machine.workload.disks):
        _put_disk(devices, machine, disk, formats.get(disk.name, ""), number, _next(taken, disk.bus))
    if machine.workload.cloud_init is not None:
        _put_seed(devices, machine, _next(taken, seed_bus(machine)))


def seed_bus(machine: Machine) -> str:
    """Return the bus of the seed: virtio, or the CD-ROM bus of a machine whose guest may have no virtio driver."""
    old = machine.buses() & {"sata", "ide"}
    return min(old) if old and "virtio" not in machine.buses() else "virtio"


def put_controllers(devices: etree._Element, machine: Machine) -> None:
    """Add the disk controllers that the chipset brings and those that disks need."""
    buses = machine.buses() | ({seed_bus(machine)} if machine.workload.cloud_init else frozenset())
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


def _next(taken: dict[str, int], bus: str) -> int:
    """Count the devices whose names share a prefix: sata and scsi disks are both sda, sdb ..."""
    prefix = _PREFIXES[bus]
    taken[prefix] = taken.get(prefix, -1) + 1
    return taken[prefix]


def _put_disk(devices: etree._Element, machine: Machine, disk: Disk, base: str, number: int, unit: int) -> None:
    places = machine.places
    found = etree.SubElement(devices, "disk", type="file", device="disk")
    _put_driver(found, machine)
    _put_source(found, places.volume(machine.workload.name, disk.name))
    sha256 = machine.binding.images.get(disk.name)
    if sha256 is not None and base:
        _put_backing(found, places.base(sha256, base), base)
    etree.SubElement(found, "target", dev=_device(disk.bus, unit), bus=disk.bus)
    if disk.serial is not None:
        etree.SubElement(found, "serial").text = disk.serial
    etree.SubElement(found, "boot", order=str(number + 1))
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


def _put_seed(devices: etree._Element, machine: Machine, unit: int) -> None:
    bus = seed_bus(machine)
    kind = "disk" if bus == "virtio" else "cdrom"  # an IDE or SATA disk cannot be read-only (QEMU's ide-hd)
    found = etree.SubElement(devices, "disk", type="file", device=kind)
    etree.SubElement(found, "driver", name="qemu", type="raw")
    _put_source(found, machine.places.seed(machine.workload.name))
    etree.SubElement(found, "target", dev=_device(bus, unit), bus=bus)
    etree.SubElement(found, "readonly")
    _put_address(found, machine, bus, unit, "seed")


def _device(bus: str, unit: int) -> str:
    return f"{_PREFIXES[bus]}{chr(ord('a') + unit)}"


def _put_address(disk: etree._Element, machine: Machine, bus: str, unit: int, key: str) -> None:
    if bus == "virtio":
        machine.place(disk, key)
        return
    where = {"controller": "0", "bus": "0", "target": "0", "unit": str(unit)}
    if bus == "ide":
        where.update(bus=str(unit // 2), unit=str(unit % 2))
    most = {"ide": MOST_IDE, "sata": MOST_SATA}.get(bus, 26)
    if unit >= most:
        raise BadInput(
            f"Workload {machine.workload.name} has more {bus} disks than the controller takes ({most}).",
            "Move some of them to another bus.",
        )
    etree.SubElement(disk, "address", {"type": "drive", **where})
