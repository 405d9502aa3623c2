# SPDX-License-Identifier: Apache-2.0
"""The other devices: entropy, input, sound, memory shared or lent, sockets to the host, QEMU's own program."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from ringfence.compile.document import Document
from ringfence.proof.flow import Place

from . import kind
from .device import Device
from .found import HOST, Found, machine

_SILENT_INPUT: Final = frozenset({"mouse", "keyboard", "tablet"})
_PROGRAMS: Final = frozenset({"/usr/bin/qemu-system-x86_64", "/usr/bin/kvm", "/usr/libexec/qemu-kvm"})
"""QEMU as Debian and Fedora install it."""


def entropy(device: Device, found: Found) -> None:
    """Tell of random numbers that come from elsewhere than the kernel: a socket can be shared, or listen."""
    model, text = device.get("/backend@model"), device.get("/backend")
    own = model == "builtin" or (model == "random" and text in {"/dev/urandom", "/dev/random"})
    if not own:
        what = f"{model} {text or device.told('/backend/source')}"
        found.door(kind.ENTROPY, device.end, HOST, what, device.place("/backend@model"))


def typed(device: Device, found: Found) -> None:
    """Tell of a keyboard or mouse of the host that is handed to a machine."""
    if device.get("@type") not in _SILENT_INPUT:
        what = f"{device.get('@type')} {device.told('/source@')}".strip()
        found.door(kind.INPUT, device.end, HOST, what, device.place("@type"))


def heard(device: Device, found: Found) -> None:
    """Tell of sound that leaves the machine."""
    if device.get("@type") != "none":
        found.door(kind.SOUND, device.end, HOST, device.get("@type"), device.place("@type"))


def lent(device: Device, found: Found) -> None:
    """Tell of a balloon: the host takes memory and learns how much of it is used."""
    if device.get("@model") != "none":
        found.door(kind.BALLOON, device.end, HOST, device.get("@model"), device.place("@model"))


def socket(device: Device, found: Found) -> None:
    """Tell of a socket between guest and host that no network rule sees."""
    cid = device.get("/cid@address") or "any"
    found.door(kind.VSOCK, device.end, HOST, f"CID {cid}", device.place("/cid@address"))


def shared_memory(device: Device, found: Found) -> None:
    """Note memory that has a name on the host: whoever knows it can have it."""
    name = device.get("@name")
    found.devices.setdefault((kind.MEMORY, name), {})[device.workload] = device.place("@name")
    found.door(kind.MEMORY, device.end, HOST, name, device.place("@name"))


def program(device: Device, found: Found) -> None:
    """Tell of a program that is not the distribution's QEMU."""
    if device.get("") not in _PROGRAMS:
        found.door(kind.COMMAND, device.end, HOST, device.get(""), device.place())


def silent(device: Device, found: Found) -> None:
    """Tell nothing: the device reaches nothing outside the machine."""


def by_default(workload: str, document: Document, devices: Mapping[str, Device], found: Found) -> None:
    """Tell of what libvirt adds to a machine that does not say none of it: a balloon."""
    if "devices/memballoon" not in devices:
        found.door(kind.BALLOON, machine(workload), HOST, "libvirt's default", Place(document.address, "devices"))
