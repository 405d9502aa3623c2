# SPDX-License-Identifier: Apache-2.0
"""Devices of a host that a workload may be given: on its PCI and USB buses, and its serial lines."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class PciDevice:
    """One function on the PCI bus. Ids are four hexadecimal digits, ``kind`` is the six of its class."""

    address: str
    """``0000:03:00.0``."""
    vendor: str
    product: str
    kind: str
    driver: str = ""
    """The kernel's driver that has it now; empty for none."""
    group: int | None = None
    """IOMMU group: what lies in one group can only be given away together. None without an IOMMU."""
    parent: str | None = None
    """Physical function that a virtual function belongs to (SR-IOV)."""
    links: tuple[str, ...] = ()
    """Network interfaces that it is."""
    disks: tuple[str, ...] = ()
    """Block devices on it that the host has mounted, or builds others on."""

    @property
    def is_bridge(self) -> bool:
        """Tell whether it is a bridge between buses, which stays with the host (class 0604)."""
        return self.kind.startswith("0604")


@dataclass(frozen=True, slots=True)
class UsbDevice:
    """One device on a USB bus, hubs left out. ``bus`` and ``number`` change whenever it is plugged in anew."""

    port: str
    """``1-4.2``: bus 1, port 4 of it, port 2 of the hub there."""
    vendor: str
    product: str
    serial: str = ""
    name: str = ""
    bus: int = 0
    number: int = 0


@dataclass(frozen=True, slots=True)
class SerialPort:
    """A serial line: ``/dev/ttyUSB0``, and the names in /dev/serial that stay the same."""

    path: str
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class HostDevices:
    """All that was found on a host; ``at_all`` is False where nobody looked."""

    pci: tuple[PciDevice, ...] = ()
    usb: tuple[UsbDevice, ...] = ()
    serial: tuple[SerialPort, ...] = ()
    at_all: bool = field(default=False)

    def pci_at(self, address: str) -> PciDevice | None:
        """Return the device at an address."""
        return next((one for one in self.pci if one.address == address), None)

    def usb_like(self, vendor: str, product: str, serial: str = "", port: str = "") -> tuple[UsbDevice, ...]:
        """Return the devices of a vendor and product; of a serial number and at a port where those are given."""
        return tuple(
            one
            for one in self.usb
            if (one.vendor, one.product) == (vendor.lower(), product.lower())
            and serial in {"", one.serial}
            and port in {"", one.port}
        )

    def serial_at(self, path: str) -> SerialPort | None:
        """Return the serial line that a path means."""
        return next((one for one in self.serial if path == one.path or path in one.names), None)
