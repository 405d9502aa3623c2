# SPDX-License-Identifier: Apache-2.0
"""Devices of the host that a workload is given: USB by vendor and product, PCI by address, serial ports by path."""

from __future__ import annotations

import re

from lxml import etree

from ringfence.base.errors import BadInput
from ringfence.site.workload import Device

from .machine import Machine

USB_PORTS = 8
_ID = re.compile(r"(?:0x)?([0-9a-f]{4})", re.ASCII | re.IGNORECASE)
_PCI = re.compile(r"(?:([0-9a-f]{4}):)?([0-9a-f]{2}):([0-9a-f]{2})\.([0-7])", re.ASCII | re.IGNORECASE)
_TTY = re.compile(r"/dev/[A-Za-z0-9._/-]{1,100}", re.ASCII)


def put_passed(devices: etree._Element, machine: Machine) -> None:
    """Add the listed devices of the host. Raises BadInput for one that is not named exactly."""
    usb = [device for device in machine.workload.devices if device.kind == "usb"]
    for number, device in enumerate(usb, start=1):
        _put_usb_device(devices, machine, device, number)
    for device in machine.workload.devices:
        if device.kind == "pci":
            _put_pci_device(devices, machine, device)
    serial = [device for device in machine.workload.devices if device.kind == "serial"]
    for number, device in enumerate(serial, start=1):
        _put_serial(devices, machine, device, number)


def put_usb(devices: etree._Element, machine: Machine) -> None:
    """Add a USB controller with room for the listed devices and no more than libvirt's smallest hub needs."""
    controller = etree.SubElement(devices, "controller", type="usb", index="0", model="qemu-xhci", ports=str(USB_PORTS))
    machine.place(controller, "usb")


def _put_usb_device(devices: etree._Element, machine: Machine, device: Device, number: int) -> None:
    vendor, product = (_ID.fullmatch(device.options.get(name, "")) for name in ("vendor", "product"))
    if vendor is None or product is None:
        raise _unnamed(machine, "USB device", "'vendor:' and 'product:', four hexadecimal digits each (see 'lsusb')")
    if number > USB_PORTS:
        raise BadInput(f"Workload {machine.workload.name} has more than {USB_PORTS} USB devices.", "List fewer.")
    found = etree.SubElement(devices, "hostdev", mode="subsystem", type="usb", managed="yes")
    source = etree.SubElement(found, "source")
    etree.SubElement(source, "vendor", id=f"0x{vendor[1].lower()}")
    etree.SubElement(source, "product", id=f"0x{product[1].lower()}")
    etree.SubElement(found, "address", type="usb", bus="0", port=str(number))


def _put_pci_device(devices: etree._Element, machine: Machine, device: Device) -> None:
    address = device.options.get("address", "")
    match = _PCI.fullmatch(address)
    if match is None:
        raise _unnamed(machine, "PCI device", "'address:' as in 0000:03:00.0 (see 'lspci -D')")
    found = etree.SubElement(devices, "hostdev", mode="subsystem", type="pci", managed="yes")
    etree.SubElement(found, "driver", name="vfio")
    domain, bus, slot, function = (match[1] or "0000", match[2], match[3], match[4])
    where = {"domain": f"0x{domain}", "bus": f"0x{bus}", "slot": f"0x{slot}", "function": f"0x{function}"}
    etree.SubElement(etree.SubElement(found, "source"), "address", {name: text.lower() for name, text in where.items()})
    etree.SubElement(found, "rom", bar="off")
    machine.place(found, f"pci/{address}")


def _put_serial(devices: etree._Element, machine: Machine, device: Device, number: int) -> None:
    path = device.options.get("path", "")
    if _TTY.fullmatch(path) is None or ".." in path:
        raise _unnamed(machine, "serial port", "'path:' below /dev")
    found = etree.SubElement(devices, "serial", type="dev")
    etree.SubElement(found, "source", path=path)
    target = etree.SubElement(found, "target", type="isa-serial", port=str(number))
    etree.SubElement(target, "model", name="isa-serial")


def _unnamed(machine: Machine, what: str, wanted: str) -> BadInput:
    return BadInput(f"Workload {machine.workload.name} lists a {what} that is not named exactly.", f"Give it {wanted}.")
