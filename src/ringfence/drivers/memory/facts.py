# SPDX-License-Identifier: Apache-2.0
"""Facts about what runs on the simulated host: nothing does, so nothing can be seen, and nothing is proven."""

from __future__ import annotations

from ringfence.compile.scope import Scope
from ringfence.facts.machine import MachineFacts
from ringfence.facts.posture import Hardening, HostPosture, Settings, Sharing
from ringfence.facts.running import RunningFacts
from ringfence.facts.unseen import Unseen
from ringfence.ports.clock import Clock

_NOTHING = Unseen("This host is simulated: no process runs, and no kernel keeps it in.")


class MemoryFacts:
    """A FactPort."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def observe(self, scope: Scope, workloads: tuple[str, ...]) -> RunningFacts:
        """Say that there is nothing to be seen."""
        now, no = self._clock.now(), _NOTHING
        machines = {
            name: MachineFacts(name, scope.domain(name), now, "unknown", no.why, no, no, no, no, no)
            for name in workloads
        }
        host = HostPosture(
            scope.host,
            now,
            no,
            no,
            Hardening(no, no, no, no, no, {}, no),
            Sharing(no, no, no, no, no, no),
            no,
            no,
            Settings(no, no, no),
            no,
        )
        return RunningFacts(scope.site, scope.fabric, now, host, machines)
