# SPDX-License-Identifier: Apache-2.0
"""What runs, held against what is defined: a device that was plugged into a running machine is in no definition."""

from __future__ import annotations

from collections.abc import Mapping

from ringfence.base.addresses import own_name
from ringfence.compile.document import Document
from ringfence.proof.flow import Place

from . import kind
from .device import Device
from .found import HOST, Found, Use, machine
from .nic import on_bridge

_WORDS = {
    "hostdev": kind.DEVICE,
    "graphics": kind.SCREEN,
    "redirdev": kind.USB,
    "filesystem": kind.FOLDER,
    "shmem": kind.MEMORY,
}
_KNOWN = frozenset({"serial", "parallel", "channel", "smartcard", "tpm", "vsock", "input", "sound", *_WORDS})


def run(
    document: Document, definition: str, defined: Mapping[str, Device], zones: Mapping[str, str], found: Found
) -> None:
    """Tell of devices that run and are not defined, and of files and bridges that are others than the defined ones.

    ``definition`` is the digest of what is defined.
    """
    workload = own_name(document.address)
    runs = document.parts.get("definition", "")
    if runs != definition:
        why = "The machine runs from another definition than the one that stands: its doors may be others."
        found.unknown(Place(document.address, "definition"), runs, why)
    for key, value in document.parts.items():
        if not key.startswith("devices/"):
            continue
        place, tag = Place(document.address, key), key.removeprefix("devices/").partition("[")[0].partition("#")[0]
        if tag == "disk":
            of = kind.DISK if key not in defined or defined[key].get("@device") in {"", "disk"} else kind.ISO
            writes = key not in defined or "/readonly" not in defined[key].parts
            found.uses += [Use(workload, path, of, place, writes=writes) for path in value.split(" ") if path]
        elif tag == "interface":
            _port(workload, value, defined.get(key), zones, place, found)
        elif key not in defined:
            _plugged(workload, tag, key, place, found)


def _port(
    workload: str, value: str, defined: Device | None, zones: Mapping[str, str], place: Place, found: Found
) -> None:
    link = value.partition(" ")[0]
    sources = {"", *(() if defined is None else (defined.get("/source@bridge"), defined.get("/source@dev")))}
    if defined is None or link not in sources:
        on_bridge(workload, link, zones, place, found)
        if link in zones:  # the leg alone would say nothing of a second port in the same zone
            found.door(kind.NETWORK, machine(workload), f"bridge/{link}", "a port that is in no definition", place)


def _plugged(workload: str, tag: str, key: str, place: Place, found: Found) -> None:
    name = key.removeprefix("devices/")
    found.door(_WORDS.get(tag, kind.DEVICE), machine(workload), HOST, f"{name}, which is in no definition", place)
    if tag not in _KNOWN:
        found.unknown(place, key, "Nobody here knows this kind of device.")
