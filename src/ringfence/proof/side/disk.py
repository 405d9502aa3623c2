# SPDX-License-Identifier: Apache-2.0
"""Disks and folders of a machine: which files and block devices it has, with everything below and beside them."""

from __future__ import annotations

import re
from typing import Final

from . import kind
from .device import Device
from .found import HOST, Found, Use

_SOURCE: Final = re.compile(r"(?P<layers>(/backingStore|/mirror)*)/source@(?P<what>file|dev|dir)")
_TYPE: Final = re.compile(r"(?P<layers>(/backingStore|/mirror)*)@type")
_FILES_BY: Final = ("file", "dev", "dir")
_FILES: Final = frozenset({"file", "block", "dir"})
_ROUND: Final = frozenset({"cdrom", "floppy"})


def disk(device: Device, found: Found) -> None:
    """Note the files of a disk; a disk that is no file is a door by itself."""
    of = kind.ISO if device.get("@device") in _ROUND else kind.DISK
    if device.get("@device") == "lun":
        found.door(kind.SCSI, device.end, HOST, device.told("/source@"), device.place("@device"))
    for key, value in device.parts.items():
        match = _SOURCE.fullmatch(key)
        if match is not None:
            found.uses.append(_use(device, of, key, match["layers"]))
            _end_of_chain(device, found, of, match["layers"])
        layer = _TYPE.fullmatch(key)
        if layer is not None and value not in _FILES:
            _remote(device, found, of, layer["layers"], value)


def _use(device: Device, of: str, key: str, layers: str) -> Use:
    below = "/backingStore" in layers
    writes = not below and "/readonly" not in device.parts
    kept = device.get(f"{layers}/source/seclabel[dac]@relabel") == "no"
    return Use(device.workload, device.get(key), of, device.place(key), below, writes, _form(device, layers), kept)


def _form(device: Device, layers: str) -> str:
    """Return what a layer is taken for. What is not said is raw at the top, and found out below it."""
    return device.get(f"{layers}/format@type") or "probed" if layers else device.get("/driver@type") or "raw"


def _end_of_chain(device: Device, found: Found, of: str, layers: str) -> None:
    """Tell of a chain that is not said to end: whoever writes the header of the last file chooses the next one."""
    further = any(key.startswith(f"{layers}/backingStore") for key in device.parts)
    if _form(device, layers) != "raw" and not further:
        path = next(
            device.get(f"{layers}/source@{what}") for what in _FILES_BY if device.get(f"{layers}/source@{what}")
        )
        found.door(of, device.end, HOST, f"whatever the header of {path} names", device.place(f"{layers}/source@file"))


def _remote(device: Device, found: Found, of: str, layers: str, form: str) -> None:
    """Tell of a disk that lies elsewhere: on the network, in a pool, on a controller given away."""
    place = device.place(f"{layers}@type")
    found.door(of, device.end, HOST, f"{form} {device.told(f'{layers}/source')}", place)


def folder(device: Device, found: Found) -> None:
    """Note a folder of the host that a machine shares, whatever it is shared by."""
    key = next((one for one in ("/source@dir", "/source@file", "/source@socket") if device.get(one)), "")
    path = device.get(key) or device.told("/source")
    writes = "/readonly" not in device.parts
    found.uses.append(Use(device.workload, path, kind.FOLDER, device.place(key), below=False, writes=writes))
    found.door(kind.FOLDER, device.end, HOST, path, device.place(key))


def memory(device: Device, found: Found) -> None:
    """Note memory that lies in a file of the host; other memory is the machine's own."""
    path = device.get("/source/path")
    if path:
        found.uses.append(Use(device.workload, path, kind.MEMORY, device.place("/source/path")))
