# SPDX-License-Identifier: Apache-2.0
"""What of a definition belongs to no device: the user it runs as, firmware, and what is told QEMU past libvirt."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from typing import Final

from ringfence.compile.document import Document
from ringfence.proof.flow import Place

from . import kind
from .found import HOST, Found, Use, machine
from .plain import is_read_of_machine

_PAST: Final = re.compile(r"(commandline|override|capabilities)([/@].*)?")
_KERNEL: Final = re.compile(r"(bootloader.*|os/(kernel|initrd|dtb|cmdline|acpi.*))")
_FIRMWARE: Final = "/usr/share/"
"""Where distributions install firmware; root's alone."""
_USER: Final = re.compile(r"\+?(\d+)(:.*)?")
_ROOT: Final = 0
_LIBVIRTS: Final = "libvirt's user for all machines"
_NOT_READ: Final = "Nobody here knows whether this part of a definition opens a way past the network."


def user_of(document: Document) -> int | None:
    """Return the uid that a machine's process runs as; None where it has none of its own."""
    parts, label = document.parts, "seclabel[dac]"
    match = _USER.fullmatch(parts.get(f"{label}/label", ""))
    static = (parts.get(f"{label}@type"), parts.get(f"{label}@model")) == ("static", "dac")
    return int(match[1]) if match and static else None


def users(named: Mapping[str, int | None], places: Mapping[str, Place], found: Found) -> None:
    """Tell of machines that run as one user, as root, or as whoever libvirt takes for all."""
    together: dict[int | None, list[str]] = defaultdict(list)
    for workload, user in named.items():
        together[user].append(workload)
    for user, workloads in together.items():
        words = _LIBVIRTS if user is None else f"user {user}"
        found.between(kind.USER, map(machine, workloads), words, places[workloads[0]])
        if user is None or user == _ROOT:
            for one in workloads:
                what = "root" if user == _ROOT else _LIBVIRTS
                found.door(kind.USER, machine(one), HOST, what, places[one])


def rest(document: Document, workload: str, found: Found) -> None:
    """Read every part of a definition that belongs to no device."""
    for key, value in document.parts.items():
        place = Place(document.address, key)
        if key.startswith("devices"):
            continue
        if _PAST.fullmatch(key):
            found.door(kind.COMMAND, machine(workload), HOST, value, place)
        elif _KERNEL.fullmatch(key):
            found.door(kind.COMMAND, machine(workload), HOST, f"{key.removeprefix('os/')} {value}", place)
        elif not is_read_of_machine(key, value):
            found.unknown(place, value, _NOT_READ)
    _firmware(document, workload, found)
    _memory(document, workload, found)


def _firmware(document: Document, workload: str, found: Found) -> None:
    loader, store = document.parts.get("os/loader", ""), document.parts.get("os/nvram", "")
    if store:
        found.uses.append(Use(workload, store, kind.NVRAM, Place(document.address, "os/nvram")))
    template = document.parts.get("os/nvram@template", "")
    if loader and not (document.parts.get("os/loader@readonly") == "yes" and _is_roots(loader)):
        found.door(kind.COMMAND, machine(workload), HOST, f"loader {loader}", Place(document.address, "os/loader"))
    if template and not _is_roots(template):
        place = Place(document.address, "os/nvram@template")
        found.door(kind.COMMAND, machine(workload), HOST, f"variables of {template}", place)


def _is_roots(path: str) -> bool:
    return path.startswith(_FIRMWARE) and ".." not in path


def _memory(document: Document, workload: str, found: Found) -> None:
    """Tell of a machine's memory that others can map."""
    parts, root = document.parts, "memoryBacking"
    if parts.get(f"{root}/access@mode") == "shared" or parts.get(f"{root}/source@type") == "file":
        key = f"{root}/access@mode" if f"{root}/access@mode" in parts else f"{root}/source@type"
        found.door(kind.MEMORY, machine(workload), HOST, "its whole memory", Place(document.address, key))
