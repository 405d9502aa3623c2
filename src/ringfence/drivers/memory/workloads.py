# SPDX-License-Identifier: Apache-2.0
"""Running workloads on the simulated host."""

from __future__ import annotations

from collections.abc import Mapping

from ringfence.base.errors import Refused
from ringfence.compile.scope import Scope
from ringfence.ports.clock import Clock
from ringfence.ports.workloads import RunFact

from .file import WorldFile


class MemoryWorkloads:
    """A WorkloadPort."""

    def __init__(self, file: WorldFile, clock: Clock) -> None:
        self._file = file
        self._clock = clock

    def states(self, scope: Scope, workloads: tuple[str, ...]) -> Mapping[str, RunFact]:
        """Return the state of each named workload."""
        now = self._clock.now().timestamp()
        state = self._file.read(scope.site)
        found: dict[str, RunFact] = {}
        for workload in workloads:
            run = scope.address("run", workload)
            if run in state.documents:
                found[workload] = RunFact("running", since_s=max(0.0, now - state.since.get(run, now)))
            else:
                defined = scope.address("domain", workload) in state.documents
                found[workload] = RunFact("stopped" if defined else "missing")
        return found

    def console(self, scope: Scope, workload: str) -> None:
        """Refuse: a simulated workload says nothing."""
        raise Refused(
            f"Workload {workload} of site {scope.site} is simulated and has no console.",
            "Unset RINGFENCE_WORLD to work with real ones.",
        )
