# SPDX-License-Identifier: Apache-2.0
"""A host and a machine that hold everything, and ways to change one thing of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from ipaddress import IPv4Address
from typing import Any

from tests import factory

from ringfence.compile.bindings import Bindings
from ringfence.facts.cgroup import CgroupFacts
from ringfence.facts.host import Acceleration
from ringfence.facts.listener import Listener
from ringfence.facts.machine import Cpu, Firmware, LiveDisk, LiveMachine, MachineFacts
from ringfence.facts.posture import Clock, Hardening, HostPosture, Kernel, Settings, Sharing
from ringfence.facts.process import Credentials, Label, Limits, Namespaces, OpenFile, ProcessFacts
from ringfence.facts.running import RunningFacts
from ringfence.site.host import Host
from ringfence.site.security_level import SecurityLevel
from ringfence.site.site import Site
from ringfence.site.workload import Device, Disk, Workload

POOL = "/var/lib/libvirt/images/ringfence"
FOLDER = f"{POOL}/works"
STATE = "/var/lib/libvirt/qemu"
UID, GID = 2_000_000_010, 64055
WORKLOAD = factory.workload(
    "scada", devices=(Device("guest-agent"),), firmware="uefi", disks=(Disk("root", image="nano"),)
)

OPEN = (
    OpenFile(0, "device", "/dev/null", writable=True),
    OpenFile(1, "pipe", "pipe:[1001]", writable=True),
    OpenFile(3, "anonymous", "anon_inode:[eventfd]", writable=True),
    OpenFile(4, "file", "/run/libvirt/qemu/works-scada.pid", writable=True),
    OpenFile(5, "file", f"{FOLDER}/base/{factory.SHA}.qcow2", writable=False),
    OpenFile(6, "file", f"{FOLDER}/scada.root.qcow2", writable=True),
    OpenFile(7, "file", f"{FOLDER}/scada.nvram", writable=True),
    OpenFile(8, "file", "/usr/share/OVMF/OVMF_CODE_4M.ms.fd", writable=False),
    OpenFile(9, "unix", f"unix:{STATE}/domain-2-works-scada/monitor.sock", writable=True),
    OpenFile(10, "unix", f"unix:{STATE}/channel/target/domain-2-works-scada/org.qemu.guest_agent.0", writable=True),
    OpenFile(11, "tap", "tap:rft10-0", writable=True),
    OpenFile(12, "device", "/dev/kvm", writable=True),
    OpenFile(13, "anonymous", "anon_inode:kvm-vm", writable=True),
    OpenFile(14, "anonymous", "anon_inode:kvm-vcpu:0", writable=True),
)
NONE: frozenset[str] = frozenset()
CREDENTIALS = Credentials(
    (UID,) * 4,
    (GID,) * 4,
    (GID,),
    NONE,
    NONE,
    NONE,
    frozenset({"net_admin"}),
    NONE,
    no_new_privileges=True,
    seccomp=2,
    filters=1,
    tracer=0,
    locked_kib=0,
    swapped_kib=0,
)
CGROUP = CgroupFacts(
    "/machine.slice/machine-qemu\\x2d2\\x2dworks\\x2dscada.scope/libvirt/emulator",
    2,
    memory_max=512 << 20,
    swap_max=0,
    cpu_cores=2.0,
    cpu_weight=100,
    pids_max=256,
    io_limits=("8:0 wbps=104857600",),
    devices="bpf",
    own=True,
)
PROCESS = ProcessFacts(
    4711,
    90210,
    factory.NOW,
    "qemu-system-x86",
    "/usr/bin/qemu-system-x86_64",
    ("/usr/bin/qemu-system-x86_64", "-name", "guest=works-scada,debug-threads=on"),
    CREDENTIALS,
    Namespaces(frozenset({"mnt"}), frozenset({"net", "pid", "user"})),
    Label("apparmor", "libvirt-6f1e1d3c-0000-8000-8000-00000000000a", enforcing=True),
    CGROUP,
    Limits((0, 0), 8 << 20),
    0x33,
    OPEN,
    {"/": "ext4", "/dev": "tmpfs", "/dev/pts": "devpts"},
    ("full", "kvm", "null", "ptmx", "pts", "random", "urandom", "zero"),
)
LIVE = LiveMachine(
    "libvirt",
    "pc-q35-7.2",
    (LiveDisk("vda", (f"{FOLDER}/scada.root.qcow2",), encrypted=True),),
    Firmware("uefi", "/usr/share/OVMF/OVMF_CODE_4M.ms.fd", f"{FOLDER}/scada.nvram", secure_code=True, secure_boot=True),
    Cpu("custom", "Cascadelake-Server", frozenset({"md-clear", "taa-no"}), told=True),
    channels=("org.qemu.guest_agent.0",),
    core_dumps=False,
)
MACHINE = MachineFacts("scada", "works-scada", factory.NOW, "running", "", PROCESS, LIVE, "kvm", (), ())
SYSCTLS = {
    "kernel.kptr_restrict": "2",
    "kernel.dmesg_restrict": "1",
    "kernel.yama.ptrace_scope": "1",
    "kernel.unprivileged_bpf_disabled": "2",
    "net.core.bpf_jit_harden": "2",
    "kernel.perf_event_paranoid": "3",
    "fs.protected_symlinks": "1",
    "fs.protected_hardlinks": "1",
    "fs.protected_fifos": "1",
    "fs.protected_regular": "2",
    "fs.suid_dumpable": "0",
    "vm.unprivileged_userfaultfd": "0",
    "kernel.randomize_va_space": "2",
    "kernel.modules_disabled": "1",
}
HOST = HostPosture(
    "server1",
    factory.NOW,
    Acceleration("yes", "A small guest ran under KVM through 64-bit mode, an interrupt and user mode."),
    Kernel("6.1.0-35-amd64", "#1 SMP Debian", ("root=/dev/sda1", "ro"), (), ("kvm", "kvm_intel"), "0x5003707"),
    Hardening(
        {
            "mds": "Mitigation: Clear CPU buffers; SMT disabled",
            "spectre_v2": "Mitigation: IBRS",
            "l1tf": "Not affected",
        },
        "integrity",
        "on",
        "apparmor",
        mac_enforcing=True,
        sysctls=SYSCTLS,
        core_pattern="|/usr/lib/systemd/systemd-coredump %P",
    ),
    Sharing(merging=False, swaps=(), threads="off", nested=False, iommu_groups=24, passed=("0000:03:00.0",)),
    Clock(synchronised=True, source="chronyd", error_us=900),
    (
        Listener("tcp", IPv4Address("10.0.0.1"), 22, "sshd (700)"),
        Listener("udp", IPv4Address("127.0.0.1"), 323, "chronyd (701)"),
    ),
    Settings({}, {}, {"libvirt-sock": "0660 0:107", "libvirt-sock-ro": "0777 0:0"}),
    {"libvirt": (), "kvm": ("libvirt-qemu",), "disk": ()},
)
GOOD = RunningFacts("works", "live", factory.NOW, HOST, {"scada": MACHINE})


def site(level: int = 4, workload: Workload = WORKLOAD) -> Site:
    zone = factory.zone(security=SecurityLevel.uniform(level))
    return factory.site([workload], [zone], hosts={"server1": Host("server1", pool=POOL)})


def bindings(workload: Workload = WORKLOAD) -> Bindings:
    return {workload.name: factory.binding(workload)}


def changed(of: Any, path: str, value: Any) -> Any:
    """Return a copy in which what ``path`` (``host.hardening.lockdown``) leads to is another."""
    name, _, rest = path.partition(".")
    if isinstance(of, Mapping):
        return {**of, name: changed(of[name], rest, value) if rest else value}
    return replace(of, **{name: changed(getattr(of, name), rest, value) if rest else value})


def with_(*changes: tuple[str, Any]) -> RunningFacts:
    """Return the good facts with changes; ``process``, ``live`` and ``machine`` are short for their places."""
    short = {"machine": "machines.scada", "process": "machines.scada.process", "live": "machines.scada.live"}
    found: RunningFacts = GOOD
    for path, value in changes:
        first, dot, rest = path.partition(".")
        found = changed(found, f"{short.get(first, first)}{dot}{rest}", value)
    return found
