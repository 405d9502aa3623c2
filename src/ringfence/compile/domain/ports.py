# SPDX-License-Identifier: Apache-2.0
"""Network interfaces of a domain: taps on zone bridges, isolated from one another; and what goes past the fabric.

A tap is isolated also where a layer-2 conduit names it: its port is opened once the guest runs (fabric/port.py), so
that such a conduit needs no other definition, hence no restart.

A macvtap stands in mode ``private`` on an uplink's network card: it meets neither the host nor another macvtap there. A
virtual function gets its MAC from the host, so that the guest cannot choose it. libvirt takes both kinds of PCI devices
from the host's driver and gives them back (``managed``).
"""

from __future__ import annotations

from lxml import etree

from ringfence.base.errors import BadInput
from ringfence.site.workload import Interface

from .machine import Machine
from .passed import pci_source, put_whole_card


def put_interfaces(devices: etree._Element, machine: Machine) -> None:
    """Add every interface. Raises BadInput for one that does not say what it is attached to."""
    for interface in machine.workload.interfaces:
        match interface.kind:
            case "bridge":
                _put_tap(devices, machine, interface)
            case "macvtap":
                _put_macvtap(devices, machine, interface)
            case "vf":
                _put_function(devices, machine, interface)
            case "pci":
                put_whole_card(devices, machine, interface.device or "", f"interface/{interface.name}")


def tap_of(machine: Machine, interface: Interface) -> str:
    """Return the tap's name: the bound one on the live fabric, a derived one on a sealed copy."""
    if machine.scope.fabric == "live":
        return machine.nic(interface).tap
    return machine.scope.link("tap", machine.workload.name, interface.name)


def _put_tap(devices: etree._Element, machine: Machine, interface: Interface) -> None:
    found = etree.SubElement(devices, "interface", type="bridge")
    etree.SubElement(found, "mac", address=machine.nic(interface).mac)
    etree.SubElement(found, "source", bridge=machine.scope.link("bridge", interface.zone))
    etree.SubElement(found, "target", dev=tap_of(machine, interface))
    etree.SubElement(found, "model", type=interface.model)
    etree.SubElement(found, "port", isolated="yes")
    _finish(found, machine, interface)


def _put_macvtap(devices: etree._Element, machine: Machine, interface: Interface) -> None:
    uplink = machine.site.uplinks.get(interface.uplink or "")
    if uplink is None:
        raise _unattached(machine, interface, "'uplink:' with the name of one")
    found = etree.SubElement(devices, "interface", type="direct")
    etree.SubElement(found, "mac", address=machine.nic(interface).mac)
    etree.SubElement(found, "source", dev=uplink.interface, mode="private")
    etree.SubElement(found, "target", dev=tap_of(machine, interface))
    etree.SubElement(found, "model", type=interface.model)
    _finish(found, machine, interface)


def _put_function(devices: etree._Element, machine: Machine, interface: Interface) -> None:
    if interface.device is None:
        raise _unattached(machine, interface, "'device:' with its PCI address")
    found = etree.SubElement(devices, "interface", type="hostdev", managed="yes")
    etree.SubElement(found, "mac", address=machine.nic(interface).mac)
    etree.SubElement(found, "driver", name="vfio")
    pci_source(found, machine, interface.device)
    etree.SubElement(found, "rom", bar="off")
    machine.place(found, f"interface/{interface.name}")


def _finish(found: etree._Element, machine: Machine, interface: Interface) -> None:
    etree.SubElement(found, "rom", enabled="no")
    machine.place(found, f"interface/{interface.name}")


def _unattached(machine: Machine, interface: Interface, wanted: str) -> BadInput:
    problem = f"Interface {interface.name} of workload {machine.workload.name} is attached to nothing."
    return BadInput(problem, f"Give it {wanted}.")
