# SPDX-License-Identifier: Apache-2.0
"""What a domain's devices are built from: the workload, its binding, the host's facts and the places of its files."""

from __future__ import annotations

from dataclasses import dataclass

from lxml import etree

from ringfence.base.errors import BadInput
from ringfence.compile.bindings import InterfaceBinding, WorkloadBinding
from ringfence.compile.places import Places
from ringfence.compile.scope import Scope
from ringfence.facts.host import HostFacts
from ringfence.site.site import Site
from ringfence.site.workload import Interface, Workload


@dataclass(frozen=True, slots=True)
class Machine:
    """One workload on one host and fabric."""

    site: Site
    workload: Workload
    binding: WorkloadBinding
    facts: HostFacts
    scope: Scope

    @property
    def places(self) -> Places:
        """Return where its files lie."""
        return Places(self.site.hosts[self.scope.host].pool, self.scope)

    @property
    def libvirt(self) -> tuple[int, ...]:
        """Return the version of libvirt that will read the definition."""
        return self.facts.versions.libvirt

    def has(self, kind: str) -> bool:
        """Tell whether a device kind is on the workload's allow-list."""
        return any(device.kind == kind for device in self.workload.devices)

    def buses(self) -> frozenset[str]:
        """Return the buses of its disks."""
        return frozenset(disk.bus for disk in self.workload.disks)

    def nic(self, interface: Interface) -> InterfaceBinding:
        """Return the binding of an interface. Raises BadInput when nothing is bound."""
        found = self.binding.interfaces.get(interface.name)
        if found is None:
            raise BadInput(
                f"Interface {interface.name} of workload {self.workload.name} has no binding.",
                "Run the same command again: bindings are allocated at check, plan and apply.",
            )
        return found

    def place(self, device: etree._Element, key: str) -> None:
        """Put a device into its bound PCI slot on the root bus. Raises BadInput when it has none."""
        slot = self.binding.slots.get(key)
        if slot is None:
            raise BadInput(
                f"Workload {self.workload.name} has more devices than a machine has slots: none is left for {key}.",
                "Give it fewer disks or interfaces.",
            )
        put_pci(device, slot)


def put_pci(device: etree._Element, slot: int, function: int = 0) -> None:
    """Give a device a fixed PCI address on the root bus."""
    etree.SubElement(
        device,
        "address",
        type="pci",
        domain="0x0000",
        bus="0x00",
        slot=f"0x{slot:02x}",
        function=f"0x{function:x}",
    )
