# SPDX-License-Identifier: Apache-2.0
"""A plan as a person reads it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

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
class PlanReach:
    """What becomes reachable (``opens``) or stops, by the proof: of what stands, and of what was compiled.

    ``kind``: ``opening`` (the first packet of a conversation, or a frame), ``door`` (a way past the network), ``other``
    (answers, errors, neighbours, what the router says and hears). ``packet`` is the plainest one, or says what the door
    is; ``rule`` the last rule or element on its way.
    """

    source: str
    target: str
    service: str
    packet: str
    opens: bool
    kind: Literal["opening", "door", "other"]
    rule: str = ""


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
    reach: tuple[PlanReach, ...] = ()
    """What packets will be able to do and what they will not any more."""
    reach_unknown: str = ""
    """Why that is not told, or not wholly, as a sentence."""
