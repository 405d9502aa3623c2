# SPDX-License-Identifier: Apache-2.0
"""Which group a QEMU process with a user of its own needs to reach what libvirt and KVM keep for it.

A static DAC label (``+UID:+GID``) gives a process one group and no other. It has to pass libvirt's state
folder (Debian: 0750 libvirt-qemu:libvirt-qemu) and, under KVM, to open /dev/kvm (Debian: 0660 root:kvm).
"""

from __future__ import annotations

import stat
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FileMode:
    """Group and permission bits of a file."""

    gid: int
    mode: int

    def lets(self, gid: int, group_bits: int) -> bool:
        """Tell whether a stranger in group ``gid`` has all of ``group_bits`` (``stat.S_IRGRP`` ...) here."""
        granted = self.mode if gid == self.gid else self.mode << 3  # the bits of others, moved to the group's place
        return granted & group_bits == group_bits


@dataclass(frozen=True, slots=True)
class QemuOwner:
    """The group for workloads, and whether a user of their own works with it."""

    gid: int
    own_uid: bool


def choose_owner(candidates: Sequence[int], folder: FileMode | None, kvm: FileMode | None) -> QemuOwner:
    """Take the first group that passes ``folder`` and opens ``kvm`` (None: not needed), else the first.

    Group 0 is never taken while there is another.
    """
    groups = [gid for gid in dict.fromkeys(candidates) if gid != 0] or [0]
    for gid in groups:
        passes = folder is None or folder.lets(gid, stat.S_IXGRP)
        if passes and (kvm is None or kvm.lets(gid, stat.S_IRGRP | stat.S_IWGRP)):
            return QemuOwner(gid, own_uid=gid != 0)
    return QemuOwner(groups[0], own_uid=False)
