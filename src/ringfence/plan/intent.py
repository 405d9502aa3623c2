# SPDX-License-Identifier: Apache-2.0
"""What a plan must know beyond the documents."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from ringfence.base.addresses import Address
from ringfence.compile.document import Artifact, Document

from .naming import names, workload_of
from .plan import Plan
from .step import Step


@dataclass(frozen=True, slots=True)
class Intent:
    """For which site, against which revision, and what a person agreed to lose."""

    site: str
    generation: int
    site_digest: str
    destroy_data: frozenset[str] = frozenset()
    """Workloads (``scada``) or volumes (``scada/data``, ``volume/scada/data``) whose data may go."""
    removed: Mapping[Address, Artifact] = field(default_factory=dict)
    """Artifacts of the last applied revision: they tell what the things that go were for."""
    names: Mapping[str, str] = field(default_factory=dict)
    """Site address by IP address, so that flows can be shown: ``{"10.1.0.5": "workload/scada"}``."""

    def gives_up(self, volume: Document) -> bool:
        """Tell whether a person agreed to lose this volume's data."""
        own = "/".join(names(volume))
        return not self.destroy_data.isdisjoint({own, f"volume/{own}", own.split("/", 1)[0]})

    def sources(self, compiled: Iterable[Artifact]) -> Sources:
        """Return where documents come from, when this is compiled."""
        return Sources({artifact.address: artifact for artifact in compiled}, self.removed)

    def plan(self, world_digest: str, steps: tuple[Step, ...]) -> Plan:
        """Return steps as a plan against the observed world with this digest."""
        return Plan(self.site, self.generation, self.site_digest, world_digest, steps)


@dataclass(frozen=True, slots=True)
class Sources:
    """Where documents come from: the compiled artifacts, and those of the last revision for what goes."""

    compiled: Mapping[Address, Artifact]
    removed: Mapping[Address, Artifact]

    def of(self, document: Document) -> Artifact:
        """Return the artifact of a document; one nobody knows of has no clauses, needs or facts."""
        address = document.address
        return self.compiled.get(address) or self.removed.get(address) or Artifact(document)

    def workload(self, document: Document) -> str | None:
        """Return the workload a document belongs to."""
        return self.of(document).facts.get("workload") or workload_of(document)
