# SPDX-License-Identifier: Apache-2.0
"""Steps as nodes of a graph, with a node for the health of each workload that is started or waited for."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from ringfence.compile.document import Kind
from ringfence.plan.change import Action
from ringfence.plan.final import comes_last
from ringfence.plan.naming import workload_of
from ringfence.plan.step import Step

BARRIER = "everything else"
_HEALTH = "health of "
_SERVES = frozenset({Kind.RUN, Kind.PORT})


def health_node(workload: str) -> str:
    """Return the node that stands for a workload's health."""
    return f"{_HEALTH}{workload}"


def workload_behind(node: str) -> str | None:
    """Return the workload of a health node; None for any other node."""
    return node.removeprefix(_HEALTH) if node.startswith(_HEALTH) else None


def nodes_of(steps: Sequence[Step], doubtful: Collection[str] = ()) -> dict[str, Collection[str]]:
    """Return what each node needs. What cannot be taken back needs the barrier, which needs everything else.

    There is a node for the health of each workload that is started, waited for, or ``doubtful``.
    """
    needs: dict[str, Collection[str]] = {}
    final = {step.id for step in steps if comes_last(step)}
    for step in steps:
        own = {*step.needs, *map(health_node, step.waits)}
        needs[step.id] = own | {BARRIER} if step.id in final else own
    needs.update(_health(steps, doubtful))
    if final:
        needs[BARRIER] = needs.keys() - final
    return needs


def starts(step: Step) -> list[str]:
    """Return the workloads that a step starts or restarts."""
    if step.kind is not Kind.RUN:
        return []
    found = (workload_of(change.document) for change in step.changes if change.action is not Action.DELETE)
    return [workload for workload in found if workload]


def _health(steps: Sequence[Step], doubtful: Collection[str]) -> dict[str, set[str]]:
    """Need what a workload needs to answer: that it runs, its ports are set, and its probe's conduit is open."""
    asked = {workload for step in steps for workload in (*step.waits, *starts(step))} | set(doubtful)
    found: dict[str, set[str]] = {health_node(workload): set() for workload in asked}
    for step in steps:
        for workload in _served(step):
            if workload in asked:
                found[health_node(workload)].add(step.id)
    return found


def _served(step: Step) -> Collection[str]:
    if step.kind in _SERVES or step.kind is Kind.CONDUIT:
        return {workload for change in step.changes if (workload := workload_of(change.document))}
    return ()
