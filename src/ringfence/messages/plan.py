# SPDX-License-Identifier: Apache-2.0
"""A plan as a person reads it."""

from __future__ import annotations

from dataclasses import dataclass

from .standing import RestrictionLine


@dataclass(frozen=True, slots=True)
class PlanStep:
    """One step; ``why`` names the places of the site file it comes from (``file:line:column``)."""

    id: str
    kind: str
    """What it changes: run, domain, volume, conduit ... (compile/document.py)."""
    title: str
    actions: tuple[str, ...]
    impact: str
    workload: str | None
    critical: bool
    why: tuple[str, ...]
    parts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PlanFlow:
    """A conversation that opens or closes; ``reason`` is the conduit's, empty for probes and for what is gone."""

    conduit: str
    source: str
    target: str
    service: str
    opens: bool
    reason: str = ""


@dataclass(frozen=True, slots=True)
class PlanReport:
    """Result of ``plan``."""

    site: str
    generation: int
    created: int
    updated: int
    deleted: int
    restarted: tuple[str, ...]
    steps: tuple[PlanStep, ...]
    flows: tuple[PlanFlow, ...]
    kept: tuple[str, ...]
    restrictions: tuple[RestrictionLine, ...] = ()
    """What stands closed whatever the site file says."""
