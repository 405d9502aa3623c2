# SPDX-License-Identifier: Apache-2.0
"""Criteria about the process of a machine: what it may do when a guest breaks out into it."""

from __future__ import annotations

from ringfence.assure.running.criterion import Answer, aside, broken, criterion, either, holds, unproven
from ringfence.assure.running.ground import MachineGround
from ringfence.assure.running.own_files import foreign
from ringfence.assure.running.wording import listed
from ringfence.facts.process import SECCOMP_FILTER, Credentials, ProcessFacts
from ringfence.facts.unseen import Unseen

_STATUS = "/proc/PID/status"
_RESTART = "Restart the workload with 'ringfence restart'; if it stays, look at /etc/libvirt/qemu.conf."
_PROGRAMS = ("/usr/bin/", "/usr/libexec/", "/usr/lib/")


def credentials(ground: MachineGround) -> Credentials | Unseen:
    """Return what the machine's process may do."""
    process = ground.facts.process
    return process if isinstance(process, Unseen) else process.credentials


@criterion(
    "RF-PRC-001",
    1,
    *("IEC 62443-3-3 SR 5.4", "NIST SP 800-53r5 AC-6", "NIST SP 800-53r5 SC-39", "HB-08", "BSI SYS.1.5.A22"),
    how=_STATUS,
    fix="Apply the site again, and restart the workload: 'ringfence apply', 'ringfence restart'.",
)
def own_user(ground: MachineGround) -> Answer:
    """The machine runs as a user of its own.

    A guest that breaks out then reaches no other machine's disks, sockets or memory.
    """
    found = credentials(ground)
    if isinstance(found, Unseen):
        return unproven(found)
    if ground.binding is None:
        return unproven("No user is bound to it: this workload was not applied.")
    wanted, shown = ground.binding.uid, ", ".join(str(uid) for uid in dict.fromkeys(found.uids))
    if set(found.uids) != {wanted}:
        return broken(f"It runs as user {shown}, and user {wanted} is bound to it.", shown)
    others = ground.facts.neighbours
    if isinstance(others, Unseen):
        return unproven(others)
    if others:
        return broken(f"Other processes run as its user {shown}: {listed(others)}.", shown)
    return holds(f"It runs as user {shown}, as does nobody else.", shown)


@criterion(
    "RF-PRC-002",
    2,
    *("NIST SP 800-53r5 AC-6", "HB-08", "BSI SYS.1.5.A22"),
    how=_STATUS,
    fix=_RESTART,
)
def no_other_group(ground: MachineGround) -> Answer:
    """Its process is in no group but its own.

    Each further group is files and devices that a guest reaches when it breaks out; group 0 is root's.
    """
    found = credentials(ground)
    if isinstance(found, Unseen):
        return unproven(found)
    own = set(found.gids)
    more = sorted(set(found.groups) - own)
    shown = ", ".join(map(str, sorted(own | set(found.groups))))
    if 0 in own | set(more) or len(own) > 1:
        return broken(f"It runs in groups {shown}.", shown)
    return either(not more, f"It runs in group {shown} and in no other.", f"It is in groups {shown}.", shown)


@criterion(
    "RF-PRC-003",
    1,
    *("NIST SP 800-53r5 AC-6", "NIST SP 800-53r5 SC-39", "HB-08", "BSI SYS.1.5.A22"),
    how=_STATUS,
    fix=_RESTART,
)
def no_capabilities(ground: MachineGround) -> Answer:
    """Its process has no capabilities.

    A capability is a piece of root's power over the host.
    """
    found = credentials(ground)
    if isinstance(found, Unseen):
        return unproven(found)
    held = sorted(found.effective | found.permitted | found.inheritable | found.ambient)
    return either(not held, "It has no capabilities.", f"It has capabilities: {listed(held)}.", ", ".join(held) or "0")


@criterion(
    "RF-PRC-004",
    1,
    *("NIST SP 800-53r5 AC-6", "NIST SP 800-53r5 SC-39", "HB-08"),
    how=_STATUS,
    fix=_RESTART,
)
def gains_nothing(ground: MachineGround) -> Answer:
    """Its process can gain no privileges (NoNewPrivs).

    Programs with the set-user-ID bit then give it nothing, whatever its bounding set is.
    """
    found = credentials(ground)
    if isinstance(found, Unseen):
        return unproven(found)
    if isinstance(found.no_new_privileges, Unseen):
        return unproven(found.no_new_privileges)
    shown = f"NoNewPrivs {int(found.no_new_privileges)}, {len(found.bounding)} capabilities in its bounding set"
    return either(found.no_new_privileges, "It can gain no privileges.", "It can gain privileges.", shown)


@criterion(
    "RF-PRC-005",
    1,
    *("NIST SP 800-53r5 SC-39", "NIST SP 800-53r5 SC-3", "HB-08", "HB-15", "BSI SYS.1.5.A22"),
    how=_STATUS,
    fix="Set seccomp_sandbox = 1 in /etc/libvirt/qemu.conf, restart libvirt, then the workload.",
)
def seccomp(ground: MachineGround) -> Answer:
    """System calls of its process are filtered (seccomp).

    The kernel's own faults are then out of reach of most of what a guest could try.
    """
    found = credentials(ground)
    if isinstance(found, Unseen):
        return unproven(found)
    if isinstance(found.seccomp, Unseen):
        return unproven(found.seccomp)
    count = found.filters if isinstance(found.filters, int) else 1
    good = found.seccomp == SECCOMP_FILTER and count > 0
    shown = f"Seccomp {found.seccomp}, {count} filters"
    return either(good, "Its system calls are filtered.", "Its system calls are not filtered.", shown)


@criterion(
    "RF-PRC-006",
    1,
    *("NIST SP 800-53r5 SC-39", "HB-08", "HB-14"),
    how="/proc/PID/ns, /proc/PID/mountinfo",
    fix='Leave namespaces = ["mount"] in /etc/libvirt/qemu.conf, restart libvirt, then the workload.',
)
def own_mounts(ground: MachineGround) -> Answer:
    """Its process has a mount namespace and a /dev of its own.

    Devices of the host that it was not given are then not even there.
    """
    process = ground.facts.process
    if isinstance(process, Unseen):
        return unproven(process)
    if isinstance(process.namespaces, Unseen):
        return unproven(process.namespaces)
    if isinstance(process.mounts, Unseen):
        return unproven(process.mounts)
    own = ", ".join(sorted(process.namespaces.own)) or "none"
    if "mnt" not in process.namespaces.own:
        return broken("It sees the host's mounts and devices.", f"own namespaces: {own}")
    kind = process.mounts.get("/dev", "")
    shown = f"own namespaces: {own}; /dev is {kind or 'no mount'}"
    return either(kind == "tmpfs", "It has mounts and a /dev of its own.", "Its /dev is the host's.", shown)


@criterion(
    "RF-PRC-007",
    2,
    *("HB-09", "HB-14", "BSI SYS.1.5.A3", "NIST SP 800-53r5 CM-7"),
    how="/proc/PID/root/dev",
    fix="Look at cgroup_device_acl in /etc/libvirt/qemu.conf and at the devices of the workload.",
)
def few_devices(ground: MachineGround) -> Answer:
    """Its /dev holds only what every machine needs and what it was given.

    A device that is there can be opened by a guest that broke out.
    """
    process = ground.facts.process
    if isinstance(process, Unseen):
        return unproven(process)
    if isinstance(process.devices, Unseen):
        return unproven(process.devices)
    if isinstance(process.namespaces, Unseen) or "mnt" not in process.namespaces.own:
        return broken("Its /dev is the host's, with all that lies there.", f"{len(process.devices)} names")
    more = sorted(set(process.devices) - _DEVICES - _given(ground))
    return either(
        not more, "Its /dev holds nothing else.", f"Its /dev holds {listed(more)} too.", ", ".join(process.devices)
    )


_DEVICES = frozenset(
    {
        *("null", "zero", "full", "random", "urandom", "ptmx", "pts", "shm", "kvm", "userfaultfd", "mqueue", "net"),
        *("hugepages", "vhost-net", "console", "tty", "fd", "stdin", "stdout", "stderr", "core"),
    }
)


def _given(ground: MachineGround) -> set[str]:
    kinds = {device.kind for device in ground.workload.devices} | {nic.kind for nic in ground.workload.interfaces}
    named = {"pci": "vfio", "vf": "vfio", "usb": "bus"}
    serial = {device.options.get("path", "").rsplit("/", 1)[-1] for device in ground.workload.devices}
    return {named[kind] for kind in kinds if kind in named} | serial


@criterion(
    "RF-PRC-008",
    1,
    *("HB-14", "NIST SP 800-53r5 AC-6", "BSI SYS.1.5.A3"),
    how="bpf(2) on its control group, devices.list",
    fix="Let libvirt use control groups: look at cgroup_controllers in /etc/libvirt/qemu.conf.",
)
def device_access(ground: MachineGround) -> Answer:
    """The kernel judges every device that its process opens.

    Making a device node does not help a guest that broke out: opening it is refused.
    """
    process = ground.facts.process
    if isinstance(process, Unseen):
        return unproven(process)
    if isinstance(process.cgroup, Unseen):
        return unproven(process.cgroup)
    found = process.cgroup.devices
    if isinstance(found, Unseen):
        return unproven(found)
    shown = {"bpf": "a BPF program", "list": "devices.list", "all": "all devices are allowed"}[found]
    return either(found != "all", f"Devices are judged by {shown}.", "It may open every device.", shown)


@criterion(
    "RF-PRC-011",
    1,
    *("IEC 62443-3-3 SR 5.4", "NIST SP 800-53r5 SC-4", "NIST SP 800-53r5 SC-39", "HB-14"),
    how="/proc/PID/fd, /proc/PID/fdinfo",
    fix="Find out who opened it for the machine ('virsh dumpxml', hotplugged devices), and restart the workload.",
)
def own_files(ground: MachineGround) -> Answer:
    """Its process holds nothing open but its own disks, seed, sockets and taps.

    Whatever is open can be used by a guest that broke out, whatever the file's own permissions say.
    """
    process = ground.facts.process
    if isinstance(process, Unseen):
        return unproven(process)
    if isinstance(process.files, Unseen):
        return unproven(process.files)
    more = tuple(foreign(ground, process.files))
    shown = f"{len(process.files)} descriptors"
    return either(not more, f"All of its {shown} are its own.", f"It also holds open: {listed(more)}.", shown)


@criterion(
    "RF-PRC-012",
    1,
    *("NIST SP 800-53r5 SC-39",),
    how=_STATUS,
    fix="Find out what the tracer is, and end it if it is not yours.",
)
def untraced(ground: MachineGround) -> Answer:
    """Nobody traces the process.

    A tracer reads and writes all of the guest's memory.
    """
    found = credentials(ground)
    if isinstance(found, Unseen):
        return unproven(found)
    return either(not found.tracer, "Nobody traces it.", f"Process {found.tracer} traces it.", found.tracer)


@criterion(
    "RF-PRC-013",
    3,
    *("IEC 62443-3-3 SR 4.2", "NIST SP 800-53r5 SC-4"),
    how="/proc/PID/limits, /proc/PID/coredump_filter",
    fix="Set max_core = 0 in /etc/libvirt/qemu.conf (newer libvirt has no limit), restart libvirt, then the workload.",
)
def no_core(ground: MachineGround) -> Answer:
    """A crash writes no core dump of the process.

    QEMU keeps the guest's memory out of it (RF-MCH-010), and not what it has in its own: keys, passwords, packets.
    """
    process = ground.facts.process
    if isinstance(process, Unseen):
        return unproven(process)
    if isinstance(process.limits, Unseen):
        return unproven(process.limits)
    kept = isinstance(process.dump_filter, int) and process.dump_filter == 0
    shown = f"core limit {process.limits.core[0]}, filter {_hexadecimal(process)}"
    none = process.limits.core == (0, 0) or kept
    return either(none, "A crash writes no core dump.", "A crash may write a core dump.", shown)


def _hexadecimal(process: ProcessFacts) -> str:
    return f"{process.dump_filter:#x}" if isinstance(process.dump_filter, int) else "not seen"


@criterion(
    "RF-PRC-014",
    2,
    *("HB-25", "NIST SP 800-53r5 SI-2", "IEC 62443-3-3 SR 3.4"),
    how="/proc/PID/exe",
    fix="Restart the workload when its plant can spare it: then it runs what is installed.",
)
def installed_program(ground: MachineGround) -> Answer:
    """It runs the program that is installed now.

    After an update a machine keeps running the old QEMU, with its faults, until it is started anew.
    """
    process = ground.facts.process
    if isinstance(process, Unseen):
        return unproven(process)
    if isinstance(process.program, Unseen):
        return unproven(process.program)
    path = process.program
    if path.endswith(" (deleted)"):
        return broken("The program that it runs was replaced since it started.", path)
    good = path.startswith(_PROGRAMS)
    return either(good, "It runs the installed program.", f"It runs {path}, which no package installs there.", path)


@criterion(
    "RF-PRC-015",
    2,
    *("NIST SP 800-53r5 SC-39", "NIST SP 800-53r5 AC-6", "HB-08"),
    how="/proc/PID of each helper",
    fix="Update libvirt and the helper; remove the device that needs it if it cannot be confined.",
)
def helpers(ground: MachineGround) -> Answer:
    """Its helpers (swtpm, virtiofsd) are confined as well.

    They read what the guest sends, and are one more way out of it.
    """
    found = ground.facts.helpers
    if isinstance(found, Unseen):
        return unproven(found)
    if not found:
        return aside("It has no helpers.")
    wrong = []
    for one in found:
        held = one.process.credentials
        if isinstance(held, Unseen):
            return unproven(held)
        wrong += [f"{one.kind} ({one.process.pid}) {what}" for what in _loose(held)]
    shown = ", ".join(f"{one.kind} ({one.process.pid})" for one in found)
    return either(not wrong, "Its helpers are confined.", f"Its helpers are not confined: {listed(wrong)}.", shown)


def _loose(held: Credentials) -> list[str]:
    checks = {
        "runs as root": 0 in held.uids,
        "has capabilities": bool(held.effective),
        "has no filter of system calls": held.seccomp != SECCOMP_FILTER,
        "can gain privileges": held.no_new_privileges is not True,
    }
    return [what for what, true in checks.items() if true]
