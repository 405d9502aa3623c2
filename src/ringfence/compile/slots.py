# SPDX-License-Identifier: Apache-2.0
"""PCI slots on the root bus: a device keeps its slot for life, so that adding one moves no other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ringfence.site.workload import Workload

FIRST_SLOT = 3
LAST_SLOT = 30
"""Slots 0 to 2 and 31 belong to the chipset and a screen (QEMU docs: pc-i440fx has its bridge at 1, q35 at 31)."""

FIXED = ("serial", "seed", "rng", "watchdog", "scsi", "sata", "usb")


def slots_of(workload: Workload, held: Mapping[str, int]) -> dict[str, int]:
    """Return a slot per device key, each once, held ones kept.

    Keys are ``disk/NAME``, ``interface/NAME``, ``pci/ADDRESS`` and the fixed ones.

    Devices beyond the last slot get none; the compiler of domains refuses them.
    """
    slots = dict(held)
    free = iter([slot for slot in range(FIRST_SLOT, LAST_SLOT + 1) if slot not in held.values()])
    for key in _keys(workload):
        if key not in slots:
            slot = next(free, None)
            if slot is not None:
                slots[key] = slot
    return slots


def _keys(workload: Workload) -> Iterator[str]:
    yield from FIXED
    yield from (f"interface/{nic.name}" for nic in workload.interfaces)
    yield from (f"disk/{disk.name}" for disk in workload.disks)
    yield from (f"pci/{device.options.get('address', '')}" for device in workload.devices if device.kind == "pci")
