# SPDX-License-Identifier: Apache-2.0
"""The gate: a job goes on behind a workload only when that workload answers its probes."""

from __future__ import annotations

from dataclasses import dataclass

from ringfence.base.errors import Refused
from ringfence.compile.bindings import Bindings, WorkloadBinding
from ringfence.compile.scope import Scope
from ringfence.engine.cancel import Stop
from ringfence.ports.probes import Answer
from ringfence.site.probe import Probe
from ringfence.site.site import Site
from ringfence.site.workload import Workload

from .plant import Plant

FIRST_PAUSE = 0.25
LONGEST_PAUSE = 2.0
START_WITHIN = 120
"""Seconds for a workload without probes to be seen running."""


@dataclass(frozen=True, slots=True)
class HealthGate:
    """Waits for workloads; the longest wait is the largest ``within`` of the workload's probes."""

    plant: Plant
    scope: Scope
    site: Site
    bindings: Bindings
    cancel: Stop

    def ready(self, workload: str) -> None:
        """Return when every probe of ``workload`` is answered. Raises Refused with the last answer when time is up."""
        declared = self.site.workloads.get(workload)
        if declared is None:
            return
        for probe in declared.probes:
            self._wait(declared, probe)
        if not declared.probes:
            self._wait_running(workload)

    def _wait(self, workload: Workload, probe: Probe) -> None:
        target = probe_target(workload, probe, self.bindings[workload.name])
        clock, pause = self.plant.clock, FIRST_PAUSE
        end = clock.monotonic() + probe.within
        while not (answer := self.plant.probes.ask(self.scope, probe, target)).ok:
            if clock.monotonic() >= end or self.cancel.requested:
                raise _silent(workload.name, probe, answer)
            clock.sleep(pause)
            pause = min(pause * 1.5, LONGEST_PAUSE)

    def _wait_running(self, workload: str) -> None:
        clock = self.plant.clock
        end = clock.monotonic() + START_WITHIN
        while (fact := self.plant.workloads.states(self.scope, (workload,))[workload]).state != "running":
            if clock.monotonic() >= end or self.cancel.requested:
                problem = f"Workload {workload} is {fact.state} and not running. {fact.detail}".rstrip()
                raise Refused(
                    problem, f"Look at 'ringfence console {workload}' and at QEMU's log in /var/log/libvirt/qemu."
                )
            clock.sleep(LONGEST_PAUSE)


def probe_target(workload: Workload, probe: Probe, binding: WorkloadBinding) -> str:
    """Return the address that a probe asks: IPv4 where the interface has one, else IPv6."""
    nic = binding.interfaces[probe.interface or workload.interfaces[0].name]
    return str(nic.ipv4 or nic.ipv6)


def _silent(workload: str, probe: Probe, answer: Answer) -> Refused:
    problem = (
        f"Workload {workload} did not answer its {probe.kind} probe on port {probe.port} within {probe.within} s: "
    )
    return Refused(
        problem + answer.detail,
        f"Look at 'ringfence console {workload}'; if it only needs longer, raise 'within:' of the probe.",
    )
