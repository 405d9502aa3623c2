# SPDX-License-Identifier: Apache-2.0
"""What runs now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, Protocol

from ringfence.compile.scope import Scope

RunState = Literal["running", "stopped", "paused", "crashed", "missing", "unknown"]


@dataclass(frozen=True, slots=True)
class RunFact:
    """State of one workload's domain; ``since_s`` seconds of uptime where known."""

    state: RunState
    detail: str = ""
    since_s: float | None = None


class WorkloadPort(Protocol):
    """Sees and attaches to running workloads. A hung domain gives ``unknown`` for itself only."""

    def states(self, scope: Scope, workloads: tuple[str, ...]) -> Mapping[str, RunFact]:
        """State of each named workload, within a deadline."""
        ...

    def console(self, scope: Scope, workload: str) -> None:
        """Attach the terminal to the serial console until the person leaves with Ctrl-]."""
        ...
