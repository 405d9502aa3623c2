# SPDX-License-Identifier: Apache-2.0
"""Rules about devices of a host that workloads are given: there, told apart, given once, and not the host's own."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from ringfence.assure.ground import Ground
from ringfence.assure.rule import Found, rule
from ringfence.base.diagnostics import Severity
from ringfence.facts.device import HostDevices, PciDevice, UsbDevice
from ringfence.facts.host import HostFacts
from ringfence.site.workload import Device, Interface, Workload


@dataclass(frozen=True, slots=True)
class Given:
    """One device that one workload asks for, on a host that was observed."""

    workload: Workload
    facts: HostFacts
    host: str
    field: str
    """Where in the workload it is asked for: ``devices`` or ``interfaces``."""

    def found(self, problem: str) -> Found:
        """Return a fault of this device."""
        return Found(f"workload/{self.workload.name}", problem, self.field)


def _hosts(ground: Ground) -> Iterator[tuple[str, HostFacts, tuple[Workload, ...]]]:
    """Yield every host whose devices were looked at."""
    for host, facts, workloads in ground.observed():
        if facts.devices.at_all:
            yield host.name, facts, workloads


def _devices(ground: Ground, kind: str) -> Iterator[tuple[Given, Device]]:
    for host, facts, workloads in _hosts(ground):
        for workload in workloads:
            for device in workload.devices:
                if device.kind == kind:
                    yield Given(workload, facts, host, "devices"), device


def _interfaces(ground: Ground, *kinds: str) -> Iterator[tuple[Given, Interface]]:
    for host, facts, workloads in _hosts(ground):
        for workload in workloads:
            for nic in workload.interfaces:
                if nic.kind in kinds:
                    yield Given(workload, facts, host, "interfaces"), nic


def _pci(ground: Ground) -> Iterator[tuple[Given, str]]:
    """Yield every PCI address that a workload is given: as a device, a virtual function or a whole network card."""
    for given, device in _devices(ground, "pci"):
        yield given, device.options.get("address", "")
    for given, nic in _interfaces(ground, "vf", "pci"):
        yield given, nic.device or ""


def _there(ground: Ground) -> Iterator[tuple[Given, PciDevice]]:
    for given, address in _pci(ground):
        device = given.facts.devices.pci_at(address)
        if device is not None:
            yield given, device


def _like(devices: HostDevices, wanted: Device, *, exact: bool = True) -> tuple[UsbDevice, ...]:
    ids = wanted.options.get("vendor", ""), wanted.options.get("product", "")
    if not exact:
        return devices.usb_like(*ids)
    return devices.usb_like(*ids, wanted.options.get("serial", ""), wanted.options.get("port", ""))


def _usb_words(wanted: Device) -> str:
    words = [f"{wanted.options.get('vendor', '')}:{wanted.options.get('product', '')}"]
    words += [f"{key} '{wanted.options[key]}'" for key in ("serial", "port") if wanted.options.get(key)]
    return " ".join(words)


@rule(
    "RF-DEV-001",
    Severity.ERROR,
    "IEC 62443-3-3 SR 7.8",
    fix="Plug it in, or name one that is there ('lsusb', 'lspci -D' and 'ls /dev/serial/by-id' list them).",
)
def missing(ground: Ground) -> Iterator[Found]:
    """A device that a workload asks for is not on its host.

    The workload could not start without it.
    """
    for given, address in _pci(ground):
        if given.facts.devices.pci_at(address) is None:
            yield given.found(f"Host '{given.host}' has no PCI device {address}.")
    for given, wanted in _devices(ground, "usb"):
        if not _like(given.facts.devices, wanted):
            yield given.found(f"Host '{given.host}' has no USB device {_usb_words(wanted)}.")
    for given, wanted in _devices(ground, "serial"):
        path = wanted.options.get("path", "")
        if given.facts.devices.serial_at(path) is None:
            yield given.found(f"Host '{given.host}' has no serial line {path}.")


@rule(
    "RF-DEV-002",
    Severity.ERROR,
    "IEC 62443-3-3 SR 7.8",
    fix="Add 'serial:' or, where they have none, 'port:'; the finding names both.",
)
def several_alike(ground: Ground) -> Iterator[Found]:
    """Several USB devices of a host are what a workload asks for.

    Which one it would get is chance, and may change with the next start.
    """
    for given, wanted in _devices(ground, "usb"):
        alike = _like(given.facts.devices, wanted)
        if len(alike) > 1:
            told = " and ".join(f"port {one.port} (serial {one.serial or 'none'})" for one in alike)
            yield given.found(f"Host '{given.host}' has several USB devices {_usb_words(wanted)}: {told}.")


@rule(
    "RF-DEV-003",
    Severity.LOW,
    "IEC 62443-3-3 SR 7.8",
    fix="Apply again whenever one of them was plugged in anew, or use devices of different products.",
)
def told_by_number(ground: Ground) -> Iterator[Found]:
    """A USB device can be told from its like by bus and number only.

    Serial numbers and ports are nothing that libvirt knows. The kernel numbers devices anew whenever they are plugged
    in, and at each boot: 'ringfence apply' finds the right one again, a start from the boot files may not.
    """
    for given, wanted in _devices(ground, "usb"):
        meant = _like(given.facts.devices, wanted)
        if len(meant) == 1 and len(_like(given.facts.devices, wanted, exact=False)) > 1:
            problem = f"USB device {_usb_words(wanted)} of host '{given.host}' has others like it."
            yield given.found(problem)


def _things(ground: Ground) -> Iterator[tuple[str, Given]]:
    """Yield each device as a phrase that is the same whoever asks for it."""
    for given, address in _pci(ground):
        yield f"PCI device {address} of host '{given.host}'", given
    for given, wanted in _devices(ground, "usb"):
        for one in _like(given.facts.devices, wanted):
            yield f"The USB device at port {one.port} of host '{given.host}'", given
    for given, wanted in _devices(ground, "serial"):
        port = given.facts.devices.serial_at(wanted.options.get("path", ""))
        if port is not None:
            yield f"Serial line {port.path} of host '{given.host}'", given


@rule(
    "RF-DEV-004",
    Severity.ERROR,
    "IEC 62443-3-3 SR 2.3",
    "IEC 62443-3-3 SR 5.4",
    fix="Give it to one workload, once.",
)
def given_twice(ground: Ground) -> Iterator[Found]:
    """A device of the host is given away twice.

    Only one guest can have it, and which one would be up to who starts first.
    """
    owners: dict[str, list[Given]] = defaultdict(list)
    for thing, given in _things(ground):
        owners[thing].append(given)
    for thing, all_given in owners.items():
        names = " and ".join(dict.fromkeys(f"workload '{one.workload.name}'" for one in all_given))
        for given in all_given[1:]:
            yield given.found(f"{thing} is given to {names}{'' if ' and ' in names else ' twice'}.")


def _uses(facts: HostFacts, device: PciDevice) -> Iterator[str]:
    for nic in facts.nics:
        if nic.name in device.links and nic.addresses:
            yield f"network interface {nic.name} with {' and '.join(nic.addresses)}"
    if device.disks:
        yield f"mounted disk {' and '.join(device.disks)}"


@rule(
    "RF-DEV-005",
    Severity.ERROR,
    "IEC 62443-3-3 SR 7.1",
    fix="Give another device, or let the host go without this one first.",
)
def in_use(ground: Ground) -> Iterator[Found]:
    """A device is to be given away while the host uses it.

    The host would lose its network or its disk when the workload starts.
    """
    for given, device in _there(ground):
        for use in _uses(given.facts, device):
            yield given.found(f"PCI device {device.address} is the {use} of host '{given.host}'.")
        for uplink in ground.site.uplinks.values():
            if uplink.host == given.host and uplink.interface in device.links:
                problem = f"PCI device {device.address} is interface {uplink.interface} of uplink '{uplink.name}'."
                yield given.found(problem)


def _given_to(ground: Ground) -> Mapping[tuple[str, str], str]:
    """Return which workload has each PCI device, by host and address."""
    return {(given.host, address): given.workload.name for given, address in _pci(ground)}


@rule(
    "RF-DEV-006",
    Severity.ERROR,
    "IEC 62443-3-3 SR 5.4",
    "NIST SP 800-125A",
    fix="Give the whole group to one workload, or put the card into another slot of the machine.",
)
def group_shared(ground: Ground) -> Iterator[Found]:
    """A PCI device shares its IOMMU group with one that is not given to the same workload.

    Devices of one group can reach one another past the IOMMU. The kernel gives a group away as a whole or not at all.
    """
    owners = _given_to(ground)
    for given, device in _there(ground):
        if device.group is None:
            continue
        for other in given.facts.devices.pci:
            alone = other.group != device.group or other.is_bridge
            if not alone and owners.get((given.host, other.address)) != given.workload.name:
                problem = (
                    f"PCI device {device.address} is in IOMMU group {device.group} with {other.address} "
                    f"({other.driver or 'no driver'}), which workload '{given.workload.name}' is not given."
                )
                yield given.found(problem)


def _no_group(device: PciDevice) -> bool:
    return device.group is None


def _no_function(device: PciDevice) -> bool:
    return device.parent is None


@rule(
    "RF-DEV-007",
    Severity.ERROR,
    "IEC 62443-3-3 SR 5.4",
    fix="Install a kernel with vfio-pci, switch the IOMMU on, and reboot the host.",
)
def cannot_be_given(ground: Ground) -> Iterator[Found]:
    """A host cannot give PCI devices away.

    That takes the kernel's driver vfio-pci, and an IOMMU that has put the device into a group.
    """
    for given, device in _there(ground):
        if "vfio" not in given.facts.features:
            yield given.found(
                f"The kernel of host '{given.host}' has no vfio-pci, which device {device.address} needs."
            )
        elif given.facts.iommu and _no_group(device):
            yield given.found(f"PCI device {device.address} of host '{given.host}' is in no IOMMU group.")


def _kinds(ground: Ground, kind: str, wrong: Callable[[PciDevice], bool]) -> Iterator[tuple[Given, PciDevice]]:
    for given, nic in _interfaces(ground, kind):
        device = given.facts.devices.pci_at(nic.device or "")
        if device is not None and wrong(device):
            yield given, device


@rule(
    "RF-DEV-008",
    Severity.ERROR,
    "IEC 62443-3-3 SR 7.8",
    fix="Write 'kind: pci' for a whole card, 'kind: vf' for a virtual function of one.",
)
def wrong_kind(ground: Ground) -> Iterator[Found]:
    """An interface names a PCI device of another kind.

    A virtual function gets its MAC address from the host, so that its guest cannot choose one; a whole card does not.
    """
    for given, device in _kinds(ground, "vf", _no_function):
        yield given.found(f"PCI device {device.address} of host '{given.host}' is no virtual function.")
    for given, device in _kinds(ground, "pci", lambda device: device.parent is not None):
        problem = f"PCI device {device.address} of host '{given.host}' is a virtual function of {device.parent}."
        yield given.found(problem)


@rule(
    "RF-DEV-009",
    Severity.ERROR,
    "IEC 62443-3-3 SR 7.8",
    fix="Write 'shared: true' for the uplink, and leave out 'vlan' and 'layer2'; or use an uplink of its own for it.",
)
def macvtap_on_taken_card(ground: Ground) -> Iterator[Found]:
    """A macvtap is to stand on a network card that the fabric takes.

    The router moves the card of an uplink into its own namespace, unless the host shares it. A macvtap needs it where
    the workload's process is.
    """
    for workload in ground.site.workloads.values():
        for nic in workload.interfaces:
            uplink = ground.site.uplinks.get(nic.uplink or "")
            if uplink is not None and (not uplink.shared or uplink.vlan is not None or uplink.layer2 is not None):
                problem = f"Interface '{nic.name}' of workload '{workload.name}' stands on uplink '{uplink.name}'."
                yield Found(f"workload/{workload.name}", problem, "interfaces")


@rule(
    "RF-DEV-010",
    Severity.ERROR,
    "IEC 62443-3-3 SR 7.8",
    fix="Install the distribution's own kernel, which has macvtap.",
)
def no_macvtap(ground: Ground) -> Iterator[Found]:
    """A host's kernel has no macvtap.

    The workload could not start.
    """
    for host, facts, workloads in ground.observed():
        for workload in workloads:
            if facts.features and "macvtap" not in facts.features:
                for nic in (one for one in workload.interfaces if one.kind == "macvtap"):
                    problem = f"Interface '{nic.name}' is a macvtap, which the kernel of host '{host.name}' lacks."
                    yield Found(f"workload/{workload.name}", problem, "interfaces")
