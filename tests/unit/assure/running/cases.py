# SPDX-License-Identifier: Apache-2.0
"""For every criterion, what breaks it and what hides it: changes of facts that hold everything."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from ipaddress import IPv4Address, IPv6Address
from typing import Any

from ringfence.facts.host import Acceleration
from ringfence.facts.listener import Listener
from ringfence.facts.machine import Cpu, Firmware, Helper, LiveDisk
from ringfence.facts.posture import Clock, Swap
from ringfence.facts.process import Label, Limits, Namespaces, OpenFile
from ringfence.facts.unseen import Unseen

from .ground import CREDENTIALS, FOLDER, HOST, LIVE, OPEN, PROCESS, SYSCTLS

Change = tuple[str, Any]
NOT = Unseen("Nobody could look.")


def opened(*files: OpenFile) -> Change:
    return ("process.files", (*OPEN, *files))


def extra(kind: Any, target: str, *, writable: bool = True, deleted: bool = False) -> Change:
    return opened(OpenFile(90, kind, target, writable, deleted))


HELPER = Helper("swtpm", replace(PROCESS, pid=4712, name="swtpm"))
LOOSE = Helper("virtiofsd", replace(PROCESS, pid=4713, credentials=replace(CREDENTIALS, uids=(0,) * 4, seccomp=0)))

BREAKS: Mapping[str, Mapping[str, tuple[Change, ...]]] = {
    "RF-PRC-001": {
        "another user": (("process.credentials.uids", (64055,) * 4),),
        "saved root": (("process.credentials.uids", (2_000_000_010, 2_000_000_010, 0, 2_000_000_010)),),
        "a stranger": (("machine.neighbours", ("sh (99)",)),),
    },
    "RF-PRC-002": {
        "disk too": (("process.credentials.groups", (64055, 6)),),
        "root": (("process.credentials.gids", (0,) * 4),),
    },
    "RF-PRC-003": {
        "effective": (("process.credentials.effective", frozenset({"net_admin"})),),
        "ambient": (("process.credentials.ambient", frozenset({"cap_45"})),),
    },
    "RF-PRC-004": {"gains": (("process.credentials.no_new_privileges", False),)},
    "RF-PRC-005": {
        "off": (("process.credentials.seccomp", 0),),
        "no filter": (("process.credentials.filters", 0),),
    },
    "RF-PRC-006": {
        "host's mounts": (("process.namespaces", Namespaces(frozenset(), frozenset({"mnt"}))),),
        "host's /dev": (("process.mounts", {"/": "ext4", "/dev": "devtmpfs"}),),
    },
    "RF-PRC-007": {
        "a disk of the host": (("process.devices", ("null", "sda")),),
        "host's /dev": (("process.namespaces", Namespaces(frozenset(), frozenset({"mnt"}))),),
    },
    "RF-PRC-008": {"all": (("process.cgroup.devices", "all"),)},
    "RF-PRC-009": {
        "unconfined": (("process.label", Label("apparmor", "unconfined")),),
        "complaining": (("process.label", Label("apparmor", "libvirt-x", enforcing=False)),),
    },
    "RF-PRC-010": {"no module": (("process.label", Label("none")),)},
    "RF-PRC-011": {
        "a file of the host": (extra("file", "/etc/shadow", writable=False),),
        "another machine's disk": (extra("file", f"{FOLDER}/plc.root.qcow2"),),
        "the base for writing": (extra("file", f"{FOLDER}/base/{'c' * 64}.qcow2"),),
        "another base": (extra("file", f"{FOLDER}/base/{'d' * 64}.qcow2", writable=False),),
        "a file that is gone": (extra("file", f"{FOLDER}/scada.root.qcow2", deleted=True),),
        "another tap": (extra("tap", "tap:rft11-0"),),
        "a network socket": (extra("net", "net:tcp 0.0.0.0 port 5900"),),
        "another monitor": (extra("unix", "unix:/var/lib/libvirt/qemu/domain-3-works-scada2/monitor.sock"),),
        "a nameless socket": (extra("unix", "unix:"),),
        "a disk of the host": (extra("device", "/dev/sda"),),
        "a folder": (extra("folder", "/"),),
        "BPF": (extra("anonymous", "anon_inode:bpf-prog"),),
        "an odd socket": (extra("other", "socket:[4711]"),),
    },
    "RF-PRC-012": {"traced": (("process.credentials.tracer", 99),)},
    "RF-PRC-013": {"unlimited": (("process.limits", Limits((None, None), None)),)},
    "RF-PRC-014": {
        "replaced": (("process.program", "/usr/bin/qemu-system-x86_64 (deleted)"),),
        "elsewhere": (("process.program", "/opt/qemu"),),
    },
    "RF-PRC-015": {"root": (("machine.helpers", (HELPER, LOOSE)),)},
    "RF-LIM-001": {"shared": (("process.cgroup.own", False),)},
    "RF-LIM-002": {
        "none": (("process.cgroup.memory_max", None),),
        "too low": (("process.cgroup.memory_max", 64 << 20),),
    },
    "RF-LIM-003": {"none": (("process.cgroup.cpu_cores", None),)},
    "RF-LIM-004": {"none": (("process.cgroup.pids_max", None),)},
    "RF-LIM-005": {"none": (("process.cgroup.io_limits", ()),)},
    "RF-MCH-001": {"emulated": (("machine.accelerator", "tcg"),)},
    "RF-MCH-002": {"newer": (("live.type", "pc-q35-10.0"),), "alias": (("live.type", "q35"),)},
    "RF-MCH-003": {"bios": (("live.firmware", Firmware("bios")),)},
    "RF-MCH-004": {
        "off": (("live.firmware.secure_boot", False),),
        "unprotected": (("live.firmware.secure_code", False),),
        "past it": (("live.kernel", "/boot/vmlinuz"),),
        "bios": (("live.firmware", Firmware("bios")),),
    },
    "RF-MCH-005": {"undeclared": (("live.tpm", "emulator"),)},
    "RF-MCH-006": {"plain": (("live.disks", (LiveDisk("vda", ("/x",), encrypted=False),)),)},
    "RF-MCH-007": {"a kernel": (("live.kernel", "/boot/vmlinuz"),)},
    "RF-MCH-008": {"a port": (("live.displays", ("vnc:0.0.0.0:5900",)),)},
    "RF-MCH-009": {
        "a clipboard": (("live.channels", ("org.qemu.guest_agent.0", "spicevmc")),),
        "a folder": (("live.channels", ("filesystem:mount",)),),
        "a device": (("live.channels", ("hostdev:pci",)),),
    },
    "RF-MCH-010": {"dumps": (("live.core_dumps", True),)},
    "RF-MCH-011": {"no md-clear": (("live.cpu", Cpu("custom", "Cascadelake-Server", told=True)),)},
    "RF-MCH-012": {"swapped": (("process.credentials.swapped_kib", 64),)},
    "RF-KRN-001": {"no": (("host.acceleration", Acceleration("no", "There is no /dev/kvm.")),)},
    "RF-KRN-002": {
        "bare": (("host.hardening.mitigations", {"retbleed": "Vulnerable"}),),
        "threads": (("host.hardening.mitigations", {"mds": "Mitigation: Clear CPU buffers; SMT vulnerable"}),),
    },
    "RF-KRN-003": {
        "off": (("host.kernel.arguments", ("ro", "mitigations=off")),),
        "guests left out": (("host.kernel.arguments", ("mitigations=auto,no_guest_host",)),),
    },
    "RF-KRN-004": {
        "different": (("host.kernel.microcode", "0x1, 0x2"),),
        "old": (("host.hardening.mitigations", {"old_microcode": "Vulnerable"}),),
    },
    "RF-KRN-005": {"none": (("host.hardening.lockdown", "none"),)},
    "RF-KRN-006": {
        "off": (("host.hardening.secure_boot", "off"),),
        "bios": (("host.hardening.secure_boot", "no uefi"),),
    },
    "RF-KRN-007": {
        "none": (("host.hardening.mac", "none"),),
        "permissive": (("host.hardening.mac", "selinux"), ("host.hardening.mac_enforcing", False)),
    },
    "RF-KRN-008": {"forced": (("host.kernel.tainted", ("a module that was forced in",)),)},
    "RF-KRN-009": {
        "open": (("host.hardening.sysctls", {**SYSCTLS, "kernel.kptr_restrict": "0"}),),
        "without Yama": (
            ("host.hardening.sysctls", {name: value for name, value in SYSCTLS.items() if "yama" not in name}),
        ),
    },
    "RF-KRN-010": {"fixed": (("host.hardening.sysctls", {**SYSCTLS, "kernel.randomize_va_space": "0"}),)},
    "RF-KRN-011": {"anywhere": (("host.hardening.core_pattern", "core"),)},
    "RF-KRN-012": {"nested": (("host.sharing.nested", True),)},
    "RF-KRN-013": {
        "open": (
            ("host.hardening.sysctls", {**SYSCTLS, "kernel.modules_disabled": "0"}),
            ("host.hardening.lockdown", "none"),
        )
    },
    "RF-SHR-001": {"merged": (("host.sharing.merging", True),)},
    "RF-SHR-002": {"plain": (("host.sharing.swaps", (Swap("/dev/sda2", "partition", encrypted=False),)),)},
    "RF-SHR-003": {"on": (("host.sharing.threads", "on"),)},
    "RF-SHR-004": {"free": (("host.sharing.iommu_groups", 0),)},
    "RF-SHR-005": {"off": (("host.sharing.iommu_groups", 0),)},
    "RF-SHR-006": {"nested": (("host.virtualised", "QEMU"),)},
    "RF-SVC-001": {
        "a web server": (("host.listeners", (Listener("tcp", IPv4Address("10.0.0.1"), 80, "nginx (1)"),)),),
        "by IPv6": (("host.listeners", (Listener("tcp", IPv6Address("::"), 8080, ""),)),),
        "somebody on SSH's port": (("host.listeners", (Listener("tcp", IPv4Address("10.0.0.1"), 22, "nc (9)"),)),),
    },
    "RF-SVC-002": {
        "plain": (("host.listeners", (Listener("tcp", IPv4Address("10.0.0.1"), 16509, "libvirtd (1)"),)),),
        "told to": (("host.settings.daemon", {"listen_tcp": "1", "--listen": "1"}),),
        "any certificate": (("host.settings.daemon", {"tls_no_verify_certificate": "1"}),),
    },
    "RF-SVC-003": {
        "all": (
            ("host.settings.sockets", {"libvirt-sock": "0777 0:0"}),
            ("host.settings.daemon", {"auth_unix_rw": "none"}),
        ),
        "opened by hand": (
            ("host.settings.sockets", {"libvirt-sock": "0777 0:0"}),
            ("host.settings.daemon", {"unix_sock_rw_perms": "0777"}),
        ),
    },
    "RF-SVC-004": {"a person": (("host.members", {"libvirt": ("ann",), "kvm": ("libvirt-qemu",)}),)},
    "RF-SVC-005": {
        "root": (("host.settings.qemu", {"user": "root"}),),
        "no filter": (("host.settings.qemu", {"seccomp_sandbox": "0"}),),
        "no namespaces": (("host.settings.qemu", {"namespaces": ""}),),
        "no driver": (("host.settings.qemu", {"security_driver": "none"}),),
    },
    "RF-SVC-006": {
        "nobody": (("host.clock", Clock(synchronised=False, source="", error_us=16_000_000)),),
        "not yet": (("host.clock", Clock(synchronised=False, source="chronyd", error_us=16_000_000)),),
    },
}

HIDES: Mapping[str, Mapping[str, tuple[Change, ...]]] = {
    "RF-PRC-001": {"credentials": (("process.credentials", NOT),), "others": (("machine.neighbours", NOT),)},
    "RF-PRC-002": {"credentials": (("process.credentials", NOT),)},
    "RF-PRC-003": {"process": (("process", NOT),)},
    "RF-PRC-004": {"flag": (("process.credentials.no_new_privileges", NOT),)},
    "RF-PRC-005": {"mode": (("process.credentials.seccomp", NOT),)},
    "RF-PRC-006": {"namespaces": (("process.namespaces", NOT),), "mounts": (("process.mounts", NOT),)},
    "RF-PRC-007": {"devices": (("process.devices", NOT),)},
    "RF-PRC-008": {"cgroup": (("process.cgroup", NOT),), "programs": (("process.cgroup.devices", NOT),)},
    "RF-PRC-009": {"label": (("process.label", NOT),)},
    "RF-PRC-010": {"label": (("process.label", NOT),)},
    "RF-PRC-011": {"files": (("process.files", NOT),)},
    "RF-PRC-012": {"process": (("process", NOT),)},
    "RF-PRC-013": {"limits": (("process.limits", NOT),)},
    "RF-PRC-014": {"program": (("process.program", NOT),)},
    "RF-PRC-015": {
        "helpers": (("machine.helpers", NOT),),
        "one of them": (("machine.helpers", (replace(HELPER, process=replace(PROCESS, credentials=NOT)),)),),
    },
    "RF-LIM-001": {"cgroup": (("process.cgroup", NOT),)},
    "RF-LIM-002": {"limit": (("process.cgroup.memory_max", NOT),)},
    "RF-LIM-003": {"limit": (("process.cgroup.cpu_cores", NOT),)},
    "RF-LIM-004": {"limit": (("process.cgroup.pids_max", NOT),)},
    "RF-LIM-005": {"cgroup": (("process.cgroup", NOT),)},
    "RF-MCH-001": {"files": (("machine.accelerator", NOT),)},
    "RF-MCH-002": {"live": (("live", NOT),)},
    "RF-MCH-003": {"live": (("live", NOT),)},
    "RF-MCH-004": {"store": (("live.firmware.secure_boot", NOT),)},
    "RF-MCH-005": {"live": (("live", NOT),)},
    "RF-MCH-006": {"header": (("live.disks", (replace(LIVE.disks[0], encrypted=NOT),)),)},
    "RF-MCH-007": {"live": (("live", NOT),)},
    "RF-MCH-008": {"live": (("live", NOT),)},
    "RF-MCH-009": {"live": (("live", NOT),)},
    "RF-MCH-010": {"live": (("live", NOT),)},
    "RF-MCH-011": {
        "names only": (("live.cpu", replace(LIVE.cpu, told=False)),),
        "host": (("host.hardening.mitigations", NOT),),
    },
    "RF-MCH-012": {"swap": (("process.credentials.swapped_kib", NOT),)},
    "RF-KRN-001": {"unknown": (("host.acceleration", Acceleration("unknown", "The control failed too.")),)},
    "RF-KRN-002": {
        "hidden": (("host.hardening.mitigations", NOT),),
        "empty": (("host.hardening.mitigations", {}),),
        "unknown": (("host.hardening.mitigations", {"l1tf": "Unknown: No mitigations"}),),
    },
    "RF-KRN-003": {"kernel": (("host.kernel", NOT),)},
    "RF-KRN-004": {"microcode": (("host.kernel.microcode", NOT),)},
    "RF-KRN-005": {"lockdown": (("host.hardening.lockdown", NOT),)},
    "RF-KRN-006": {"variable": (("host.hardening.secure_boot", NOT),)},
    "RF-KRN-007": {"module": (("host.hardening.mac", NOT),), "mode": (("host.hardening.mac_enforcing", NOT),)},
    "RF-KRN-008": {"taint": (("host.kernel.tainted", NOT),)},
    "RF-KRN-009": {
        "all": (("host.hardening.sysctls", {}),),
        "one": (("host.hardening.sysctls", {**SYSCTLS, "net.core.bpf_jit_harden": NOT}),),
    },
    "RF-KRN-010": {"switch": (("host.hardening.sysctls", {}),)},
    "RF-KRN-011": {"pattern": (("host.hardening.core_pattern", NOT),)},
    "RF-KRN-012": {"parameter": (("host.sharing.nested", NOT),)},
    "RF-KRN-013": {"modules": (("host.kernel.modules", NOT),)},
    "RF-SHR-001": {"merging": (("host.sharing.merging", NOT),)},
    "RF-SHR-002": {
        "swap": (("host.sharing.swaps", NOT),),
        "a file": (("host.sharing.swaps", (Swap("/swapfile", "file", None),)),),
    },
    "RF-SHR-003": {"threads": (("host.sharing.threads", NOT),)},
    "RF-SHR-004": {"groups": (("host.sharing.iommu_groups", NOT),), "devices": (("host.sharing.passed", NOT),)},
    "RF-SHR-005": {"groups": (("host.sharing.iommu_groups", NOT),)},
    "RF-SHR-006": {"kernel": (("host.kernel", NOT),)},
    "RF-SVC-001": {"ports": (("host.listeners", NOT),)},
    "RF-SVC-002": {"ports": (("host.listeners", NOT),), "settings": (("host.settings.daemon", NOT),)},
    "RF-SVC-003": {"sockets": (("host.settings.sockets", NOT),), "settings": (("host.settings.daemon", NOT),)},
    "RF-SVC-004": {"groups": (("host.members", NOT),)},
    "RF-SVC-005": {
        "settings": (("host.settings.qemu", NOT),),
        "changed since": (("host.settings.unread", ("/etc/libvirt/qemu.conf",)),),
    },
    "RF-SVC-006": {"clock": (("host.clock", NOT),)},
}

ASIDE: Mapping[str, tuple[Change, ...]] = {
    "RF-PRC-009": (("process.label", Label("none")),),
    "RF-PRC-015": (),
    "RF-KRN-004": (("host.virtualised", "QEMU"),),
    "RF-KRN-012": (("host.acceleration", Acceleration("no", "There is no /dev/kvm.")),),
    "RF-SHR-003": (("host.virtualised", "QEMU"), ("host.sharing.threads", "not supported")),
    "RF-SHR-004": (("host.sharing.passed", ()),),
    "RF-MCH-011": (("machine.accelerator", "tcg"),),
}
"""What makes a question not arise."""
HOLDS: Mapping[str, tuple[Change, ...]] = {"RF-PRC-015": (("machine.helpers", (HELPER,)),)}
"""What has to be changed for the criterion to be asked and to hold."""


def unseen_places() -> Iterator[str]:
    """Yield every place of the facts where an Unseen may stand."""
    yield from ("host.acceleration", "host.kernel", "host.clock", "host.listeners", "host.members")
    for thing, start in ((HOST.hardening, "host.hardening"), (HOST.sharing, "host.sharing")):
        yield from (f"{start}.{name}" for name in thing.__slots__ if name != "sysctls")
    yield from (f"host.settings.{name}" for name in ("qemu", "daemon", "sockets"))
    yield from (f"host.kernel.{name}" for name in ("tainted", "modules", "microcode"))
    yield from (f"machine.{name}" for name in ("process", "live", "accelerator", "helpers", "neighbours"))
    skipped = {"pid", "began", "at", "name"}
    yield from (f"process.{name}" for name in PROCESS.__slots__ if name not in skipped)
    yield from (
        f"process.credentials.{name}"
        for name in ("no_new_privileges", "seccomp", "filters", "locked_kib", "swapped_kib")
    )
    yield from (f"process.cgroup.{name}" for name in ("memory_max", "swap_max", "cpu_cores", "cpu_weight", "devices"))
    yield "live.firmware.secure_boot"
