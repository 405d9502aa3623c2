# SPDX-License-Identifier: Apache-2.0
"""What a job works with: the ports to the world, the journal, time, and who listens."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from ringfence.base.addresses import Address
from ringfence.base.errors import Refused
from ringfence.compile.document import Document, Kind
from ringfence.compile.scope import Scope
from ringfence.plan.change import Change
from ringfence.plan.compare import Tolerates
from ringfence.ports.artifacts import ArtifactPort
from ringfence.ports.clock import Clock
from ringfence.ports.gate import Gate, OpenGate
from ringfence.ports.journal import Journal
from ringfence.ports.progress import Progress, Silent

from .cancel import Cancel, Stop
from .deadlines import Deadlines


@dataclass(frozen=True, slots=True)
class World:
    """Every kind of artifact belongs to exactly one of the ports."""

    ports: tuple[ArtifactPort, ...]
    journal: Journal
    clock: Clock
    tolerance: Tolerates
    gate: Gate = field(default_factory=OpenGate)
    progress: Progress = field(default_factory=Silent)
    cancel: Stop = field(default_factory=Cancel)
    deadlines: Deadlines = field(default_factory=Deadlines)
    takes_back: Callable[[], bool] = lambda: True
    """Asked when a job failed: whether what it did may be undone by itself."""

    def port(self, kind: Kind) -> ArtifactPort:
        """Return the port for a kind. Raises Refused when there is none."""
        for port in self.ports:
            if kind in port.kinds:
                return port
        raise Refused(f"Nothing here can make a {kind}.", "Report this: a plan holds a kind without a driver.")

    def ensure(self, scope: Scope, changes: Sequence[Change]) -> None:
        """Bring the world to ``after`` of changes of one kind. Raises what the port raises."""
        self.port(changes[0].kind).ensure(scope, changes)

    def observe(self, scope: Scope, kinds: Collection[Kind] | None = None) -> dict[Address, Document]:
        """Observe through all ports (or those that know ``kinds``), side by side. Raises what a port raises."""
        asked = [port for port in self.ports if kinds is None or not port.kinds.isdisjoint(kinds)]
        if len(asked) == 1:
            return dict(asked[0].observe(scope))
        found: dict[Address, Document] = {}
        with ThreadPoolExecutor(max_workers=max(1, len(asked))) as pool:
            for documents in pool.map(lambda port: port.observe(scope), asked):
                found.update(documents)
        return found
