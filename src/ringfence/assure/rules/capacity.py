# SPDX-License-Identifier: Apache-2.0
"""Rules about what hosts have and what workloads are promised."""

from __future__ import annotations

from collections.abc import Iterator

from ringfence.assure.ground import Ground
from ringfence.assure.rule import Found, rule
from ringfence.assure.wording import critical, named
from ringfence.base.diagnostics import Severity

LEAST_RESERVED_MIB = 512
"""What a Debian host with libvirt, its journal and Ringfence needs for itself."""


@rule(
    "RF-HST-004",
    Severity.HIGH,
    "IEC 62443-3-3 SR 7.2",
    "NIST SP 800-125A",
    fix="Give workloads less memory, reserve less for the host, or move workloads to another host.",
)
def memory_overcommitted(ground: Ground) -> Iterator[Found]:
    """More memory is promised than a host has.

    When the guests use what they were promised, the kernel ends one of them, and does not ask which.
    """
    for host, facts, workloads in ground.observed():
        promised = sum(workload.memory_mib for workload in workloads)
        if promised + host.reserved_memory_mib > facts.memory_mib:
            problem = (
                f"Host '{host.name}' has {facts.memory_mib} MiB of memory; its workloads are promised "
                f"{promised} MiB "
                f"and {host.reserved_memory_mib} MiB are reserved for itself."
            )
            yield Found(f"host/{host.name}", problem)


@rule(
    "RF-HST-005",
    Severity.MEDIUM,
    "IEC 62443-3-3 SR 7.2",
    "IEC 62443-3-3 SR 7.1",
    fix="Give workloads fewer vcpus, or move those without essential function to another host.",
)
def processors_overcommitted(ground: Ground) -> Iterator[Found]:
    """Essential functions share their processors with more vcpus than there are cores.

    When all guests are busy, those that must not wait do wait.
    """
    for host, facts, workloads in ground.observed():
        vcpus, cores = sum(workload.vcpus for workload in workloads), facts.cores - host.reserved_cores
        held = critical(workloads)
        if held and vcpus > cores:
            problem = (
                f"Host '{host.name}' has {cores} cores for {vcpus} vcpus and carries essential functions "
                f"({named(held)})."
            )
            yield Found(f"host/{host.name}", problem)


@rule(
    "RF-HST-006",
    Severity.MEDIUM,
    "IEC 62443-3-3 SR 7.2",
    "NIST SP 800-125A",
    fix="Give it fewer vcpus than the host has cores.",
)
def more_vcpus_than_cores(ground: Ground) -> Iterator[Found]:
    """A workload has more vcpus than its host has cores.

    Its vcpus then wait for each other; guests that spin on a lock come to a stand-still.
    """
    for host, facts, workloads in ground.observed():
        for workload in workloads:
            if workload.vcpus > facts.cores:
                problem = (
                    f"Workload '{workload.name}' has {workload.vcpus} vcpus on host '{host.name}' "
                    f"with {facts.cores} cores."
                )
                yield Found(f"workload/{workload.name}", problem, "vcpus")


@rule(
    "RF-HST-007",
    Severity.LOW,
    "IEC 62443-3-3 SR 7.2",
    fix="Make disks smaller, free space in the pool, or put the pool on a larger file system.",
)
def disk_short(ground: Ground) -> Iterator[Found]:
    """The disks of the workloads may outgrow the pool.

    Disks grow as guests write. When the pool is full, every guest that writes is paused at once.
    """
    for host, facts, workloads in ground.observed():
        promised = sum(disk.size_mib or 0 for workload in workloads for disk in workload.disks)
        if promised > facts.pool_free_mib > 0:
            problem = (
                f"The workloads of host '{host.name}' may write {promised} MiB; "
                f"{facts.pool_free_mib} MiB are free in {host.pool}."
            )
            yield Found(f"host/{host.name}", problem, "pool")


@rule(
    "RF-HST-008",
    Severity.LOW,
    "IEC 62443-3-3 SR 7.2",
    fix=f"Reserve at least {LEAST_RESERVED_MIB} MiB.",
)
def little_reserved(ground: Ground) -> Iterator[Found]:
    """A host keeps too little memory for itself.

    The kernel, libvirt and the journal need memory too; when it runs out, a guest is ended.
    """
    for host in ground.site.hosts.values():
        if host.reserved_memory_mib < LEAST_RESERVED_MIB:
            problem = f"Host '{host.name}' keeps {host.reserved_memory_mib} MiB for itself."
            yield Found(f"host/{host.name}", problem, "reserved_memory")
