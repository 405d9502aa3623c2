# SPDX-License-Identifier: Apache-2.0
"""What hangs on a machine, from a definition or from what runs: so a device plugged in by hand is drift of the run."""

from __future__ import annotations

from lxml import etree

from .flatten import keyed

PASSIVE = frozenset({"emulator", "controller", "console", "video", "audio", "memballoon", "rng", "watchdog"})
"""Devices that reach nothing outside the machine; libvirt also shows more of them than were defined."""


def inventory(root: etree._Element) -> dict[str, str]:
    """Return the devices that reach outside, by key: disks with their file, interfaces with bridge and tap."""
    devices = root.find("devices")
    if devices is None:
        return {}
    return {f"devices/{key}": _what(device) for device, key in keyed(devices) if device.tag not in PASSIVE}


def _what(device: etree._Element) -> str:
    if device.tag == "disk":
        source = device.find("source")
        return "" if source is None else " ".join(str(value) for value in source.attrib.values() if "/" in str(value))
    if device.tag == "interface":
        found = (device.find("source"), device.find("target"))
        return " ".join(str(one.get("bridge") or one.get("dev") or "") for one in found if one is not None)
    return "present"
