# SPDX-License-Identifier: Apache-2.0
"""The look for side doors: every way past the network that the parts of documents show."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Final

from ringfence.base.addresses import own_name
from ringfence.compile.document import Document, Kind
from ringfence.proof.flow import Place

from . import disk, extra, hardware, kind, screen, stream
from .device import Device, devices_of, strange_devices
from .files import read_files, shared_files
from .found import HOST, Found, Hardware, Side, machine
from .machine import rest, user_of, users
from .nic import bridges, legs, nic, taps_of
from .plain import is_known, is_read
from .run import run
from .service import services

Reader = Callable[[Device, Found], None]

_READERS: Final[Mapping[str, Reader]] = {
    "disk": disk.disk,
    "filesystem": disk.folder,
    "memory": disk.memory,
    "serial": stream.line,
    "parallel": stream.line,
    "console": stream.line,
    "channel": stream.channel,
    "redirdev": stream.redirected,
    "smartcard": stream.card,
    "graphics": screen.screen,
    "video": screen.accelerated,
    "hostdev": hardware.passed,
    "tpm": hardware.tpm,
    "rng": extra.entropy,
    "input": extra.typed,
    "audio": extra.heard,
    "memballoon": extra.lent,
    "vsock": extra.socket,
    "shmem": extra.shared_memory,
    "emulator": extra.program,
    "controller": extra.silent,
    "sound": extra.silent,
    "watchdog": extra.silent,
    "panic": extra.silent,
    "hub": extra.silent,
    "iommu": extra.silent,
}
_DIGEST: Final = "metadata/artifact@definition"
LIBVIRT: Final = "libvirt"
_NO_DEVICE: Final = "Nobody here knows this kind of device."
_NO_PART: Final = "Nobody here knows whether this part of a device opens a way past the network."


def look(documents: Iterable[Document], hardware_of_host: Hardware | None = None) -> Side:
    """Return every side door that documents of one host and fabric show, compiled or observed, and what is not known.

    ``hardware_of_host`` is needed where PCI devices are given away: without it their IOMMU groups are not known.
    """
    all_of = tuple(documents)
    found, facts = Found(), hardware_of_host or Hardware()
    domains = {own_name(one.address): one for one in all_of if one.kind is Kind.DOMAIN}
    zones, taps = bridges(all_of), taps_of(all_of)
    devices = {workload: _domain(workload, document, zones, taps, found) for workload, document in domains.items()}
    named = {workload: user_of(document) for workload, document in domains.items()}
    for document in all_of:
        if document.kind is Kind.RUN:
            name = own_name(document.address)
            made_of = domains[name].parts.get(_DIGEST, "") if name in domains else ""
            run(document, made_of, devices.get(name, {}), zones, found)
    users(named, {name: Place(one.address, "seclabel[dac]/label") for name, one in domains.items()}, found)
    shared_files(read_files(all_of, named, found), found)
    hardware.given_twice(found)
    hardware.groups(facts, found)
    legs(found)
    services(all_of, found)
    _cards(all_of, found)
    _libvirt(domains, facts, found)
    return found.side()


def _domain(
    workload: str, document: Document, zones: Mapping[str, str], taps: Mapping[str, Mapping[str, str]], found: Found
) -> Mapping[str, Device]:
    """Read one definition."""
    devices = devices_of(document)
    for key, value in strange_devices(document):
        found.unknown(Place(document.address, key), value, _NO_DEVICE)
    for device in devices.values():
        if device.tag == "interface":
            nic(device, zones, taps, found)
        elif device.tag in _READERS:
            _READERS[device.tag](device, found)
        _unread(device, found)
    rest(document, workload, found)
    extra.by_default(workload, document, devices, found)
    return devices


def _unread(device: Device, found: Found) -> None:
    """Tell of a device, or of parts of one, that nobody here understands."""
    if not is_known(device.tag):
        found.unknown(device.place(), device.told("") or device.get(""), _NO_DEVICE)
        return
    for key, value in device.parts.items():
        if not is_read(device.tag, key, value):
            found.unknown(device.place(key), value, _NO_PART)


def _cards(documents: Iterable[Document], found: Found) -> None:
    """Tell of network cards that lead to the plant and to the host alike: the plant meets the host there directly."""
    for document in documents:
        if document.kind is Kind.UPLINK and document.parts.get("take") == "macvlan":
            card, place = document.parts.get("source", ""), Place(document.address, "take")
            found.door(kind.CARD, f"uplink/{own_name(document.address)}", HOST, card, place)


def _libvirt(domains: Mapping[str, Document], facts: Hardware, found: Found) -> None:
    """Tell of libvirt: on the host it may do anything to its machines."""
    for workload, document in domains.items():
        found.door(kind.MANAGEMENT, HOST, machine(workload), LIBVIRT, Place(document.address, "name"))
    for listens in facts.listens:
        found.door(kind.MANAGEMENT, "network", HOST, f"{LIBVIRT} listens on {listens}", None)
