# SPDX-License-Identifier: Apache-2.0
"""Bindings: identity allocated once and kept. What is held always wins; only what is missing is allocated."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv6Address


@dataclass(frozen=True, slots=True)
class InterfaceBinding:
    """Identity of one interface. ``tap`` is the host-side name of its port on the live fabric."""

    mac: str
    ipv4: IPv4Address | None
    ipv6: IPv6Address | None
    tap: str


@dataclass(frozen=True, slots=True)
class WorkloadBinding:
    """Identity of one workload on the live fabric."""

    uuid: str
    uid: int
    """Own user of its QEMU process, from 2,000,000,000 up."""
    machine: str
    """Exact machine type, such as ``pc-q35-7.2``."""
    cpu: str
    """``host-model``, ``maximum`` (software emulation) or a named model."""
    interfaces: Mapping[str, InterfaceBinding]
    slots: Mapping[str, int] = field(default_factory=dict)
    """PCI slot on the root bus by device key: ``disk/root``, ``interface/eth0``, ``serial``, ``rng``, ``seed``."""
    images: Mapping[str, str] = field(default_factory=dict)
    """SHA-256 of the image each disk was made from, by disk name: a new image file never changes an old disk."""


Bindings = Mapping[str, WorkloadBinding]
"""By workload name."""
