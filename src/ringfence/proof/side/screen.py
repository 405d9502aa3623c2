# SPDX-License-Identifier: Apache-2.0
"""Screens: a VNC server on a socket of its own is what a site may have; what else a viewer brings along is a door."""

from __future__ import annotations

from typing import Final

from . import kind
from .device import Device
from .found import HOST, Found

SOCKET: Final = "vnc on a socket of its own"
_OPENS: Final = {"listen", "port", "websocket", "tlsPort", "socket"}


def screen(device: Device, found: Found) -> None:
    """Tell of a screen, of the clipboard and of files that its viewer can exchange with the guest."""
    form = device.get("@type")
    found.door(kind.SCREEN, HOST, device.end, _told(device, form), device.place("@type"))
    if form != "spice":
        return
    for key, what in (("/clipboard@copypaste", kind.CLIPBOARD), ("/filetransfer@enable", kind.FILES)):
        if device.get(key) != "no":  # it is on unless it is switched off
            found.door(what, HOST, device.end, f"spice {what}", device.place(key))


def _told(device: Device, form: str) -> str:
    listens = [(key, value) for key, value in sorted(device.parts.items()) if _is_way(key, value)]
    kinds = [value for key, value in listens if key.startswith("/listen") and key.endswith("@type")]
    if form == "vnc" and kinds == ["socket"] and len(listens) == 1:
        return SOCKET
    return " ".join([form, *(f"{key.lstrip('/@')}={value}" for key, value in listens)])


def _is_way(key: str, value: str) -> bool:
    """Tell whether a part says how a viewer gets in. A port of -1 is none of its own choice."""
    return key.startswith("/listen") or (key.startswith("@") and key[1:] in _OPENS and value not in {"-1", "0"})


def accelerated(device: Device, found: Found) -> None:
    """Tell of a picture that the host's graphics processor draws for the guest."""
    if "yes" in {device.get("/model/acceleration@accel3d"), device.get("/model/acceleration@accel2d")}:
        found.door(kind.GRAPHICS, device.end, HOST, device.get("/model@type"), device.place("/model@type"))
