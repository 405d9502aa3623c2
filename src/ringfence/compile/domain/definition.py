# SPDX-License-Identifier: Apache-2.0
"""The definition of a domain, as libvirt's XML: confined beyond libvirt's defaults, nothing that was not asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lxml import etree

from ringfence.base.errors import BadInput
from ringfence.base.identity import Json, digest, number, uuid_of
from ringfence.base.units import KiB
from ringfence.compile.part.flatten import flatten, flatten_child

from .disks import put_controllers, put_disks
from .extras import ps2_off, put_buses, put_extras
from .machine import Machine
from .metadata import put_label
from .ports import put_interfaces

FIRST_SEALED_UID = 2_100_000_000
"""Sealed copies run as other users than the plant, so that a rehearsal cannot write to the plant's disks."""
SEALED_UIDS = 40_000_000
WORDS = ("description", "metadata")
"""Parts that a running machine does not notice."""
_MOST_TEXT = 1000


@dataclass(frozen=True, slots=True)
class Definition:
    """A definition, label included: as XML, as parts, and the digest of what the machine is made of."""

    root: etree._Element
    parts: Mapping[str, str]
    digest: str


def definition(machine: Machine, formats: Mapping[str, str]) -> Definition:
    """Return the definition of a machine.

    ``formats`` is the format of each base image by disk name. Raises BadInput for what cannot be built.
    """
    _refuse(machine)
    root = _bare(machine, formats)
    parts = flatten(root)
    made_of = definition_digest(parts, machine)
    label = put_label(root, machine.scope, machine.workload.name, made_of, machine.binding)
    return Definition(root, parts | flatten_child(label), made_of)


def definition_digest(parts: Mapping[str, str], machine: Machine) -> str:
    """SHA-256 of the machine's parts and addresses: when it differs, only a restart brings the new one to life.

    Addresses belong to it because a guest that keeps its old one is cut off by the fabric.
    """
    addresses: dict[str, Json] = {
        name: [str(nic.ipv4 or ""), str(nic.ipv6 or "")] for name, nic in machine.binding.interfaces.items()
    }
    return digest([{key: value for key, value in parts.items() if not key.startswith(WORDS)}, addresses])


def uid_of(machine: Machine) -> int:
    """Return the user that the machine runs as: bound on the live fabric, derived on a sealed copy."""
    scope = machine.scope
    if scope.fabric == "live":
        return machine.binding.uid
    return FIRST_SEALED_UID + number(SEALED_UIDS, scope.site, scope.fabric, machine.workload.name)


def gid_of(machine: Machine) -> int:
    """Return the group of QEMU processes, or a group of its own where that is not known; never root's."""
    return machine.facts.qemu_gid or uid_of(machine)


def _refuse(machine: Machine) -> None:
    if machine.workload.firmware == "uefi-secure" or machine.workload.tpm:
        raise BadInput(
            f"Workload {machine.workload.name} asks for Secure Boot or a TPM, which cannot be compiled yet.",
            "Say 'firmware: uefi' without tpm.",
        )


def _bare(machine: Machine, formats: Mapping[str, str]) -> etree._Element:
    root = etree.Element("domain", type=machine.facts.acceleration.domain_type)
    _put_words(root, machine)
    _put_size(root, machine)
    _put_sysinfo(root, machine)
    _put_os(root, machine)
    _put_features(root, machine)
    _put_cpu(root, machine.binding.cpu)
    etree.SubElement(root, "clock", offset=machine.workload.clock)
    _put_lifecycle(root)
    _put_devices(root, machine, formats)
    _put_label(root, machine)
    return root


def _put_words(root: etree._Element, machine: Machine) -> None:
    scope, workload = machine.scope, machine.workload
    etree.SubElement(root, "name").text = scope.domain(workload.name)
    uuid = machine.binding.uuid
    live = scope.fabric == "live"
    etree.SubElement(root, "uuid").text = uuid if live else uuid_of(scope.site, scope.fabric, workload.name)
    words = _printable(workload.description)
    if words:
        etree.SubElement(root, "description").text = words


def _printable(text: str) -> str:
    """One line of what XML can hold (XML 1.0, production 2)."""
    kept = "".join(letter if letter.isprintable() else " " for letter in text)
    return " ".join(kept.split())[:_MOST_TEXT]


def _put_size(root: etree._Element, machine: Machine) -> None:
    size = str(machine.workload.memory_mib * KiB)
    etree.SubElement(root, "memory", unit="KiB", dumpCore="off").text = size
    etree.SubElement(root, "currentMemory", unit="KiB").text = size
    etree.SubElement(root, "vcpu", placement="static").text = str(machine.workload.vcpus)


def _put_sysinfo(root: etree._Element, machine: Machine) -> None:
    serial = machine.workload.identity.smbios_serial
    if serial is None:
        return
    system = etree.SubElement(etree.SubElement(root, "sysinfo", type="smbios"), "system")
    etree.SubElement(system, "entry", name="serial").text = serial


def _put_os(root: etree._Element, machine: Machine) -> None:
    found = etree.SubElement(root, "os")
    etree.SubElement(found, "type", arch="x86_64", machine=machine.binding.machine).text = "hvm"
    if machine.workload.firmware != "bios":
        _put_firmware(found, machine)
    if machine.workload.identity.smbios_serial is not None:
        etree.SubElement(found, "smbios", mode="sysinfo")


def _put_firmware(os: etree._Element, machine: Machine) -> None:
    """Spell out loader and variable store: libvirt 9.0 does not complete them itself."""
    name = machine.workload.name
    image = next((found for found in machine.facts.firmware if not found.secure), None)
    if image is None:
        raise BadInput(
            f"Workload {name} asks for UEFI, and this host has no UEFI firmware.", "Install the package ovmf."
        )
    etree.SubElement(os, "loader", readonly="yes", type="pflash").text = image.code
    etree.SubElement(os, "nvram", template=image.template).text = machine.places.nvram(name)


def _put_features(root: etree._Element, machine: Machine) -> None:
    features = etree.SubElement(root, "features")
    etree.SubElement(features, "acpi")
    etree.SubElement(features, "apic")
    etree.SubElement(features, "vmport", state="off")
    if ps2_off(machine):
        etree.SubElement(features, "ps2", state="off")


def _put_cpu(root: etree._Element, cpu: str) -> None:
    if cpu == "host-model":
        etree.SubElement(root, "cpu", mode=cpu, check="partial")
    elif cpu == "maximum":
        etree.SubElement(root, "cpu", mode=cpu, check="none", migratable="on")
    else:
        named = etree.SubElement(root, "cpu", mode="custom", match="exact", check="none")
        etree.SubElement(named, "model", fallback="forbid").text = cpu


def _put_lifecycle(root: etree._Element) -> None:
    etree.SubElement(root, "on_poweroff").text = "destroy"
    etree.SubElement(root, "on_reboot").text = "restart"
    etree.SubElement(root, "on_crash").text = "destroy"
    pm = etree.SubElement(root, "pm")
    etree.SubElement(pm, "suspend-to-mem", enabled="no")
    etree.SubElement(pm, "suspend-to-disk", enabled="no")


def _put_devices(root: etree._Element, machine: Machine, formats: Mapping[str, str]) -> None:
    devices = etree.SubElement(root, "devices")
    put_disks(devices, machine, formats)
    put_buses(devices, machine)
    put_controllers(devices, machine)
    put_interfaces(devices, machine)
    put_extras(devices, machine)


def _put_label(root: etree._Element, machine: Machine) -> None:
    """Run as a user of its own; libvirt hands it only the domain's own sockets, consoles and variable store."""
    label = etree.SubElement(root, "seclabel", type="static", model="dac", relabel="yes")
    etree.SubElement(label, "label").text = f"+{uid_of(machine)}:+{gid_of(machine)}"
