# SPDX-License-Identifier: Apache-2.0
"""The planner: compiled and observed documents become ordered steps. Pure; the same input gives the same plan."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from ringfence.base.addresses import Address
from ringfence.compile.document import Artifact, Document

from .buildup import build_up
from .change import Change
from .compare import Tolerates, compare
from .final import final_steps, is_final
from .flows import flow_changes
from .freshness import world_digest
from .holding import hold_back
from .intent import Intent, Sources
from .plan import Plan
from .restarts import with_ports
from .sequence import in_order
from .splitting import split
from .step import Step
from .takedown import goes, take_down


def make_plan(
    intent: Intent,
    compiled: Iterable[Artifact],
    observed: Mapping[Address, Document],
    tolerance: Tolerates,
) -> Plan:
    """Return the plan that brings the world to the compiled artifacts. Raises BadInput for a circle of ``after:``."""
    artifacts = tuple(compiled)
    sources = intent.sources(artifacts)
    changes, kept = hold_back(compare(artifacts, observed, tolerance), intent, sources, observed)
    changes = with_ports(changes, artifacts, observed, sources)
    parted = split(changes, sources)
    plan = intent.plan(world_digest(observed), arrange(parted, sources))
    return replace(plan, flows=flow_changes(changes, intent.names), kept=kept)


def arrange(changes: Sequence[Change], sources: Sources) -> tuple[Step, ...]:
    """Return changes as steps: what goes, what comes, and last what cannot be taken back."""
    down, tail = take_down(changes, sources)
    rest = [change for change in changes if not goes(change)]
    up = build_up([change for change in rest if not is_final(change)], sources, tail)
    last = final_steps([change for change in rest if is_final(change)], tail)
    return tuple(draft.finish(sources) for draft in in_order([*down, *up, *last]))
