# SPDX-License-Identifier: Apache-2.0
"""Where images, volumes, seeds and logs of one fabric lie on the host.

Names of workloads and disks hold no dot, so ``WORKLOAD.DISK.qcow2`` names one disk only (``a`` + ``b-c`` is not
``a-b`` + ``c``). Base images are shared by all fabrics of a site; everything else is the fabric's own.
"""

from __future__ import annotations

from dataclasses import dataclass

from .scope import Scope

LOGS = "/var/log/libvirt/qemu"
"""libvirt's own log folder on Debian, Ubuntu and Fedora; logrotate knows it."""


@dataclass(frozen=True, slots=True)
class Places:
    """Paths of one fabric below ``pool``."""

    pool: str
    scope: Scope

    @property
    def site_folder(self) -> str:
        """Return the folder of this fabric's volumes, seeds and variable stores."""
        live = self.scope.fabric == "live"
        return f"{self.pool}/{self.scope.site}" if live else f"{self.pool}/{self.scope.site}.{self.scope.fabric}"

    @property
    def base_folder(self) -> str:
        """Return the folder of the site's read-only base images."""
        return f"{self.pool}/{self.scope.site}/base"

    def base(self, sha256: str, form: str) -> str:
        """Return the path of an imported base image."""
        return f"{self.base_folder}/{sha256}.{form}"

    def volume(self, workload: str, disk: str) -> str:
        """Return the path of a workload's disk."""
        return f"{self.site_folder}/{workload}.{disk}.qcow2"

    def seed(self, workload: str) -> str:
        """Return the path of a workload's NoCloud seed."""
        return f"{self.site_folder}/{workload}.seed"

    def nvram(self, workload: str) -> str:
        """Return the path of a workload's UEFI variable store."""
        return f"{self.site_folder}/{workload}.nvram"

    def console_log(self, workload: str) -> str:
        """Return the path of the serial console's log; never QEMU's ``DOMAIN.log`` (a second open fails as busy)."""
        return f"{LOGS}/{self.scope.domain(workload)}.console.log"
