# SPDX-License-Identifier: Apache-2.0
"""What the contract tests need of a driver: a scope, and two versions of what stands in it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from ringfence.base.addresses import Address
from ringfence.compile.document import Artifact, Document, Kind
from ringfence.compile.scope import Scope
from ringfence.compile.tolerance import Tolerance
from ringfence.plan.change import Change
from ringfence.plan.compare import Tolerates, compare
from ringfence.plan.intent import Intent
from ringfence.plan.naming import names
from ringfence.plan.planner import make_plan
from ringfence.ports.artifacts import ArtifactPort

RANK = {kind: rank for rank, kind in enumerate(Kind)}


@dataclass
class Bench:
    """One or several drivers at work on one fabric. ``second`` differs from ``first`` in every way that is updated."""

    name: str
    ports: tuple[ArtifactPort, ...]
    scope: Scope
    first: tuple[Artifact, ...]
    second: tuple[Artifact, ...]
    tolerance: Tolerates = field(default_factory=Tolerance)
    lasting: frozenset[Kind] = frozenset()
    """Kinds that cannot be made again from what is observed: the source of an imported image is not known then."""

    def observe(self, scope: Scope | None = None) -> dict[Address, Document]:
        found: dict[Address, Document] = {}
        for port in self.ports:
            found.update(port.observe(scope or self.scope))
        return found

    def ensure(self, changes: Iterable[Change]) -> None:
        """Make changes by kind: what goes first and backwards, then what comes."""
        known = list(changes)
        for removal in (True, False):
            for kind in sorted(Kind, key=RANK.__getitem__, reverse=removal):
                now = [one for one in known if one.kind is kind and (one.after is None) is removal]
                if now:
                    self.port(kind).ensure(self.scope, now)

    def port(self, kind: Kind) -> ArtifactPort:
        return next(port for port in self.ports if kind in port.kinds)

    def make(self, artifacts: Iterable[Artifact]) -> None:
        self.ensure(Change(None, artifact.document) for artifact in artifacts)

    def bring(self, artifacts: Iterable[Artifact]) -> None:
        """Plan and follow the steps one by one, as an apply would."""
        everything = frozenset(name for artifact in (*self.first, *self.second) for name in names(artifact.document))
        intent = Intent(self.scope.site, 0, "", everything)
        for step in make_plan(intent, artifacts, self.observe(), self.tolerance).steps:
            self.port(step.kind).ensure(self.scope, step.changes)

    def differences(self, artifacts: Iterable[Artifact]) -> list[str]:
        """Answer how the world differs from these artifacts, in words."""
        return [
            f"{change.action} {change.address} {[(part.key, part.before, part.after) for part in change.parts]}"
            for change in compare(artifacts, self.observe(), self.tolerance)
        ]

    def clear(self) -> None:
        self.ensure(Change(document, None) for document in self.observe().values())


def documents(artifacts: Iterable[Artifact]) -> Mapping[Address, Document]:
    return {artifact.address: artifact.document for artifact in artifacts}
