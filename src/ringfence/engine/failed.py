# SPDX-License-Identifier: Apache-2.0
"""What is taken back when what is healthy shall stay: whatever was made for the workloads that failed."""

from __future__ import annotations

from collections.abc import Sequence

from ringfence.compile.document import CONVERSATIONS, Kind
from ringfence.plan.change import Action
from ringfence.plan.step import Step


def to_take_back(begun: Sequence[Step], failed: Sequence[Step]) -> list[Step]:
    """Return the failed steps, all others of their workloads, and the conduits to these.

    What should have gone is not brought back: it stays as far as it went.
    """
    workloads = {step.workload for step in failed if step.workload}
    ids = {step.id for step in failed}
    runs = {step.id for step in begun if step.kind is Kind.RUN and step.workload in workloads}
    return [
        step
        for step in begun
        if not only_removes(step)
        and (
            step.id in ids
            or step.workload in workloads
            or (step.kind in CONVERSATIONS and not runs.isdisjoint(step.needs))
        )
    ]


def only_removes(step: Step) -> bool:
    """Tell whether a step makes nothing."""
    return all(change.action is Action.DELETE for change in step.changes)
