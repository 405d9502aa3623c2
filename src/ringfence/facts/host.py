# SPDX-License-Identifier: Apache-2.0
"""What was observed about a host, and what compile may rely on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from .device import HostDevices
from .network import HostNetwork
from .nic import Nic

Verdict = Literal["yes", "no", "unknown"]


@dataclass(frozen=True, slots=True)
class Acceleration:
    """Answer of the functional probe: does KVM really run 64-bit guests? ``why`` is a full sentence."""

    kvm: Verdict
    why: str

    @property
    def domain_type(self) -> Literal["kvm", "qemu"]:
        """Return libvirt's domain type; anything but a proven yes is software emulation."""
        return "kvm" if self.kvm == "yes" else "qemu"


@dataclass(frozen=True, slots=True)
class NumaNode:
    """A memory node: its cores and its memory in MiB."""

    number: int
    cores: tuple[int, ...]
    memory_mib: int


@dataclass(frozen=True, slots=True)
class Versions:
    """Versions of the tools, as tuples such as (9, 0, 0); empty where the tool is missing."""

    libvirt: tuple[int, ...]
    qemu: tuple[int, ...]
    nft: tuple[int, ...]
    kernel: tuple[int, ...]
    python: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class FirmwareImage:
    """An OVMF build: code and variable-store template (paths on the host)."""

    code: str
    template: str
    secure: bool


@dataclass(frozen=True, slots=True)
class HostFacts:
    """One host, observed at ``at`` (UTC)."""

    name: str
    at: datetime
    cores: int
    memory_mib: int
    free_memory_mib: int
    numa: tuple[NumaNode, ...]
    acceleration: Acceleration
    versions: Versions
    nics: tuple[Nic, ...] = ()
    network: HostNetwork = field(default_factory=HostNetwork)
    devices: HostDevices = field(default_factory=HostDevices)
    iommu: bool = False
    pool_free_mib: int = 0
    """Free space where images and volumes lie."""
    qemu_gid: int = 0
    """Group that QEMU processes run under (``libvirt-qemu``, ``qemu`` or ``kvm``), as a number."""
    machines: Mapping[str, str] = field(default_factory=dict)
    """Canonical machine type per chipset: ``{"q35": "pc-q35-7.2", "pc": "pc-i440fx-7.2"}``."""
    firmware: tuple[FirmwareImage, ...] = ()
    mandatory_access: Literal["apparmor", "selinux", "none"] = "none"
    systemd: bool = False
    bridge_netfilter: bool = False
    """Bridged frames also pass the host's iptables FORWARD chain."""
    forward_drop: bool = False
    """That chain drops by default (Docker does so)."""
    features: frozenset[str] = frozenset()
    """Kernel features found by probing: ``vlan``, ``nft-bridge``, ``veth`` ..."""
