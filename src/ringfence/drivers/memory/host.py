# SPDX-License-Identifier: Apache-2.0
"""The simulated host: every port over one file."""

from __future__ import annotations

from pathlib import Path

from ringfence.compile.scope import Scope
from ringfence.facts.connection import Connection
from ringfence.ports.clock import Clock

from .artifacts import MemoryArtifacts
from .facts import MemoryFacts
from .file import WorldFile
from .flows import MemoryFlows
from .grants import MemoryGrants
from .hosts import MemoryHosts
from .images import MemoryImages
from .learning import MemoryLearning
from .probes import MemoryProbes
from .traces import MemoryTraces
from .workloads import MemoryWorkloads


class MemoryHost:
    """A whole host. Several processes may use the same file."""

    def __init__(self, path: Path, clock: Clock) -> None:
        self._file = WorldFile(path)
        self.artifacts = MemoryArtifacts(self._file, clock)
        self.workloads = MemoryWorkloads(self._file, clock)
        self.grants = MemoryGrants(self._file, clock)
        self.probes = MemoryProbes(self._file)
        self.hosts = MemoryHosts(clock)
        self.images = MemoryImages()
        self.facts = MemoryFacts(clock)
        self.flows = MemoryFlows(self._file, clock)
        self.learning = MemoryLearning(self.flows)
        self.traces = MemoryTraces(self._file, self.flows)

    def sick(self, scope: Scope, workload: str, *, sick: bool = True) -> None:
        """Let a workload answer no probe any more, or answer again."""
        with self._file.changing(scope.site) as world:
            world.add({"site": scope.site, "sick": {workload: sick}})

    def talk(self, scope: Scope, connection: Connection) -> None:
        """Let the router track a connection that no conduit suggests."""
        with self._file.changing(scope.site) as world:
            world.add({"site": scope.site, "talks": [connection]})
