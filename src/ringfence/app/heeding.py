# SPDX-License-Identifier: Apache-2.0
"""A job heeds emergencies: when a restriction comes in while it runs, it stops before its next step."""

from __future__ import annotations

from dataclasses import dataclass, replace

from ringfence.base.errors import Refused
from ringfence.engine.cancel import Stop
from ringfence.engine.result import JobResult
from ringfence.ports.restrictions import Bell


@dataclass(frozen=True, slots=True)
class Heeding:
    """Stops when a person asks for it, or when the bell rings. ``heard`` is its stamp when the plan was made."""

    person: Stop
    bell: Bell
    heard: int

    @property
    def requested(self) -> bool:
        """True when the job shall stop."""
        return self.person.requested or self.rung

    @property
    def rung(self) -> bool:
        """True when a restriction came in."""
        return self.bell.stamp() != self.heard

    def explain(self, result: JobResult) -> JobResult:
        """Return the result of a job that stopped, with the reason."""
        if result.outcome != "cancelled" or self.person.requested or not self.rung:
            return result
        problem = Refused(
            "Somebody closed or opened something in an emergency, and the plan did not know of it.",
            "Look at 'ringfence release' for what stands, then run the command again: it goes on within that.",
        )
        return replace(result, problem=problem)
