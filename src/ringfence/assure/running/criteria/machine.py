# SPDX-License-Identifier: Apache-2.0
"""Criteria about what a running machine is made of."""

from __future__ import annotations

from collections.abc import Iterator

from ringfence.assure.running.criterion import Answer, aside, broken, criterion, either, holds, unproven
from ringfence.assure.running.ground import MachineGround
from ringfence.assure.running.guest_cpu import missing
from ringfence.assure.running.wording import listed
from ringfence.facts.machine import LiveMachine
from ringfence.facts.unseen import Unseen

_LIVE = "libvirt's live definition"
_AGENT = "org.qemu.guest_agent.0"
_APPLY = "Apply the site again and restart the workload: 'ringfence apply', 'ringfence restart'."


@criterion(
    "RF-MCH-001",
    3,
    *("NIST SP 800-53r5 SC-39", "NIST SP 800-125A", "HB-02"),
    how="/proc/PID/fd: a virtual machine of KVM is open, or none",
    fix="Run the workload on a host whose KVM works, or lower the zone's level.",
)
def accelerated(ground: MachineGround) -> Answer:
    """The guest runs under KVM.

    QEMU's project promises that a guest cannot break out only where the processor's virtualization runs it, and not
    under software emulation (QEMU's documentation, Security).
    """
    found = ground.facts.accelerator
    if isinstance(found, Unseen):
        return unproven(found)
    return either(found == "kvm", "It runs under KVM.", "It runs under software emulation (TCG).", found)


@criterion("RF-MCH-002", 1, "IEC 62443-3-3 SR 3.4", "NIST SP 800-53r5 CM-6", how=_LIVE, fix=_APPLY)
def machine_type(ground: MachineGround) -> Answer:
    """The machine type is the bound one, with its version.

    What hardware a guest sees then never changes with an update of QEMU.
    """
    live = ground.facts.live
    if isinstance(live, Unseen):
        return unproven(live)
    if ground.binding is None:
        return unproven("No machine type is bound to it: this workload was not applied.")
    wanted = ground.binding.machine
    return either(live.type == wanted, f"It is a {wanted}.", f"It is a {live.type}, not a {wanted}.", live.type)


@criterion("RF-MCH-003", 1, "IEC 62443-3-3 SR 3.4", "NIST SP 800-53r5 SI-7", how=_LIVE, fix=_APPLY)
def firmware(ground: MachineGround) -> Answer:
    """It boots by the firmware that was declared.

    Other firmware boots other things, by other rules.
    """
    live = ground.facts.live
    if isinstance(live, Unseen):
        return unproven(live)
    wanted = "bios" if ground.workload.firmware == "bios" else "uefi"
    found = live.firmware.kind
    shown = f"{found} {live.firmware.code}".strip()
    return either(found == wanted, f"It boots by {found}.", f"It boots by {found}, and {wanted} is declared.", shown)


@criterion(
    "RF-MCH-004",
    4,
    *("IEC 62443-3-3 SR 3.4", "NIST SP 800-53r5 SI-7", "HB-01"),
    how="the machine's UEFI variable store",
    fix="Give the workload UEFI with Secure Boot where its guest can boot by it, or lower the zone's level.",
)
def secure_boot(ground: MachineGround) -> Answer:
    """The guest boots with Secure Boot.

    Only signed boot loaders and kernels then start, also after an intruder wrote to the disk.
    """
    live = ground.facts.live
    if isinstance(live, Unseen):
        return unproven(live)
    if live.kernel:
        return broken(f"It boots a kernel past its firmware: {live.kernel}.", live.kernel)
    if live.firmware.kind == "bios":
        return broken("It boots by BIOS, which checks nothing.", "bios")
    found = live.firmware.secure_boot
    if isinstance(found, Unseen):
        return unproven(found)
    shown = (
        f"Secure Boot {'on' if found else 'off'}, protected variables {'on' if live.firmware.secure_code else 'off'}"
    )
    good = found and live.firmware.secure_code
    return either(good, "It boots with Secure Boot.", "Secure Boot does not protect how it boots.", shown)


@criterion("RF-MCH-005", 1, "IEC 62443-3-3 SR 3.4", "NIST SP 800-53r5 SC-28", how=_LIVE, fix=_APPLY)
def tpm(ground: MachineGround) -> Answer:
    """It has a virtual TPM where one is declared, and none where none is.

    Keys of the guest lie in it; one that nobody declared is a process more for guests to reach.
    """
    live = ground.facts.live
    if isinstance(live, Unseen):
        return unproven(live)
    if not ground.workload.tpm:
        return either(
            not live.tpm, "It has no TPM.", f"It has a TPM ({live.tpm}) that nobody declared.", live.tpm or "none"
        )
    if live.tpm != "emulator":
        return broken("It has no virtual TPM of its own.", live.tpm or "none")
    helpers = ground.facts.helpers
    if isinstance(helpers, Unseen):
        return unproven(helpers)
    running = any(one.kind.startswith("swtpm") for one in helpers)
    return either(running, "It has a virtual TPM.", "No process of its virtual TPM runs.", live.tpm)


@criterion(
    "RF-MCH-006",
    4,
    *("IEC 62443-3-3 SR 4.1", "NIST SP 800-53r5 SC-28", "BSI SYS.1.5.A28"),
    how="the header of each disk's file",
    fix="Encrypt the file system that the pool lies on (LUKS), and note that in the site's exceptions.",
)
def encrypted(ground: MachineGround) -> Answer:
    """Its disks are encrypted.

    Whoever takes a disk or a copy of it then has nothing. Encryption below the pool is not seen here.
    """
    live = ground.facts.live
    if isinstance(live, Unseen):
        return unproven(live)
    disks = [one for one in live.disks if not one.readonly]
    unseen = next((one.encrypted for one in disks if isinstance(one.encrypted, Unseen)), None)
    plain = [one.target for one in disks if one.encrypted is False]
    shown = ", ".join(f"{one.target}: {'LUKS' if one.encrypted is True else 'plain'}" for one in disks)
    if plain:
        return broken(f"Disks are not encrypted: {listed(plain)}.", shown)
    return unproven(unseen) if unseen is not None else holds("Its disks are encrypted.", shown)


@criterion("RF-MCH-007", 1, "IEC 62443-3-3 SR 3.4", "NIST SP 800-53r5 SI-7", how=_LIVE, fix=_APPLY)
def no_kernel(ground: MachineGround) -> Answer:
    """No kernel is booted past its firmware.

    Such a kernel is not signed and not the guest's own: it starts even under Secure Boot.
    """
    live = ground.facts.live
    if isinstance(live, Unseen):
        return unproven(live)
    return either(not live.kernel, "It boots from its disk.", f"It boots {live.kernel}.", live.kernel or "none")


@criterion("RF-MCH-008", 1, "IEC 62443-3-3 SR 5.2", "NIST SP 800-53r5 CM-7", "HB-23", how=_LIVE, fix=_APPLY)
def display(ground: MachineGround) -> Answer:
    """Its display is no port of the network.

    Over a display one logs in, resets passwords, and boots something else.
    """
    live = ground.facts.live
    if isinstance(live, Unseen):
        return unproven(live)
    open_ = [one for one in live.displays if not one.partition(":")[2].startswith("/")]
    shown = ", ".join(live.displays) or "none"
    return either(not open_, "Its display cannot be reached.", f"Its display can be reached: {listed(open_)}.", shown)


@criterion(
    "RF-MCH-009",
    1,
    *("IEC 62443-3-3 SR 5.1", "IEC 62443-3-3 SR 7.7", "HB-09", "BSI SYS.1.5.A16", "BSI SYS.1.5.A3"),
    how=_LIVE,
    fix=_APPLY,
)
def shares_nothing(ground: MachineGround) -> Answer:
    """It shares no folder, clipboard, memory or device with its host beyond what is declared.

    Each of these is a way between guest and host that no rule of the network sees.
    """
    live = ground.facts.live
    if isinstance(live, Unseen):
        return unproven(live)
    more = tuple(_undeclared(ground, live))
    shown = ", ".join(live.channels) or "none"
    return either(not more, "It shares nothing that is not declared.", f"It also has: {listed(more)}.", shown)


def _undeclared(ground: MachineGround, live: LiveMachine) -> Iterator[str]:
    kinds = {device.kind for device in ground.workload.devices}
    beside = {nic.kind for nic in ground.workload.interfaces} - {"bridge"}
    declared = {"guest-agent": _AGENT, "usb": "hostdev:usb", "pci": "hostdev:pci"}
    allowed = {name for kind, name in declared.items() if kind in kinds}
    if beside & {"vf", "pci"}:
        allowed.add("hostdev:pci")
    yield from (one for one in live.channels if one not in allowed)


@criterion("RF-MCH-010", 2, "IEC 62443-3-3 SR 4.2", "NIST SP 800-53r5 SC-4", how=_LIVE, fix=_APPLY)
def no_memory_dump(ground: MachineGround) -> Answer:
    """A dump of its process leaves the guest's memory out.

    It holds for every dump, also one that somebody takes of the host's whole memory by QEMU.
    """
    live = ground.facts.live
    if isinstance(live, Unseen):
        return unproven(live)
    return either(
        not live.core_dumps, "Dumps leave its memory out.", "Dumps hold its memory.", f"dumpCore {live.core_dumps}"
    )


@criterion(
    "RF-MCH-011",
    3,
    *("NIST SP 800-53r5 SI-16", "NIST SP 800-53r5 SI-2", "HB-15"),
    how="libvirt's live definition, /sys/devices/system/cpu/vulnerabilities",
    fix="Update the host's microcode and QEMU, then give the workload a new CPU model: destroy and apply it.",
)
def guest_defences(ground: MachineGround) -> Answer:
    """The guest sees what it needs against the processor's own faults.

    Without these features in its CPU model, its kernel cannot keep its own programs apart.
    """
    live, host = ground.facts.live, ground.host.hardening.mitigations
    if ground.facts.accelerator == "tcg":
        return aside("Software emulation runs the guest: the processor's faults are not in it.")
    for one in (ground.facts.accelerator, live, host):
        if isinstance(one, Unseen):
            return unproven(one)
    if isinstance(live, Unseen) or isinstance(host, Unseen):
        return unproven("Not seen.")
    cpu = live.cpu
    shown = f"{cpu.mode} {cpu.model}".strip()
    if cpu.mode in {"host-passthrough", "maximum"}:
        return holds("It sees all of the host's processor.", shown)
    if not cpu.told:
        return unproven("libvirt does not tell which features the guest sees.")
    more = missing(cpu, host)
    return either(not more, "It sees what it needs.", f"It sees nothing against {listed(more)}.", shown)


@criterion(
    "RF-MCH-012",
    3,
    *("IEC 62443-3-3 SR 4.1", "NIST SP 800-53r5 SC-4", "HB-04"),
    how="/proc/PID/status: VmSwap",
    fix="Switch swap off or encrypt it, then restart the workload.",
)
def not_swapped(ground: MachineGround) -> Answer:
    """None of its memory lies in swap.

    Memory in swap is on a disk, and slow for whoever needs it in time.
    """
    process = ground.facts.process
    if isinstance(process, Unseen):
        return unproven(process)
    held = process.credentials
    if isinstance(held, Unseen):
        return unproven(held)
    if isinstance(held.swapped_kib, Unseen):
        return unproven(held.swapped_kib)
    shown = f"VmSwap {held.swapped_kib} KiB, VmLck {held.locked_kib if isinstance(held.locked_kib, int) else '?'} KiB"
    return either(held.swapped_kib == 0, "All of its memory is in memory.", "Some of its memory is in swap.", shown)
