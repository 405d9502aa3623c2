# SPDX-License-Identifier: Apache-2.0
"""A job: a plan to carry out."""

from __future__ import annotations

from dataclasses import dataclass

from ringfence.compile.scope import Scope
from ringfence.plan.plan import Plan


@dataclass(frozen=True, slots=True)
class Job:
    """What to do, for whom. ``keep``: when a workload fails, those that are healthy stay as the plan wants them."""

    kind: str
    """``apply``, ``revert``, ``destroy``, ``start`` ..."""
    scope: Scope
    plan: Plan
    principal: str
    revision: int | None = None
    keep: bool = False
    workers: int = 4
    doubtful: frozenset[str] = frozenset()
    """Workloads that an earlier job started and nobody has seen healthy: this job waits for them, too."""
