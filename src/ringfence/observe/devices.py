# SPDX-License-Identifier: Apache-2.0
"""What /sys says about devices becomes facts (kernel documentation, ABI/testing: sysfs-bus-pci, sysfs-bus-usb)."""

from __future__ import annotations

from collections.abc import Mapping

from ringfence.facts.device import PciDevice, UsbDevice

_HUB = "09"
"""Device class of a USB hub (USB 2.0 clause 11.23.1)."""


def pci_device(address: str, texts: Mapping[str, str], links: tuple[str, ...], disks: tuple[str, ...]) -> PciDevice:
    """Return one device. ``texts`` are its attributes by name, and what its symbolic links lead to."""
    group = texts.get("iommu_group", "")
    return PciDevice(
        address,
        hexadecimal(texts.get("vendor", "")),
        hexadecimal(texts.get("device", "")),
        hexadecimal(texts.get("class", "")),
        texts.get("driver", ""),
        int(group) if group.isdecimal() else None,
        texts.get("physfn") or None,
        links,
        disks,
    )


def usb_device(port: str, texts: Mapping[str, str]) -> UsbDevice | None:
    """Return one device; None for a hub and for what is no device."""
    if not texts.get("idVendor") or texts.get("bDeviceClass") == _HUB:
        return None
    words = (texts.get("manufacturer", ""), texts.get("product", ""))
    return UsbDevice(
        port,
        texts["idVendor"].lower(),
        texts.get("idProduct", "").lower(),
        texts.get("serial", ""),
        " ".join(filter(None, words)),
        _number(texts.get("busnum", "")),
        _number(texts.get("devnum", "")),
    )


def mounted(mountinfo: str, swaps: str) -> frozenset[str]:
    """Return what is mounted as ``major:minor``, and what is swapped to as its path (proc(5))."""
    numbers = {words[2] for line in mountinfo.splitlines() if len(words := line.split()) > 2}  # noqa: PLR2004 - field 3
    paths = {line.split()[0] for line in swaps.splitlines()[1:] if line.split()}
    return frozenset(numbers | paths)


def hexadecimal(text: str) -> str:
    """``0x8086`` becomes ``8086``."""
    return text.lower().removeprefix("0x")


def _number(text: str) -> int:
    return int(text) if text.isdecimal() else 0
