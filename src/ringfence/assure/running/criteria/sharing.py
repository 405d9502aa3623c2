# SPDX-License-Identifier: Apache-2.0
"""Criteria about what machines of a host share although no rule says so: memory, swap, cores, buses."""

from __future__ import annotations

from ringfence.assure.running.criterion import Answer, aside, broken, criterion, either, holds, unproven
from ringfence.assure.running.ground import HostGround
from ringfence.assure.running.wording import listed
from ringfence.facts.unseen import Unseen


@criterion(
    "RF-SHR-001",
    2,
    *("NIST SP 800-53r5 SC-4", "HB-07", "BSI SYS.1.5.A23"),
    how="/sys/kernel/mm/ksm/run",
    fix="Switch it off: 'echo 2 >/sys/kernel/mm/ksm/run', and keep ksmtuned from starting.",
)
def no_merging(ground: HostGround) -> Answer:
    """Equal memory of machines is not merged (KSM).

    How long a write takes then tells one machine what lies in another one's memory.
    """
    found = ground.facts.sharing.merging
    if isinstance(found, Unseen):
        return unproven(found)
    return either(not found, "Memory is not merged.", "Equal memory of machines is merged.", "on" if found else "off")


@criterion(
    "RF-SHR-002",
    3,
    *("IEC 62443-3-3 SR 4.1", "NIST SP 800-53r5 SC-28", "HB-04"),
    how="/proc/swaps",
    fix="Switch swap off ('swapoff -a', /etc/fstab), or put it on an encrypted device.",
)
def swap(ground: HostGround) -> Answer:
    """There is no swap, or it is encrypted.

    What machines have in memory otherwise comes to lie on a disk in plain text.
    """
    found = ground.facts.sharing.swaps
    if isinstance(found, Unseen):
        return unproven(found)
    plain = [one.path for one in found if one.encrypted is False]
    unknown = [one.path for one in found if one.encrypted is None]
    shown = ", ".join(one.path for one in found) or "none"
    if plain:
        return broken(f"Swap is not encrypted: {listed(plain)}.", shown)
    if unknown:
        return unproven(f"Whether the disk below {listed(unknown)} is encrypted is not seen here.")
    return holds("There is no swap in plain text.", shown)


@criterion(
    "RF-SHR-003",
    4,
    *("NIST SP 800-53r5 SC-4", "NIST SP 800-125A"),
    how="/sys/devices/system/cpu/smt/control",
    fix="Switch it off: nosmt on the kernel's command line. Count on fewer cores.",
)
def no_threads(ground: HostGround) -> Answer:
    """No two machines run on threads of one core (SMT).

    Threads share caches and buffers, which is what most faults of processors leak through.
    """
    found = ground.facts.sharing.threads
    if isinstance(found, Unseen):
        return unproven(found)
    if ground.facts.virtualised and found == "not supported":
        return aside(f"The cores are those of {ground.facts.virtualised}, which alone knows what shares them.")
    return either(found != "on", f"SMT is {found}.", "Cores have two threads, which machines share.", found)


@criterion(
    "RF-SHR-004",
    1,
    *("HB-11", "NIST SP 800-125A", "BSI SYS.1.5.A3"),
    how="/sys/bus/pci/drivers/vfio-pci, /sys/kernel/iommu_groups",
    fix="Switch the IOMMU on in the firmware (VT-d, AMD-Vi) and with intel_iommu=on, or take the devices back.",
)
def passed_behind_iommu(ground: HostGround) -> Answer:
    """Devices in the hands of machines are held by an IOMMU.

    A device without one reads and writes all of the host's memory for whoever drives it.
    """
    passed, groups = ground.facts.sharing.passed, ground.facts.sharing.iommu_groups
    if isinstance(passed, Unseen):
        return unproven(passed)
    if not passed:
        return aside("No device is given away.")
    if isinstance(groups, Unseen):
        return unproven(groups)
    return either(
        groups > 0, f"An IOMMU holds {listed(passed)}.", f"No IOMMU holds {listed(passed)}.", f"{groups} groups"
    )


@criterion(
    "RF-SHR-005",
    4,
    *("HB-02", "NIST SP 800-53r5 SI-16"),
    how="/sys/kernel/iommu_groups",
    fix="Switch the IOMMU on in the firmware (VT-d, AMD-Vi), and with intel_iommu=on.",
)
def iommu(ground: HostGround) -> Answer:
    """The host's IOMMU is on.

    It also holds the host's own cards, whose firmware nobody checks.
    """
    found = ground.facts.sharing.iommu_groups
    if isinstance(found, Unseen):
        return unproven(found)
    return either(found > 0, "The IOMMU is on.", "There is no IOMMU, or it is off.", f"{found} groups")


@criterion(
    "RF-SHR-006",
    4,
    *("HB-02", "NIST SP 800-53r5 SC-39"),
    how="/proc/cpuinfo",
    fix="Run Ringfence on a machine of its own, or judge the hypervisor below as part of this zone.",
)
def own_machine(ground: HostGround) -> Answer:
    """The host is a machine of its own.

    Whoever holds the hypervisor below it holds every zone, and nothing here can see that.
    """
    found = ground.facts.virtualised
    if isinstance(ground.facts.kernel, Unseen):
        return unproven(ground.facts.kernel)
    return either(
        not found, "It runs on its own hardware.", f"It is itself a virtual machine ({found}).", found or "none"
    )
