# SPDX-License-Identifier: Apache-2.0
"""A FactPort of this machine."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime

from ringfence.base.errors import Refused
from ringfence.compile.scope import Scope
from ringfence.drivers.libvirt.connection import Connection
from ringfence.drivers.libvirt.live import live
from ringfence.drivers.probes.kvm import acceleration
from ringfence.facts.domain import DomainFact
from ringfence.facts.host import Acceleration
from ringfence.facts.machine import MachineFacts
from ringfence.facts.running import RunningFacts

from .bpf import device_programs
from .census import census
from .cgroup import Programs
from .host import HostReader
from .kernel import KernelReader
from .machine import Watcher
from .process import Reader
from .tree import Tree


@dataclass(frozen=True, slots=True)
class FactDriver:
    """``tree`` and ``programs`` stand for the kernel, ``accelerate`` for the functional probe."""

    connection: Connection = field(default_factory=Connection)
    tree: Tree = field(default_factory=Tree)
    programs: Programs = device_programs
    accelerate: Callable[[], Acceleration] = acceleration

    def observe(self, scope: Scope, workloads: tuple[str, ...]) -> RunningFacts:
        """Observe the host and every named workload's machine. libvirt that hangs is named, and gone around."""
        names = {workload: scope.domain(workload) for workload in workloads}
        with ThreadPoolExecutor(max_workers=2) as pool:
            asked, accelerated = pool.submit(self._told, tuple(names.values())), pool.submit(self.accelerate)
            told, hung = asked.result()
            people = census(self.tree)
            at = datetime.now(UTC)
            watcher = Watcher(self._reader(), people, told)
            machines = self._machines(watcher, names, at)
            host = HostReader(self.tree, people, _result(accelerated)).posture(scope.host, at)
        return RunningFacts(scope.site, scope.fabric, at, host, machines, hung)

    def _told(self, names: tuple[str, ...]) -> tuple[Mapping[str, DomainFact] | None, tuple[str, ...]]:
        try:
            return live(self.connection, names), ()
        except Refused as refused:
            return None, (refused.problem,)

    def _reader(self) -> Reader:
        kernel = KernelReader(self.tree)
        hardening = kernel.hardening()
        return Reader(self.tree, hardening.mac, hardening.mac_enforcing is True, self.programs)

    def _machines(self, watcher: Watcher, names: Mapping[str, str], at: datetime) -> dict[str, MachineFacts]:
        return {workload: watcher.machine(workload, domain, at) for workload, domain in names.items()}


def _result(future: Future[Acceleration]) -> Callable[[], Acceleration]:
    return future.result
