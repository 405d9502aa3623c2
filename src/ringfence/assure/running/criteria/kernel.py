# SPDX-License-Identifier: Apache-2.0
"""Criteria about the host's kernel."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ringfence.assure.running.criterion import Answer, aside, broken, criterion, either, holds, unproven
from ringfence.assure.running.ground import HostGround
from ringfence.assure.running.wording import listed
from ringfence.facts.unseen import Unseen

_HARD = ("NIST SP 800-53r5 CM-6", "HB-24", "BSI SYS.1.5.A22")
_WEAKENING = (
    *("mitigations=off", "nopti", "nospectre_v1", "nospectre_v2", "spectre_v2=off", "spec_store_bypass_disable=off"),
    *("l1tf=off", "mds=off", "tsx_async_abort=off", "mmio_stale_data=off", "retbleed=off", "srbds=off", "kaslr=off"),
    *("nokaslr", "nosmep", "nosmap", "noexec=off", "apparmor=0", "selinux=0", "security=none", "intel_iommu=off"),
    *("amd_iommu=off", "iommu=off", "lockdown=none", "init_on_free=0", "slub_debug=-", "vsyscall=native", "pti=off"),
    *(
        "spectre_bhi=off",
        "gather_data_sampling=off",
        "spec_rstack_overflow=off",
        "vmscape=off",
        "kvm.nx_huge_pages=off",
    ),
)
_LESS = ("no_user_kernel", "no_user_user", "no_guest_host", "no_guest_guest", "no_cross_thread")
"""Words after ``mitigations=auto,`` that take a kind of attack out of the defence (Linux 6.17)."""

WANTED: Mapping[str, tuple[tuple[str, ...], str]] = {
    "kernel.kptr_restrict": (("1", "2"), "addresses in the kernel are hidden"),
    "kernel.dmesg_restrict": (("1",), "the kernel's log is root's"),
    "kernel.yama.ptrace_scope": (("1", "2", "3"), "programs do not trace one another"),
    "kernel.unprivileged_bpf_disabled": (("1", "2"), "users load no BPF programs"),
    "net.core.bpf_jit_harden": (("1", "2"), "BPF programs are hardened"),
    "kernel.perf_event_paranoid": (("2", "3", "4"), "users measure only their own programs"),
    "fs.protected_symlinks": (("1",), "links in shared folders are not followed"),
    "fs.protected_hardlinks": (("1",), "files of others are not linked"),
    "fs.protected_fifos": (("1", "2"), "pipes in shared folders are not opened"),
    "fs.protected_regular": (("1", "2"), "files in shared folders are not written"),
    "fs.suid_dumpable": (("0", "2"), "programs with the set-user-ID bit leave no dump to users"),
    "vm.unprivileged_userfaultfd": (("0",), "users do not stop the kernel at a page"),
}
"""Values that are as they should be, and what they mean."""
_PARTS = frozenset({"net.core.bpf_jit_harden", "kernel.unprivileged_bpf_disabled", "vm.unprivileged_userfaultfd"})
"""Switches of parts that a kernel may be built without: then there is nothing to switch."""


@criterion(
    "RF-KRN-001",
    3,
    *("NIST SP 800-125A", "NIST SP 800-53r5 SC-39", "HB-02"),
    how="a small guest is run under KVM",
    fix="Switch virtualization on in the firmware, and load kvm_intel or kvm_amd; 'ringfence status' tells more.",
)
def accelerates(ground: HostGround) -> Answer:
    """KVM runs guests.

    That the device is there proves nothing; a small guest is run through every mode of the processor.
    """
    found = ground.facts.acceleration
    if isinstance(found, Unseen):
        return unproven(found)
    if found.kvm == "unknown":
        return unproven(found.why)
    return either(found.kvm == "yes", found.why, found.why, found.kvm)


@criterion(
    "RF-KRN-002",
    3,
    *("NIST SP 800-53r5 SI-16", "NIST SP 800-53r5 SI-2", "HB-25", "BSI SYS.1.5.A22"),
    how="/sys/devices/system/cpu/vulnerabilities",
    fix="Update kernel and microcode, take what switches mitigations off from the kernel's command line, and reboot.",
)
def mitigated(ground: HostGround) -> Answer:
    """The kernel defends itself against every fault of the processor that it knows.

    Such faults let a guest read memory of the host and of other guests.
    """
    found = ground.facts.hardening.mitigations
    if isinstance(found, Unseen):
        return unproven(found)
    if not found:
        return unproven("The kernel tells of no vulnerability, not even that there is none.")
    bare = [f"{name}: {word}" for name, word in found.items() if "vulnerable" in word.lower()]
    unknown = [name for name, word in found.items() if word.startswith("Unknown")]
    shown = "; ".join(f"{name}: {word}" for name, word in found.items() if not word.startswith("Not affected"))
    if bare:
        return broken(f"The kernel is not defended: {listed(bare)}.", shown)
    if unknown:
        return unproven(f"The kernel does not know about {listed(unknown)}.")
    return holds("The kernel is defended against all that it knows.", shown or "not affected by any")


@criterion("RF-KRN-003", 2, *_HARD, how="/proc/cmdline", fix="Take it from the kernel's command line, and reboot.")
def arguments(ground: HostGround) -> Answer:
    """Nothing on the kernel's command line switches a defence off.

    It is a common way to make a machine faster, and forgotten.
    """
    found = ground.facts.kernel
    if isinstance(found, Unseen):
        return unproven(found)
    words = [word for word in found.arguments if word in _WEAKENING or _leaves_out(word)]
    return either(
        not words, "Nothing switches a defence off.", f"These switch defences off: {listed(words)}.", listed(words)
    )


def _leaves_out(word: str) -> bool:
    name, _, values = word.partition("=")
    return name == "mitigations" and any(value in _LESS for value in values.split(","))


@criterion(
    "RF-KRN-004",
    3,
    *("NIST SP 800-53r5 SI-2", "HB-25"),
    how="/proc/cpuinfo, /sys/devices/system/cpu/vulnerabilities/old_microcode",
    fix="Install intel-microcode or amd64-microcode, or newer firmware, and reboot.",
)
def microcode(ground: HostGround) -> Answer:
    """All cores run one microcode, and the kernel does not call it old.

    Most defences against the processor's faults need newer microcode than the one it was sold with.
    """
    kernel, word = ground.facts.kernel, ground.facts.hardening.mitigations
    if isinstance(kernel, Unseen):
        return unproven(kernel)
    if isinstance(kernel.microcode, Unseen):
        return unproven(kernel.microcode)
    if ground.facts.virtualised:
        return aside(f"This host itself is a virtual machine ({ground.facts.virtualised}): microcode is that one's.")
    if "," in kernel.microcode:
        return broken("Cores run different microcode.", kernel.microcode)
    if isinstance(word, Unseen):
        return unproven(word)
    old = word.get("old_microcode", "").startswith("Vulnerable")
    return either(
        not old, "The kernel knows no newer microcode.", "The kernel calls its microcode old.", kernel.microcode
    )


@criterion(
    "RF-KRN-005",
    4,
    *_HARD,
    how="/sys/kernel/security/lockdown",
    fix="Boot with lockdown=integrity, or with Secure Boot where the kernel then locks itself down.",
)
def lockdown(ground: HostGround) -> Answer:
    """The kernel is locked down.

    Root then cannot change the running kernel, and so cannot hide in it.
    """
    found = ground.facts.hardening.lockdown
    if isinstance(found, Unseen):
        return unproven(found)
    return either(found != "none", f"It is locked down: {found}.", "It is not locked down.", found)


@criterion(
    "RF-KRN-006",
    3,
    *("IEC 62443-3-3 SR 3.4", "NIST SP 800-53r5 SI-7", "HB-01"),
    how="the EFI variable SecureBoot",
    fix="Boot the host by UEFI, and switch Secure Boot on in its firmware.",
)
def secure_boot(ground: HostGround) -> Answer:
    """The host booted with Secure Boot.

    Whoever changes the kernel on the disk then keeps the host from booting, instead of owning it.
    """
    found = ground.facts.hardening.secure_boot
    if isinstance(found, Unseen):
        return unproven(found)
    return either(found == "on", "It booted with Secure Boot.", f"It booted without Secure Boot ({found}).", found)


@criterion(
    "RF-KRN-007",
    3,
    *("IEC 62443-3-3 SR 2.1", "NIST SP 800-53r5 SC-3", "BSI SYS.1.5.A22"),
    how="/sys/kernel/security/lsm",
    fix="Boot a kernel with AppArmor or SELinux, and enforce it (Debian and Ubuntu have AppArmor on).",
)
def mandatory(ground: HostGround) -> Answer:
    """The kernel enforces mandatory access control.

    It confines libvirt's machines, and the host's own services as well.
    """
    found, enforcing = ground.facts.hardening.mac, ground.facts.hardening.mac_enforcing
    if isinstance(found, Unseen):
        return unproven(found)
    if isinstance(enforcing, Unseen):
        return unproven(enforcing)
    if found == "none":
        return broken("This kernel has no mandatory access control.", "none")
    return either(enforcing, f"The kernel enforces {found}.", f"The kernel does not enforce {found}.", found)


@criterion(
    "RF-KRN-008",
    4,
    *("IEC 62443-3-3 SR 3.4", *_HARD),
    how="/proc/sys/kernel/tainted",
    fix="Remove what tainted the kernel, and reboot; the kernel's log names it ('dmesg').",
)
def untainted(ground: HostGround) -> Answer:
    """Nothing has tainted the kernel.

    Code from elsewhere, or a fault that it went on after, makes its promises uncertain.
    """
    found = ground.facts.kernel
    if isinstance(found, Unseen):
        return unproven(found)
    if isinstance(found.tainted, Unseen):
        return unproven(found.tainted)
    shown = ", ".join(found.tainted) or "0"
    return either(not found.tainted, "The kernel is not tainted.", f"The kernel is tainted by {shown}.", shown)


@criterion(
    "RF-KRN-009",
    3,
    *_HARD,
    how="/proc/sys",
    fix="Write the values into /etc/sysctl.d, and load them with 'sysctl --system'.",
)
def switches(ground: HostGround) -> Answer:
    """The kernel's switches are set as a hardened host's are.

    Each one takes something from a program without privileges that an intruder would use next.
    """
    found = ground.facts.hardening.sysctls
    if not found:
        return unproven("None of the kernel's switches could be read.")
    hidden = next((found[name] for name in WANTED if isinstance(found.get(name), Unseen)), None)
    wrong = tuple(_wrong(found))
    if isinstance(hidden, Unseen) and not wrong:
        return unproven(hidden)
    shown = ", ".join(f"{name}={found[name]}" for name in WANTED if isinstance(found.get(name), str))
    return either(not wrong, "All of them are set.", f"These are not: {listed(wrong)}.", shown)


def _wrong(found: Mapping[str, str | Unseen]) -> Iterator[str]:
    for name, (good, _) in WANTED.items():
        value = found.get(name)
        if isinstance(value, Unseen) or (value is None and name in _PARTS):
            continue
        if value not in good:
            yield f"{name} is {value if value is not None else 'missing'} (wanted: {' or '.join(good)})"


@criterion(
    "RF-KRN-010",
    1,
    "NIST SP 800-53r5 SI-16",
    *_HARD,
    how="/proc/sys/kernel/randomize_va_space",
    fix="Set kernel.randomize_va_space = 2 in /etc/sysctl.d.",
)
def randomised(ground: HostGround) -> Answer:
    """Programs lie at random places in memory.

    An intruder in one then has to guess where anything is.
    """
    value = ground.facts.hardening.sysctls.get("kernel.randomize_va_space")
    if value is None or isinstance(value, Unseen):
        return unproven(value or "The kernel does not tell kernel.randomize_va_space.")
    return either(value == "2", "Programs lie at random places.", "Programs lie where one expects them.", value)


@criterion(
    "RF-KRN-011",
    3,
    *("NIST SP 800-53r5 SC-4", *_HARD),
    how="/proc/sys/kernel/core_pattern",
    fix="Let systemd-coredump take core dumps, or set kernel.core_pattern to '|/bin/false'.",
)
def core_pattern(ground: HostGround) -> Answer:
    """Core dumps go to a program that keeps them, not into whatever folder.

    A dump holds passwords and keys of the program that crashed.
    """
    found = ground.facts.hardening.core_pattern
    if isinstance(found, Unseen):
        return unproven(found)
    good = found.startswith(("|/", "/")) or not found
    return either(good, "Core dumps go to a fixed place.", "Core dumps fall into the folder of what crashed.", found)


@criterion(
    "RF-KRN-012",
    2,
    "NIST SP 800-125A",
    "HB-15",
    how="/sys/module/kvm_*/parameters/nested",
    fix="Load the module with nested=0 (/etc/modprobe.d), and reboot.",
)
def not_nested(ground: HostGround) -> Answer:
    """Guests cannot run guests.

    Nesting is the part of KVM in which most of its faults were found.
    """
    found, kvm = ground.facts.sharing.nested, ground.facts.acceleration
    if not isinstance(kvm, Unseen) and kvm.kvm == "no":
        return aside("KVM runs no guests here.")
    if isinstance(found, Unseen):
        return unproven(found)
    return either(not found, "Guests cannot run guests.", "Guests can run guests.", "on" if found else "off")


@criterion(
    "RF-KRN-013",
    4,
    *_HARD,
    how="/proc/modules, /proc/sys/kernel/modules_disabled",
    fix="Set kernel.modules_disabled = 1 when the host has booted, or boot with lockdown=integrity.",
)
def no_more_modules(ground: HostGround) -> Answer:
    """Nobody loads more modules into the kernel.

    A module is code in the kernel: root that loads one hides from everything here.
    """
    kernel, hardening = ground.facts.kernel, ground.facts.hardening
    if isinstance(kernel, Unseen):
        return unproven(kernel)
    if isinstance(kernel.modules, Unseen):
        return unproven(kernel.modules)
    closed = hardening.sysctls.get("kernel.modules_disabled") == "1" or "nomodule" in kernel.arguments
    signed = hardening.lockdown in {"integrity", "confidentiality"}
    shown = f"{len(kernel.modules)} modules"
    return either(closed or signed, "Nobody can load more.", "Root can load more.", shown)
