# SPDX-License-Identifier: Apache-2.0
"""Devices of the host that a machine is given, and which of them can reach one another past the IOMMU."""

from __future__ import annotations

from collections import defaultdict

from ringfence.proof.flow import Place

from . import kind
from .device import Device
from .found import HOST, Found, Hardware, machine


def passed(device: Device, found: Found) -> None:
    """Tell of a device of the host: PCI by address, USB by vendor and product, anything else in words."""
    form = device.get("@type")
    if device.get("@mode") != "subsystem":
        found.door(kind.DEVICE, device.end, HOST, device.short, device.place("@mode"))
    elif form == "pci":
        pci(device, found)
    elif form == "usb":
        ids = [device.get(f"/source/{one}@id").removeprefix("0x") for one in ("vendor", "product")]
        name = ":".join(ids) if all(ids) else device.get("/source/address")
        found.given(kind.USB, name, device.workload, device.place("/source/vendor@id"))
    else:
        found.door(_WORDS.get(form, kind.DEVICE), device.end, HOST, f"{form} {device.told('/source')}", device.place())


_WORDS = {"scsi": kind.SCSI, "scsi_host": kind.SCSI}


def pci(device: Device, found: Found) -> None:
    """Note a PCI device that a machine is given."""
    address = device.get("/source/address").removeprefix("pci ").partition(" ")[0]
    found.given(kind.PCI, address, device.workload, device.place("/source/address"))


def given_twice(found: Found) -> None:
    """Tell of devices that several workloads have."""
    for (of, name), whose in found.devices.items():
        found.between(of, map(machine, whose), name, next(iter(whose.values())))


def groups(hardware: Hardware, found: Found) -> None:
    """Tell of PCI devices of one IOMMU group that are not all one workload's."""
    members: dict[int, list[str]] = defaultdict(list)
    for address, function in hardware.pci.items():
        if function.group is not None and not function.bridge:
            members[function.group].append(address)
    given = {name: whose for (of, name), whose in found.devices.items() if of == kind.PCI}
    for address, whose in sorted(given.items()):
        for workload, place in whose.items():
            _grouped(address, workload, place, hardware, found)
    for group, addresses in sorted(members.items()):
        ends = {machine(one) for address in addresses for one in given.get(address, ())}
        kept = [address for address in addresses if address not in given]
        where = next((place for one in addresses for place in given.get(one, {}).values()), None)
        found.between(kind.IOMMU, ends, f"group {group}", where)
        for end in ends if kept else ():
            found.door(kind.IOMMU, end, HOST, f"group {group} with {' '.join(sorted(kept))}", where)


def _grouped(address: str, workload: str, place: Place, hardware: Hardware, found: Found) -> None:
    """Tell of a device that no IOMMU holds, or of which nobody knows."""
    function = hardware.pci.get(address)
    if function is None:
        found.unknown(place, address, "The IOMMU group of this PCI device is not known: nobody looked at its host.")
    elif function.group is None:
        found.door(kind.IOMMU, machine(workload), HOST, f"no group holds {address}", place)


def tpm(device: Device, found: Found) -> None:
    """Tell of a TPM: the host's own, or a program's."""
    form = device.get("/backend@type")
    words = form if form == "emulator" else f"{form} {device.told('/backend/')}".strip()
    found.door(kind.TPM, device.end, HOST, words, device.place("/backend@type"))
