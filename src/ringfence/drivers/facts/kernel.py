# SPDX-License-Identifier: Apache-2.0
"""Reads what a kernel is, defends itself with, and lets machines share."""

from __future__ import annotations

import contextlib
import errno
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Literal

from ringfence.base.errors import Refused
from ringfence.facts.posture import Hardening, Kernel, Mac, Sharing, Swap
from ringfence.facts.unseen import Unseen
from ringfence.observe.kernel_state import (
    parse_lockdown,
    parse_microcode,
    parse_secure_boot,
    parse_swaps,
    parse_switch,
    parse_tainted,
    parse_threads,
)

from .seeing import seen
from .tree import Tree

SYSCTLS = (
    *("kernel.kptr_restrict", "kernel.dmesg_restrict", "kernel.yama.ptrace_scope", "kernel.perf_event_paranoid"),
    *("kernel.unprivileged_bpf_disabled", "net.core.bpf_jit_harden", "kernel.randomize_va_space"),
    *("kernel.unprivileged_userns_clone", "user.max_user_namespaces", "kernel.apparmor_restrict_unprivileged_userns"),
    *("kernel.kexec_load_disabled", "kernel.modules_disabled", "kernel.sysrq", "vm.unprivileged_userfaultfd"),
    *("fs.protected_symlinks", "fs.protected_hardlinks", "fs.protected_fifos", "fs.protected_regular"),
    *("fs.suid_dumpable", "vm.mmap_min_addr", "kernel.panic_on_oops"),
)
_SECURE_BOOT = "sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c"
_VULNERABILITIES = "sys/devices/system/cpu/vulnerabilities"


@dataclass(frozen=True, slots=True)
class KernelReader:
    """Reads below a tree."""

    tree: Tree

    def kernel(self) -> Kernel:
        """Return what kernel runs. Raises OSError."""
        tree = self.tree
        return Kernel(
            tree.text("proc/sys/kernel/osrelease"),
            tree.text("proc/sys/kernel/version"),
            tuple(tree.text("proc/cmdline").split()),
            seen("the kernel's taint", lambda: parse_tainted(tree.text("proc/sys/kernel/tainted"))),
            seen("the kernel's modules", self._modules),
            seen("the microcode", lambda: parse_microcode(tree.text("proc/cpuinfo"))),
        )

    def _modules(self) -> tuple[str, ...]:
        if not self.tree.path("proc/modules").exists():
            return ()  # a kernel without loadable modules
        return tuple(sorted(line.split()[0] for line in self.tree.text("proc/modules").splitlines() if line))

    def hardening(self) -> Hardening:
        """Return what it defends itself with."""
        mac = self.mac()
        return Hardening(
            seen("the kernel's mitigations", lambda: dict(self._mitigations())),
            seen("the kernel's lockdown", self._lockdown),
            seen("the firmware's Secure Boot", self._secure_boot),
            mac,
            seen("whether it enforces", lambda: self._enforcing(mac)),
            dict(self._sysctls()),
            seen("where core dumps go", lambda: self.tree.text("proc/sys/kernel/core_pattern")),
        )

    def _mitigations(self) -> Iterator[tuple[str, str]]:
        for path in sorted(self.tree.path(_VULNERABILITIES).iterdir()):
            yield path.name, self.tree.text(f"{_VULNERABILITIES}/{path.name}")

    def _lockdown(self) -> Literal["none", "integrity", "confidentiality"]:
        try:
            return parse_lockdown(self.tree.text("sys/kernel/security/lockdown"))
        except FileNotFoundError:
            if self._securityfs() or "securityfs" not in self.tree.text("proc/filesystems").split():
                return "none"  # a kernel without it
            raise Refused(
                "The file system /sys/kernel/security is not mounted.", "Mount it, and verify again."
            ) from None

    def _securityfs(self) -> bool:
        return self.tree.path("sys/kernel/security/lsm").exists()

    def _secure_boot(self) -> Literal["on", "off", "no uefi"]:
        if not self.tree.path("sys/firmware/efi").exists():
            return "no uefi"
        return parse_secure_boot(self.tree.read(_SECURE_BOOT))

    def _sysctls(self) -> Iterator[tuple[str, str | Unseen]]:
        for name in SYSCTLS:
            path = f"proc/sys/{name.replace('.', '/')}"
            if self.tree.path(path).exists():  # a kernel without the part has no switch for it
                yield name, seen(f"the switch {name}", partial(self.tree.text, path))

    def mac(self) -> Mac | Unseen:
        """Return the kernel's module of mandatory access control."""
        return seen("the kernel's security modules", self._mac)

    def _mac(self) -> Mac:
        """Ask in the order of trust: the list, the module's own switch, a label that every process would have."""
        if self._securityfs():
            names = self.tree.text("sys/kernel/security/lsm").split(",")
            return "apparmor" if "apparmor" in names else "selinux" if "selinux" in names else _third(names)
        with contextlib.suppress(OSError):
            if self.tree.text("sys/module/apparmor/parameters/enabled") == "Y":
                return "apparmor"
        if "selinuxfs" in self.tree.text("proc/filesystems").split():
            return "selinux"
        try:
            self.tree.read("proc/self/attr/current")
        except OSError as error:
            if error.errno in {errno.EINVAL, errno.ENOENT}:
                return "none"  # the kernel's answer where no module keeps labels
            raise
        return "other"

    def _enforcing(self, mac: Mac | Unseen) -> bool:
        match mac:
            case "selinux":
                return self.tree.text("sys/fs/selinux/enforce") == "1"
            case "apparmor":
                return True  # each profile has its own mode
            case _:
                return False

    def sharing(self) -> Sharing:
        """Return what it lets machines share."""
        tree = self.tree
        return Sharing(
            seen("whether pages are merged", lambda: self._switch("sys/kernel/mm/ksm/run", "1")),
            seen("the swap", self._swaps),
            seen("the threads of cores", lambda: parse_threads(tree.text("sys/devices/system/cpu/smt/control"))),
            seen("whether guests run guests", self._nested),
            seen("the IOMMU's groups", lambda: len(self._names("sys/kernel/iommu_groups"))),
            seen("devices that were given away", self._passed),
        )

    def _switch(self, path: str, on: str) -> bool:
        try:
            return self.tree.text(path) == on
        except FileNotFoundError:
            return False  # a kernel without it

    def _names(self, folder: str) -> tuple[str, ...]:
        path = self.tree.path(folder)
        return tuple(sorted(one.name for one in path.iterdir())) if path.exists() else ()

    def _passed(self) -> tuple[str, ...]:
        names = self._names("sys/bus/pci/drivers/vfio-pci")
        return tuple(name for name in names if name.count(":") == 2)  # noqa: PLR2004 - 0000:03:00.0

    def _nested(self) -> bool:
        for module in ("kvm_intel", "kvm_amd"):
            with contextlib.suppress(FileNotFoundError):
                return parse_switch(self.tree.text(f"sys/module/{module}/parameters/nested"))
        return False

    def _swaps(self) -> tuple[Swap, ...]:
        if not self.tree.path("proc/swaps").exists():
            return ()  # a kernel without swap
        text = self.tree.text("proc/swaps")
        paths = [line.split()[0] for line in text.splitlines()[1:] if line.strip()]
        return parse_swaps(text, [path for path in paths if self._closed(path)])

    def _closed(self, path: str) -> bool:
        """Tell whether what is swapped there cannot be read from a disk: it is encrypted, or stays in memory."""
        name = path.removeprefix("/dev/")
        if name.startswith("zram"):
            return self._switch(f"sys/block/{name}/backing_dev", "none")
        with contextlib.suppress(OSError):
            return self.tree.text(f"sys/block/{name}/dm/uuid").startswith("CRYPT-")
        return False

    def virtualised(self) -> str:
        """Return what this host itself runs on, empty for a machine of its own."""
        info = seen("the processor", lambda: self.tree.text("proc/cpuinfo"))
        if isinstance(info, Unseen) or " hypervisor" not in info:
            return ""
        vendor = seen("the vendor", lambda: self.tree.text("sys/class/dmi/id/sys_vendor"))
        return vendor if isinstance(vendor, str) and vendor else "another hypervisor"


def _third(names: list[str]) -> Mac:
    return "other" if {"smack", "tomoyo"} & set(names) else "none"
