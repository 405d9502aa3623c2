# SPDX-License-Identifier: Apache-2.0
"""Looks at the host's buses below /sys, and at its serial lines below /dev; below another root, a recorded host's."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from ringfence.facts.device import HostDevices, PciDevice, SerialPort, UsbDevice
from ringfence.observe.devices import mounted, pci_device, usb_device

from .sysfs import Sysfs

_PCI_TEXTS = ("vendor", "device", "class")
_PCI_LINKS = ("driver", "iommu_group", "physfn")
_USB_TEXTS = ("idVendor", "idProduct", "serial", "manufacturer", "product", "busnum", "devnum", "bDeviceClass")
_SERIAL_NAMES = ("dev/serial/by-id", "dev/serial/by-path")
_MODULES = ("modules.dep", "modules.builtin")


def host_devices(sysfs: Sysfs) -> HostDevices:
    """Return everything on the host's buses."""
    disks = _disks_in_use(sysfs)
    pci = tuple(_pci(sysfs, address, disks) for address in _names(sysfs, "sys/bus/pci/devices"))
    return HostDevices(pci, tuple(_usb(sysfs)), tuple(_serial(sysfs)), at_all=True)


def has_vfio(sysfs: Sysfs, release: str) -> bool:
    """Tell whether the kernel can give PCI devices away: vfio-pci is there, or can be loaded."""
    if (sysfs.root / "sys/bus/pci/drivers/vfio-pci").is_dir():
        return True
    return any("vfio-pci.ko" in sysfs.text(f"lib/modules/{release}/{name}") for name in _MODULES)


def _names(sysfs: Sysfs, folder: str) -> list[str]:
    try:
        return sorted(path.name for path in (sysfs.root / folder).iterdir())
    except OSError:
        return []


def _pci(sysfs: Sysfs, address: str, disks: dict[str, list[str]]) -> PciDevice:
    folder = f"sys/bus/pci/devices/{address}"
    texts = {name: sysfs.text(f"{folder}/{name}") for name in _PCI_TEXTS}
    texts |= {name: _leads_to(sysfs.root / folder / name) for name in _PCI_LINKS}
    return pci_device(address, texts, tuple(_links(sysfs, folder)), tuple(disks.get(address, ())))


def _links(sysfs: Sysfs, folder: str) -> Iterator[str]:
    """Yield a card's network interfaces; those of a virtual machine stand below a device of virtio."""
    for below in ("", *(f"/{name}" for name in _names(sysfs, folder) if name.startswith("virtio"))):
        yield from _names(sysfs, f"{folder}{below}/net")


def _leads_to(link: Path) -> str:
    return link.resolve().name if link.is_symlink() else ""


def _disks_in_use(sysfs: Sysfs) -> dict[str, list[str]]:
    """Return block devices that are mounted, swapped to or built upon, by each PCI address on their way."""
    used = mounted(sysfs.text("proc/self/mountinfo"), sysfs.text("proc/swaps"))
    found: dict[str, list[str]] = defaultdict(list)
    for name in _names(sysfs, "sys/class/block"):
        folder = sysfs.root / "sys/class/block" / name
        taken = {sysfs.text(f"sys/class/block/{name}/dev"), f"/dev/{name}"} & used
        if taken or _names(sysfs, f"sys/class/block/{name}/holders"):
            for step in folder.resolve().parts:
                found[step].append(name)
    return found


def _usb(sysfs: Sysfs) -> Iterator[UsbDevice]:
    """Yield devices; names with a colon are interfaces of one, ``usb1`` is a bus."""
    for name in _names(sysfs, "sys/bus/usb/devices"):
        if name[0].isdigit() and ":" not in name:
            folder = f"sys/bus/usb/devices/{name}"
            found = usb_device(name, {text: sysfs.text(f"{folder}/{text}") for text in _USB_TEXTS})
            if found is not None:
                yield found


def _serial(sysfs: Sysfs) -> Iterator[SerialPort]:
    """Yield lines with a real device behind them: the kernel also has a ``ttyS`` for every one that might be there."""
    names: dict[str, list[str]] = defaultdict(list)
    for folder in _SERIAL_NAMES:
        for name in _names(sysfs, folder):
            target = (sysfs.root / folder / name).resolve().name
            names[f"/dev/{target}"].append(f"/{folder}/{name}")
    for name in _names(sysfs, "sys/class/tty"):
        device = sysfs.root / "sys/class/tty" / name / "device"
        if device.is_symlink() and _is_line(sysfs, name):
            yield SerialPort(f"/dev/{name}", tuple(names[f"/dev/{name}"]))


def _is_line(sysfs: Sysfs, name: str) -> bool:
    """Tell whether a ``ttyS`` has hardware (its type is not 0, PORT_UNKNOWN); others come with their device."""
    return not name.startswith("ttyS") or sysfs.text(f"sys/class/tty/{name}/type") not in {"", "0"}
