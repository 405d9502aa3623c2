# SPDX-License-Identifier: Apache-2.0
"""How a host stands: what its kernel, its libvirt and its programs do to keep the machines on it apart."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from .host import Acceleration
from .listener import Listener
from .unseen import Unseen

Mac = Literal["apparmor", "selinux", "other", "none"]


@dataclass(frozen=True, slots=True)
class Kernel:
    """``tainted`` are the reasons in the kernel's documentation, empty for none (admin-guide/tainted-kernels)."""

    release: str
    version: str
    arguments: tuple[str, ...]
    tainted: tuple[str, ...] | Unseen
    modules: tuple[str, ...] | Unseen
    microcode: str | Unseen
    """Revision of all cores, or several joined by a comma where they differ."""


@dataclass(frozen=True, slots=True)
class Hardening:
    """What the kernel defends itself with. ``mitigations`` is the kernel's word by vulnerability."""

    mitigations: Mapping[str, str] | Unseen
    lockdown: Literal["none", "integrity", "confidentiality"] | Unseen
    secure_boot: Literal["on", "off", "no uefi"] | Unseen
    mac: Mac | Unseen
    mac_enforcing: bool | Unseen
    sysctls: Mapping[str, str | Unseen]
    """By name such as ``kernel.kptr_restrict``; what the kernel does not have is missing."""
    core_pattern: str | Unseen


@dataclass(frozen=True, slots=True)
class Sharing:
    """What machines on it share: memory pages, swap, threads of a core, hardware behind no IOMMU."""

    merging: bool | Unseen
    """KSM merges equal pages."""
    swaps: tuple[Swap, ...] | Unseen
    threads: Literal["on", "off", "not supported"] | Unseen
    """Two hardware threads share one core (SMT)."""
    nested: bool | Unseen
    """Guests may run guests."""
    iommu_groups: int | Unseen
    passed: tuple[str, ...] | Unseen
    """Devices of the host that are in the hands of vfio, and so of machines."""


@dataclass(frozen=True, slots=True)
class Swap:
    """An area of swap. ``encrypted`` is None where it cannot be told."""

    path: str
    kind: str
    encrypted: bool | None


@dataclass(frozen=True, slots=True)
class Clock:
    """``source`` is what keeps the time, empty where no such program runs."""

    synchronised: bool
    source: str
    error_us: int


@dataclass(frozen=True, slots=True)
class Settings:
    """What the files of libvirt say: by key, without what is commented out; ``defaults`` stand where a key is missing.

    ``unread`` tells that the daemon runs since before the file changed, so that it may follow an older one.
    """

    qemu: Mapping[str, str] | Unseen
    daemon: Mapping[str, str] | Unseen
    sockets: Mapping[str, str] | Unseen
    """``MODE USER:GROUP`` of each of the daemon's sockets."""
    unread: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class HostPosture:
    """One host, observed at ``at`` (UTC)."""

    host: str
    at: datetime
    acceleration: Acceleration | Unseen
    kernel: Kernel | Unseen
    hardening: Hardening
    sharing: Sharing
    clock: Clock | Unseen
    listeners: tuple[Listener, ...] | Unseen
    """Of the host's own network namespace."""
    settings: Settings
    members: Mapping[str, tuple[str, ...]] | Unseen
    """Users by group, of the groups that reach guests: libvirt, kvm, disk, libvirt-qemu; also by primary group."""
    virtualised: str = ""
    """What this host itself runs on, where that is another hypervisor."""
