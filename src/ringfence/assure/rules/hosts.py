# SPDX-License-Identifier: Apache-2.0
"""Rules about the state of hosts and of their tools."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from ringfence.assure.ground import Ground
from ringfence.assure.rule import Found, rule
from ringfence.base.diagnostics import Severity
from ringfence.facts.host import HostFacts

STALE = timedelta(days=1)
"""Age from which on facts about a host are no longer trusted."""

LEAST = {"libvirt": (9, 0), "qemu": (7, 2), "nft": (1, 0, 6)}
"""Versions of Debian 12, the oldest that the artifacts are tested with."""

GUARDED = 2
"""SL-T from which on a second wall around each QEMU process is expected."""


@rule(
    "RF-HST-009",
    Severity.MEDIUM,
    "IEC 62443-3-3 SR 5.4",
    "NIST SP 800-125A",
    fix="Switch AppArmor (Debian, Ubuntu) or SELinux on and restart libvirtd.",
)
def no_mandatory_access(ground: Ground) -> Iterator[Found]:
    """A host has no mandatory access control around QEMU.

    A guest that breaks out of QEMU then meets only the rights of its own user. AppArmor or SELinux would be
    a second wall.
    """
    for host, facts, workloads in ground.observed():
        highest = max((ground.level_of(workload) for workload in workloads), default=0)
        if facts.mandatory_access == "none" and highest >= GUARDED:
            problem = f"Host '{host.name}' carries zones up to SL-T {highest} without AppArmor or SELinux."
            yield Found(f"host/{host.name}", problem)


@rule(
    "RF-HST-010",
    Severity.LOW,
    "IEC 62443-3-3 SR 7.8",
    fix="Run 'ringfence check' on the host, or name the host as it names itself.",
)
def not_observed(ground: Ground) -> Iterator[Found]:
    """A host was not observed.

    Nothing can be said about its memory, its processors or whether KVM works.
    """
    for name in ground.site.hosts:
        if name not in ground.facts:
            yield Found(f"host/{name}", f"Host '{name}' was not observed, so that nothing about it was checked.")


@rule(
    "RF-HST-011",
    Severity.INFO,
    "IEC 62443-3-3 SR 7.8",
    fix="Observe the host again.",
)
def stale(ground: Ground) -> Iterator[Found]:
    """What is known about a host is more than a day old.

    Memory, disks and kernels change; findings about the host may be wrong.
    """
    for host, facts, _ in ground.observed():
        if ground.now - facts.at > STALE:
            problem = f"Host '{host.name}' was last observed at {facts.at:%Y-%m-%d %H:%M} UTC."
            yield Found(f"host/{host.name}", problem)


def _versions(facts: HostFacts) -> Iterator[tuple[str, tuple[int, ...], tuple[int, ...]]]:
    for tool, least in LEAST.items():
        yield tool, getattr(facts.versions, tool), least


def _dotted(version: tuple[int, ...]) -> str:
    return ".".join(str(number) for number in version)


@rule(
    "RF-HST-012",
    Severity.ERROR,
    "IEC 62443-3-3 SR 7.8",
    fix="Install it from the distribution (Debian: qemu-system-x86, libvirt-daemon-system, nftables).",
)
def tool_missing(ground: Ground) -> Iterator[Found]:
    """A tool that every apply needs is missing on a host.

    QEMU, libvirt and nftables run and fence the workloads.
    """
    for host, facts, _ in ground.observed():
        for tool, version, _least in _versions(facts):
            if not version:
                yield Found(f"host/{host.name}", f"Host '{host.name}' has no {tool}, or it did not answer.")


@rule(
    "RF-HST-013",
    Severity.MEDIUM,
    "IEC 62443-3-3 SR 3.3",
    "NIST SP 800-53r5 SI-2",
    fix="Move the host to Debian 12 or newer, or to a distribution with at least these versions.",
)
def tool_old(ground: Ground) -> Iterator[Found]:
    """A tool on a host is older than the oldest that Ringfence is tested with.

    It may understand what Ringfence writes differently, and it misses years of security fixes.
    """
    for host, facts, _ in ground.observed():
        for tool, version, least in _versions(facts):
            if version and version < least:
                problem = f"Host '{host.name}' has {tool} {_dotted(version)}; the oldest tested is {_dotted(least)}."
                yield Found(f"host/{host.name}", problem)


@rule(
    "RF-HST-014",
    Severity.ERROR,
    "IEC 62443-3-3 SR 3.4",
    fix="Install OVMF on the host (Debian: ovmf), or set 'firmware: bios'.",
)
def no_uefi(ground: Ground) -> Iterator[Found]:
    """A workload needs UEFI and its host has none.

    UEFI for guests is a file that the distribution brings in a package of its own.
    """
    for host, facts, workloads in ground.observed():
        for workload in workloads:
            if workload.firmware == "uefi" and all(image.secure for image in facts.firmware):
                problem = f"Workload '{workload.name}' boots with UEFI, and host '{host.name}' has no UEFI for guests."
                yield Found(f"workload/{workload.name}", problem, "firmware")


@rule(
    "RF-HST-016",
    Severity.ERROR,
    "IEC 62443-3-3 SR 5.4",
    "NIST SP 800-125A",
    fix="Switch on the IOMMU (VT-d or AMD-Vi) in the host's firmware and on its kernel's command line.",
)
def passthrough_without_iommu(ground: Ground) -> Iterator[Found]:
    """A PCI device is passed through on a host without IOMMU.

    Such a device can read and write all of the host's memory on behalf of its guest.
    """
    for host, facts, workloads in ground.observed():
        for workload in workloads:
            kinds = {device.kind for device in workload.devices} | {i.kind for i in workload.interfaces}
            if not facts.iommu and kinds & {"pci", "vf"}:
                problem = f"Workload '{workload.name}' gets a PCI device of host '{host.name}', which has no IOMMU."
                yield Found(f"workload/{workload.name}", problem, "devices")


@rule(
    "RF-HST-017",
    Severity.INFO,
    "NIST SP 800-125B",
    fix="Nothing: Ringfence accepts its own bridges there. Check again when those rules change.",
)
def forward_drop(ground: Ground) -> Iterator[Found]:
    """Another program's firewall also judges what bridges carry.

    With Docker or firewalld on the host, bridged frames pass their rules too. A change there can cut the
    plant.
    """
    for host, facts, _ in ground.observed():
        if facts.bridge_netfilter and facts.forward_drop:
            problem = f"On host '{host.name}' bridged frames pass a FORWARD chain that drops by default."
            yield Found(f"host/{host.name}", problem)


@rule(
    "RF-HST-018",
    Severity.INFO,
    "IEC 62443-3-3 SR 7.4",
    fix="Start the plant after a boot with 'ringfence apply', or use a host with systemd.",
)
def no_systemd(ground: Ground) -> Iterator[Found]:
    """A host does not start the plant by itself.

    The files that bring the plant back after a power cut are started by systemd.
    """
    for host, facts, workloads in ground.observed():
        if not facts.systemd and workloads:
            yield Found(f"host/{host.name}", f"Host '{host.name}' runs without systemd.")


@rule(
    "RF-HST-019",
    Severity.ERROR,
    "IEC 62443-3-3 SR 5.4",
    "NIST SP 800-125A",
    fix=(
        'Write \'KERNEL=="kvm", MODE="0666"\' into /etc/udev/rules.d/99-ringfence-kvm.rules, '
        "then run 'udevadm control --reload' and 'chmod 0666 /dev/kvm'."
    ),
)
def kvm_closed(ground: Ground) -> Iterator[Found]:
    """Workloads' own users may not open /dev/kvm.

    Every workload runs as a user of its own in libvirt's group. Debian's udev lets the group kvm alone open
    /dev/kvm, so that no workload would start. Whoever opens it can run guests, and nothing else: systemd's own
    rule lets everybody.
    """
    for host, facts, workloads in ground.observed():
        if workloads and facts.acceleration.kvm == "yes" and "own-uid" not in facts.features:
            yield Found(f"host/{host.name}", f"On host '{host.name}' a workload's own user may not open /dev/kvm.")
