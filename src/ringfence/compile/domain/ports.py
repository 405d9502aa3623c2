# SPDX-License-Identifier: Apache-2.0
"""Network interfaces of a domain: taps on zone bridges, isolated from one another."""

from __future__ import annotations

from lxml import etree

from ringfence.base.errors import BadInput
from ringfence.site.workload import Interface

from .machine import Machine


def put_interfaces(devices: etree._Element, machine: Machine) -> None:
    """Add every interface. Raises BadInput for kinds that are not compiled yet."""
    for interface in machine.workload.interfaces:
        if interface.kind != "bridge":
            raise BadInput(
                f"Interface {interface.name} of workload {machine.workload.name} is of kind {interface.kind}, "
                "which cannot be compiled yet.",
                "Say 'kind: bridge', or leave the kind out.",
            )
        _put_interface(devices, machine, interface)


def tap_of(machine: Machine, interface: Interface) -> str:
    """Return the tap's name: the bound one on the live fabric, a derived one on a sealed copy."""
    if machine.scope.fabric == "live":
        return machine.nic(interface).tap
    return machine.scope.link("tap", machine.workload.name, interface.name)


def _put_interface(devices: etree._Element, machine: Machine, interface: Interface) -> None:
    found = etree.SubElement(devices, "interface", type="bridge")
    etree.SubElement(found, "mac", address=machine.nic(interface).mac)
    etree.SubElement(found, "source", bridge=machine.scope.link("bridge", interface.zone))
    etree.SubElement(found, "target", dev=tap_of(machine, interface))
    etree.SubElement(found, "model", type=interface.model)
    etree.SubElement(found, "port", isolated="yes")
    etree.SubElement(found, "rom", enabled="no")
    machine.place(found, f"interface/{interface.name}")
