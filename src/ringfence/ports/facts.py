# SPDX-License-Identifier: Apache-2.0
"""Facts about the host and about what runs on it."""

from __future__ import annotations

from typing import Protocol

from ringfence.compile.scope import Scope
from ringfence.facts.running import RunningFacts


class FactPort(Protocol):
    """Looks at processes and at the host, and changes nothing. Never raises for what it cannot see: it says so."""

    def observe(self, scope: Scope, workloads: tuple[str, ...]) -> RunningFacts:
        """Observe the host and the machine of each named workload now, within deadlines of its own."""
        ...
