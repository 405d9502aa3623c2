# SPDX-License-Identifier: Apache-2.0
"""Devices that carry a stream of characters: serial and parallel lines, consoles, channels, USB and cards from afar."""

from __future__ import annotations

from typing import Final

from . import kind
from .device import Device
from .found import HOST, Found

AGENT: Final = "org.qemu.guest_agent.0"
_NOWHERE: Final = frozenset({"null", "vc"})
_VIEWERS: Final = frozenset({"spicevmc", "qemu-vdagent", "spiceport", "dbus"})


def line(device: Device, found: Found) -> None:
    """Tell of a serial or parallel line or a console: Ringfence's own console is a pty with a log."""
    form = device.get("@type")
    if form in _NOWHERE:
        return
    if form == "dev":
        path = device.get("/source@path")
        found.given(kind.SERIAL, path, device.workload, device.place("/source@path"))
    elif form == "pty":
        log = device.get("/log@file") or "no log"
        first = device.get("/target@port") in {"", "0"} and device.tag in {"serial", "console"}
        found.door(kind.CONSOLE, HOST, device.end, log if first else f"{device.short} {log}", device.place("/log@file"))
    else:
        found.door(kind.SERIAL, device.end, HOST, _led(device), device.place("@type"))


def channel(device: Device, found: Found) -> None:
    """Tell of a channel: the guest agent's, on a socket that libvirt makes, is the one that a site may have."""
    form, name = device.get("@type"), device.get("/target@name")
    if form == "unix" and name == AGENT and not device.get("/source@path"):
        found.door(kind.AGENT, HOST, device.end, name, device.place("/target@name"))
    elif form in _VIEWERS:
        found.door(kind.CLIPBOARD, HOST, device.end, _led(device), device.place("@type"))
    elif form not in _NOWHERE:
        found.door(kind.CHANNEL, device.end, HOST, _led(device), device.place("@type"))


def redirected(device: Device, found: Found) -> None:
    """Tell of a USB device that somebody hands over from afar."""
    found.door(kind.USB, device.end, HOST, _led(device), device.place("@type"))


def card(device: Device, found: Found) -> None:
    """Tell of a smart card of the host or from afar."""
    found.door(kind.SMARTCARD, device.end, HOST, f"{device.get('@mode')} {_led(device)}", device.place("@mode"))


def _led(device: Device) -> str:
    """Say where a device leads: ``channel[x] tcp host=0.0.0.0 service=4444``."""
    return " ".join(filter(None, (device.short, device.get("@type"), device.told("/source"))))
