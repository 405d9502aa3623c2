# SPDX-License-Identifier: Apache-2.0
"""Rules about whether hosts run guests on their processor, or only imitate one."""

from __future__ import annotations

from collections.abc import Iterator

from ringfence.assure.ground import Ground
from ringfence.assure.rule import Found, rule
from ringfence.assure.wording import critical, named
from ringfence.base.diagnostics import Severity


@rule(
    "RF-HST-001",
    Severity.HIGH,
    "IEC 62443-3-3 SR 7.1",
    "IEC 62443-3-3 SR 7.2",
    fix="Use a host on which KVM works: virtualization is switched on in its firmware.",
)
def essential_emulated(ground: Ground) -> Iterator[Found]:
    """Essential functions run on software emulation.

    Without KVM every instruction of a guest is translated: it runs many times slower, and nobody
    can say how long anything takes. That is fine for a demonstration, and nothing to steer a process with.
    """
    for host, facts, workloads in ground.observed():
        held = critical(workloads)
        if facts.acceleration.kvm == "no" and held:
            problem = (
                f"Host '{host.name}' has no working KVM ({facts.acceleration.why.rstrip('.')}) "
                f"and carries essential functions ({named(held)})."
            )
            yield Found(f"host/{host.name}", problem)


@rule(
    "RF-HST-002",
    Severity.MEDIUM,
    "IEC 62443-3-3 SR 7.2",
    fix="Use a host on which KVM works: virtualization is switched on in its firmware.",
)
def emulated(ground: Ground) -> Iterator[Found]:
    """Workloads run on software emulation.

    Without KVM, guests are slow, timing promises are refused, and the processor does not separate them.
    """
    for host, facts, workloads in ground.observed():
        if facts.acceleration.kvm == "no" and workloads and not critical(workloads):
            problem = f"Host '{host.name}' has no working KVM ({facts.acceleration.why.rstrip('.')})."
            yield Found(f"host/{host.name}", problem)


@rule(
    "RF-HST-003",
    Severity.MEDIUM,
    "IEC 62443-3-3 SR 7.2",
    fix="Run 'ringfence check' as root on the host, and see that qemu-system-x86_64 is installed.",
)
def acceleration_unknown(ground: Ground) -> Iterator[Found]:
    """It is not known whether a host has working KVM.

    Software emulation is assumed, because a device file says nothing: only running code does.
    """
    for host, facts, _ in ground.observed():
        if facts.acceleration.kvm == "unknown":
            problem = (
                f"It could not be told whether KVM works on host '{host.name}' ({facts.acceleration.why.rstrip('.')})."
            )
            yield Found(f"host/{host.name}", problem)


@rule(
    "RF-HST-015",
    Severity.ERROR,
    "IEC 62443-3-3 SR 7.2",
    "NIST SP 800-125A",
    fix="Use a host on which KVM is proven to work, or write 'realtime: false'.",
)
def realtime_emulated(ground: Ground) -> Iterator[Found]:
    """A workload asks for timing promises on a host that cannot give any.

    On software emulation, or where KVM is not proven, nobody can say how long an instruction takes.
    """
    for host, facts, workloads in ground.observed():
        for workload in workloads:
            if workload.realtime and facts.acceleration.kvm != "yes":
                problem = f"Workload '{workload.name}' asks for real time, and KVM is not proven on host '{host.name}'."
                yield Found(f"workload/{workload.name}", problem, "realtime")
