# SPDX-License-Identifier: Apache-2.0
"""A simulated host with a state folder: plants are applied to it, with faults where a test wants them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.unit.plan.plant import SCOPE, Plant, intent

from ringfence.base.addresses import Address
from ringfence.base.errors import Refused
from ringfence.compile.document import Artifact, Document, Kind
from ringfence.compile.domain import tolerated
from ringfence.compile.scope import Scope
from ringfence.drivers.memory.faults import Fault, Faulty, faults_from_text
from ringfence.drivers.memory.host import MemoryHost
from ringfence.drivers.store.database import open_store
from ringfence.drivers.store.lock import FileLock
from ringfence.drivers.system.clock import SystemClock
from ringfence.engine.cancel import Cancel
from ringfence.engine.deadlines import Deadlines
from ringfence.engine.job import Job
from ringfence.engine.recovery import doubtful, set_aside
from ringfence.engine.result import JobResult
from ringfence.engine.run import run_job
from ringfence.engine.world import World
from ringfence.facts.host import Versions
from ringfence.plan.change import Change
from ringfence.plan.plan import Plan
from ringfence.plan.planner import make_plan
from ringfence.ports.artifacts import ArtifactPort
from ringfence.ports.clock import Clock
from ringfence.ports.gate import Gate
from ringfence.ports.journal import JobRecord
from ringfence.ports.progress import Event

TOLERANCE = tolerated(Versions(libvirt=(9, 0, 0), qemu=(7, 2), nft=(1, 0, 6), kernel=(6, 1)))
QUICK = Deadlines(settle=0.05, look_every=0.01, hold=0.05)


class FastClock:
    """Time that passes as quickly as somebody sleeps, and a little by itself."""

    def __init__(self) -> None:
        self._seconds = 0.0

    def now(self) -> datetime:
        return datetime(2026, 3, 1, tzinfo=UTC) + timedelta(seconds=self._seconds)

    def monotonic(self) -> float:
        self._seconds += 0.000_1
        return self._seconds

    def sleep(self, seconds: float) -> None:
        self._seconds += seconds


class Listener:
    """Remembers what a job told."""

    def __init__(self) -> None:
        self.events: list[Event] = []

    def tell(self, event: Event) -> None:
        self.events.append(event)

    def ids(self, moment: str) -> list[str]:
        return [event.step.id for event in self.events if event.moment == moment and event.step]


class SickGate:
    """Workloads that never get healthy."""

    def __init__(self, *sick: str) -> None:
        self._sick = sick
        self.asked: list[str] = []

    def ready(self, workload: str) -> None:
        self.asked.append(workload)
        if workload in self._sick:
            raise Refused(f"Workload {workload} did not answer.", "Look at its console.")


@dataclass(frozen=True)
class Recorder:
    """A port that remembers the order of what changed."""

    port: ArtifactPort
    done: list[tuple[str, Address]] = field(default_factory=list)

    @property
    def kinds(self) -> frozenset[Kind]:
        return self.port.kinds

    def observe(self, scope: Scope) -> dict[Address, Document]:
        return dict(self.port.observe(scope))

    def ensure(self, scope: Scope, changes: Sequence[Change]) -> None:
        before = self.port.observe(scope)
        try:
            self.port.ensure(scope, changes)
        finally:
            after = self.port.observe(scope)
            moved = [change for change in changes if before.get(change.address) != after.get(change.address)]
            self.done.extend((str(change.action), change.address.split("/", 3)[3]) for change in moved)


@dataclass
class Yard:
    """Everything a job needs."""

    folder: Path
    clock: Clock = field(default_factory=SystemClock)
    deadlines: Deadlines = QUICK
    gate: Gate = field(default_factory=SickGate)
    cancel: Cancel = field(default_factory=Cancel)
    scope: Scope = SCOPE
    takes_back: bool = True

    def __post_init__(self) -> None:
        self.host = MemoryHost(self.folder / "world.json", self.clock)
        self.recorder = Recorder(self.host.artifacts)
        self.heard = Listener()
        self.applied: tuple[Artifact, ...] = ()
        self.lost: JobRecord | None = None

    def observe(self) -> dict[Address, Document]:
        return dict(self.host.artifacts.observe(self.scope))

    def plan(self, plant: Plant, destroy_data: Collection[str] = ()) -> Plan:
        return make_plan(intent(self.applied, destroy_data), plant.artifacts(), self.observe(), TOLERANCE)

    def whole(self, plant: Plant) -> bool:
        """Tell whether the world is this plant, but for disks that were kept."""
        return self.plan(plant).empty

    def apply(
        self,
        plant: Plant,
        faults: str = "",
        destroy_data: Collection[str] = (),
        *,
        keep: bool = False,
        workers: int = 4,
    ) -> JobResult:
        result = self.run(self.plan(plant, destroy_data), faults_from_text(faults), keep=keep, workers=workers)
        if result.stands:
            self.applied = plant.artifacts()
        return result

    def run(
        self,
        plan: Plan,
        faults: Sequence[Fault] = (),
        *,
        keep: bool = False,
        workers: int = 4,
        port: ArtifactPort | None = None,
    ) -> JobResult:
        state = self.folder / "state"
        self.heard = Listener()
        with open_store(state) as store, FileLock(state, self.clock).hold("apply") as held:
            self.lost = set_aside(store.journal, self.clock)
            world = World(
                (Faulty(port or self.recorder, faults),),
                store.journal,
                self.clock,
                TOLERANCE,
                self.gate,
                self.heard,
                self.cancel,
                self.deadlines,
                lambda: self.takes_back,
            )
            waited = doubtful(store.journal, self.lost)
            return run_job(Job("apply", self.scope, plan, "tester", None, keep, workers, waited), world, held)

    def jobs(self) -> tuple[JobRecord, ...]:
        with open_store(self.folder / "state") as store:
            return store.journal.jobs(10)


def tails(documents: dict[Address, Document]) -> set[str]:
    return {address.split("/", 3)[3] for address in documents}
