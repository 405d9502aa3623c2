# SPDX-License-Identifier: Apache-2.0
"""What the look for side doors collects, and what it says in the end."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import combinations

from ringfence.proof.flow import Door, Place, Unread

HOST = "host"
ROUTER = "router"


@dataclass(frozen=True, slots=True)
class PciFunction:
    """A function on the host's PCI bus. ``group`` None: no IOMMU has put it into one."""

    group: int | None
    bridge: bool = False
    """A bridge between buses stays with the host, and is no danger to its group."""


@dataclass(frozen=True, slots=True)
class Hardware:
    """What documents do not tell of a host. ``listens`` are addresses at which libvirt can be reached by network."""

    pci: Mapping[str, PciFunction] = field(default_factory=dict)
    """By address, such as ``0000:03:00.0``; all that the host has."""
    listens: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Use:
    """A file or block device that a machine has. ``below`` another one, it is read only."""

    workload: str
    path: str
    kind: str
    place: Place
    below: bool = False
    writes: bool = True
    form: str | None = None
    """What the machine takes it for, such as ``qcow2``; None where it does not say."""
    kept: bool = True
    """libvirt leaves its owner alone."""


@dataclass(frozen=True, slots=True)
class Side:
    """Every side door that documents show, in order of their keys, and what nobody here understands."""

    doors: tuple[Door, ...]
    unread: tuple[Unread, ...]


@dataclass(slots=True)
class Found:
    """What was found so far. A door that shows in several places is told at the first."""

    doors: dict[tuple[str, str, str, str], Door] = field(default_factory=dict)
    unread: list[Unread] = field(default_factory=list)
    uses: list[Use] = field(default_factory=list)
    devices: dict[tuple[str, str], dict[str, Place]] = field(default_factory=dict)
    """Workloads that are given a device of the host, by kind and name of the device."""
    legs: dict[str, dict[str, Place]] = field(default_factory=dict)
    """Ends that a workload has an interface in, by workload."""

    def door(self, kind: str, source: str, target: str, what: str, place: Place | None) -> None:
        """Add a door."""
        door = Door(kind, source, target, what, place)
        self.doors.setdefault(door.key, door)

    def between(self, kind: str, ends: Iterable[str], what: str, place: Place | None) -> None:
        """Add a door between any two of several ends."""
        for one, other in combinations(sorted(set(ends)), 2):
            self.door(kind, one, other, what, place)

    def unknown(self, place: Place, value: str, why: str) -> None:
        """Add something that is not understood."""
        self.unread.append(Unread(place, value, why))

    def given(self, kind: str, name: str, workload: str, place: Place) -> None:
        """Note a device of the host that a workload is given: a door to the device."""
        self.devices.setdefault((kind, name), {})[workload] = place
        self.door(kind, machine(workload), f"{kind}/{name.lstrip('/')}", name, place)

    def side(self) -> Side:
        """Return all of it in order."""
        return Side(tuple(self.doors[key] for key in sorted(self.doors)), tuple(self.unread))


def machine(workload: str) -> str:
    """Return a workload as an end."""
    return f"workload/{workload}"
