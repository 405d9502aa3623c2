# SPDX-License-Identifier: Apache-2.0
"""A step while its plan is being made."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from .change import Change
from .impact import critical, impact_of, worst
from .intent import Sources
from .step import Step
from .titles import title


@dataclass(slots=True)
class Draft:
    """Changes of one kind that will be one step, and what it needs so far."""

    id: str
    changes: list[Change]
    needs: set[str] = field(default_factory=set)
    waits: tuple[str, ...] = ()

    def need(self, ids: Iterable[str]) -> None:
        """Add steps that must be done before; a step never needs itself."""
        self.needs.update(ids)
        self.needs.discard(self.id)

    def finish(self, sources: Sources) -> Step:
        """Return the finished step."""
        workloads = {sources.workload(change.document) for change in self.changes}
        clauses = {clause for change in self.changes for clause in sources.of(change.document).clauses}
        return Step(
            id=self.id,
            kind=self.changes[0].kind,
            title=title(self.changes),
            changes=tuple(self.changes),
            impact=worst(impact_of(change) for change in self.changes),
            clauses=tuple(sorted(clauses)),
            needs=tuple(sorted(self.needs)),
            workload=workloads.pop() if len(workloads) == 1 else None,
            critical=any(critical(change, sources) for change in self.changes),
            waits=self.waits,
        )
