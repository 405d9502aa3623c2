# SPDX-License-Identifier: Apache-2.0
"""Devices of the host that a workload is given: USB by vendor and product, PCI by address, serial ports by path.

libvirt knows neither serial number nor port of a USB device. Where the host has several of one vendor and product, the
one that the site means is told by bus and number, which the kernel gives anew whenever it is plugged in.
"""

from __future__ import annotations

import re

from lxml import etree

from ringfence.base.errors import BadInput
from ringfence.facts.device import UsbDevice
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
    meant = _one_of_several(machine, device, vendor[1], product[1])
    if meant is not None:
        etree.SubElement(source, "address", bus=str(meant.bus), device=str(meant.number))
    etree.SubElement(found, "address", type="usb", bus="0", port=str(number))


def _one_of_several(machine: Machine, device: Device, vendor: str, product: str) -> UsbDevice | None:
    """Return the device that is meant, where vendor and product alone would not tell. Raises BadInput."""
    known = machine.facts.devices
    if len(known.usb_like(vendor, product)) <= 1:
        return None
    meant = known.usb_like(vendor, product, device.options.get("serial", ""), device.options.get("port", ""))
    if len(meant) != 1:
        raise _unnamed(machine, "USB device", "the 'serial:' or 'port:' of one of them: the host has several alike")
    return meant[0]


def _put_pci_device(devices: etree._Element, machine: Machine, device: Device) -> None:
    address = device.options.get("address", "")
    put_whole_card(devices, machine, address, f"pci/{address}")


def put_whole_card(devices: etree._Element, machine: Machine, address: str, key: str) -> None:
    """Add a PCI device, in the slot bound to ``key``. Raises BadInput where it is not named exactly."""
    found = etree.SubElement(devices, "hostdev", mode="subsystem", type="pci", managed="yes")
    etree.SubElement(found, "driver", name="vfio")
    pci_source(found, machine, address)
    etree.SubElement(found, "rom", bar="off")
    machine.place(found, key)


def pci_source(parent: etree._Element, machine: Machine, address: str) -> None:
    """Add the source of a PCI device: its address on the host. Raises BadInput for a text that is none."""
    match = _PCI.fullmatch(address)
    if match is None:
        raise _unnamed(machine, "PCI device", "'address:' as in 0000:03:00.0 (see 'lspci -D')")
    domain, bus, slot, function = (match[1] or "0000", match[2], match[3], match[4])
    where = {"domain": f"0x{domain}", "bus": f"0x{bus}", "slot": f"0x{slot}", "function": f"0x{function}"}
    texts = {name: text.lower() for name, text in where.items()}
    if parent.tag == "interface":
        texts = {"type": "pci", **texts}
    etree.SubElement(etree.SubElement(parent, "source"), "address", texts)


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
