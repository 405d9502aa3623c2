# SPDX-License-Identifier: Apache-2.0
"""A host: one KVM server."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Host:
    """A server that may run workloads. ``reserved_*`` is what the host keeps for itself."""

    name: str
    description: str = ""
    reserved_memory_mib: int = 1024
    reserved_cores: int = 0
    pool: str = "/var/lib/libvirt/images/ringfence"
    """Folder of images and volumes; must lie where AppArmor lets QEMU reach."""
