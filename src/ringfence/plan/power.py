# SPDX-License-Identifier: Apache-2.0
"""Start, stop and restart of named workloads: nothing else changes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ringfence.base.addresses import Address
from ringfence.compile.document import Artifact, Document, Kind

from .change import Change
from .compare import rank
from .freshness import world_digest
from .intent import Intent, Sources
from .plan import Plan
from .planner import arrange
from .restarts import with_ports


def power_plan(
    intent: Intent,
    compiled: Iterable[Artifact],
    observed: Mapping[Address, Document],
    stop: frozenset[str] = frozenset(),
    start: frozenset[str] = frozenset(),
) -> Plan:
    """Return a plan that stops and starts; a workload in both is stopped and started again."""
    artifacts = tuple(compiled)
    sources = intent.sources(artifacts)
    stops = [Change(run, None) for run in _runs(observed.values(), sources, stop)]
    gone = {change.address for change in stops}
    starts = [
        Change(None, run)
        for run in _runs((artifact.document for artifact in artifacts), sources, start)
        if run.address not in observed or run.address in gone
    ]
    ports = _vanishing(observed.values(), sources, stop - start)
    changes = with_ports(sorted((*stops, *starts, *ports), key=rank), artifacts, observed, sources)
    return intent.plan(world_digest(observed), arrange(changes, sources))


def _vanishing(documents: Iterable[Document], sources: Sources, stopped: frozenset[str]) -> list[Change]:
    """Return the ports that go with their machines; the plan holds them, so that an undo can bring them back."""
    ports = (found for found in documents if found.kind is Kind.PORT)
    return [Change(port, None) for port in ports if sources.workload(port) in stopped]


def _runs(documents: Iterable[Document], sources: Sources, wanted: frozenset[str]) -> Iterable[Document]:
    return (found for found in documents if found.kind is Kind.RUN and sources.workload(found) in wanted)
