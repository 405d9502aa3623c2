# SPDX-License-Identifier: Apache-2.0
"""A workload: one virtual machine and what is promised for it. All values are resolved (profile applied)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv6Address
from typing import Literal

from .functions import EssentialFunction
from .probe import Probe

Firmware = Literal["bios", "uefi", "uefi-secure"]
Bus = Literal["virtio", "sata", "ide", "scsi"]
NicModel = Literal["virtio", "e1000", "e1000e", "rtl8139", "pcnet"]
Consent = Literal["restart", "stop", "cut"]


@dataclass(frozen=True, slots=True)
class Interface:
    """One network interface, ``eth0``, ``eth1`` ... unless named. Addresses None: allocated by a binding.

    Only a ``bridge`` interface is a port of its zone's bridge; all other kinds go past the fabric.
    """

    name: str
    zone: str
    kind: Literal["bridge", "macvtap", "vf", "pci"] = "bridge"
    ipv4: IPv4Address | None = None
    ipv6: IPv6Address | None = None
    shared: tuple[IPv4Address | IPv6Address, ...] = ()
    """Addresses that move between redundant workloads (VRRP, partner addresses)."""
    mac: str | None = None
    model: NicModel = "virtio"
    reason: str = ""
    """Needed for every interface but the first, and for every one that goes past the fabric."""
    uplink: str | None = None
    """Whose network card a macvtap stands on."""
    device: str | None = None
    """PCI address of a virtual function or of a whole card."""

    @property
    def fabric(self) -> bool:
        """Tell whether the fabric carries what it says."""
        return self.kind == "bridge"


@dataclass(frozen=True, slots=True)
class Disk:
    """A disk of its own; with ``image`` an overlay over that image. ``size_mib`` None: the image's size."""

    name: str
    size_mib: int | None = None
    image: str | None = None
    bus: Bus = "virtio"
    serial: str | None = None


@dataclass(frozen=True, slots=True)
class CloudInit:
    """NoCloud seed (cloud-init documentation, datasource NoCloud). ``user_data`` is the whole document."""

    user_data: str
    network_config: bool = True


@dataclass(frozen=True, slots=True)
class Device:
    """A device on the allow-list: ``guest-agent``, ``rng``, ``watchdog``, ``usb``, ``pci``, ``serial``."""

    kind: Literal["guest-agent", "rng", "watchdog", "usb", "pci", "serial"]
    options: Mapping[str, str] = field(default_factory=dict)
    """usb: vendor, product, serial, port; pci: address; serial: path."""


@dataclass(frozen=True, slots=True)
class Identity:
    """What must be kept when a machine moves in: licences are bound to it. None: allocated by a binding."""

    uuid: str | None = None
    smbios_serial: str | None = None
    machine: str | None = None
    """Exact machine type such as ``pc-i440fx-2.9``."""


@dataclass(frozen=True, slots=True)
class Workload:
    """One virtual machine."""

    name: str
    interfaces: tuple[Interface, ...]
    vcpus: int
    memory_mib: int
    disks: tuple[Disk, ...]
    """In boot order; target names vda, vdb ... follow it."""
    profile: str = "linux-server"
    function: EssentialFunction = EssentialFunction.NONE
    tolerable_loss_s: int | None = None
    """How long its function may be lost, in seconds."""
    chipset: Literal["q35", "pc"] = "q35"
    firmware: Firmware = "bios"
    tpm: bool = False
    clock: Literal["utc", "localtime"] = "utc"
    display: Literal["none", "vnc"] = "none"
    devices: tuple[Device, ...] = ()
    probes: tuple[Probe, ...] = ()
    after: tuple[str, ...] = ()
    """Workloads that have to be healthy before this one starts."""
    apart_from: tuple[str, ...] = ()
    """Workloads that must run on another host."""
    host: str | None = None
    identity: Identity = field(default_factory=Identity)
    cloud_init: CloudInit | None = None
    consent: tuple[Consent, ...] = ()
    """What automation may do to it although it carries an essential function."""
    realtime: bool = False
    description: str = ""

    @property
    def ports(self) -> tuple[Interface, ...]:
        """Interfaces that the fabric carries, in order."""
        return tuple(nic for nic in self.interfaces if nic.fabric)
