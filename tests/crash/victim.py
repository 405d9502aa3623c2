# SPDX-License-Identifier: Apache-2.0
"""A job that is killed at one moment: run in a process of its own."""

from __future__ import annotations

import os
import signal
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from tests.unit.engine.yard import QUICK, TOLERANCE, SickGate, Yard
from tests.unit.plan.plant import SCOPE, Plant, Vm, small

from ringfence.base.addresses import Address
from ringfence.compile.document import Document, Kind
from ringfence.compile.scope import Scope
from ringfence.drivers.store.database import open_store
from ringfence.drivers.store.lock import FileLock
from ringfence.engine.job import Job
from ringfence.engine.run import run_job
from ringfence.engine.world import World
from ringfence.plan.change import Change
from ringfence.ports.artifacts import ArtifactPort
from ringfence.ports.journal import Journal, StepEntry

MOMENTS = ("before the effect", "between effect and record", "after the record")
OLD = replace(small(), outside={"plant": "10.9.0.7", "office": "10.8.0.7"})
"""What stands before."""
NEW = replace(
    OLD.with_vm("plc", version=2).with_vm("scada", disk_mib=2048).without("historian"),
    zones=("control", "view"),
    policy="accept",
    outside={"plant": "10.9.0.8", "skid": "10.7.0.7"},
)
NEW = replace(
    NEW, vms=(*NEW.vms, Vm("hmi", after=("plc",), number=4)), conduits={**NEW.conduits, "watch": ("hmi", "plc")}
)
"""What the job makes of it: things of every kind come, change or go."""
DESTROYED = ("historian",)


@dataclass
class Deadly:
    """A port that kills its process at the N-th call."""

    port: ArtifactPort
    moment: str
    number: int
    calls: list[str] = field(default_factory=list)

    @property
    def kinds(self) -> frozenset[Kind]:
        return self.port.kinds

    def observe(self, scope: Scope) -> Mapping[Address, Document]:
        return self.port.observe(scope)

    def ensure(self, scope: Scope, changes: Sequence[Change]) -> None:
        self.calls.append(changes[0].address)
        mine = len(self.calls) == self.number
        if mine and self.moment == MOMENTS[0]:
            die()
        self.port.ensure(scope, changes)
        if mine and self.moment == MOMENTS[1]:
            die()


class DeadlyJournal:
    """A journal that kills its process once a step's end has been written down."""

    def __init__(self, journal: Journal, number: int) -> None:
        self._journal, self._left = journal, number
        self.begin, self.finish = journal.begin, journal.finish
        self.unfinished, self.jobs = journal.unfinished, journal.jobs

    def record(self, job: int, entries: Sequence[StepEntry]) -> None:
        self._journal.record(job, entries)
        self._left -= sum(entry.state == "done" for entry in entries)
        if self._left <= 0:
            die()


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def run(folder: Path, moment: str, number: int) -> None:
    """Bring the old plant to the new one, one step at a time, until the moment comes."""
    yard = Yard(folder)
    yard.applied = OLD.artifacts()
    plan = yard.plan(NEW, DESTROYED)
    state = folder / "state"
    with open_store(state) as store, FileLock(state, yard.clock).hold("apply") as held:
        port = Deadly(yard.host.artifacts, moment, number)
        journal = DeadlyJournal(store.journal, number) if moment == MOMENTS[2] else store.journal
        world = World((port,), journal, yard.clock, TOLERANCE, SickGate(), deadlines=QUICK)
        run_job(Job("apply", SCOPE, plan, "victim", workers=1), world, held)


def recovered(folder: Path, plant: Plant, destroy_data: Sequence[str]) -> Yard:
    """Answer the yard after the next job has brought it to ``plant``."""
    yard = Yard(folder)
    yard.applied = (*OLD.artifacts(), *NEW.artifacts())
    result = yard.apply(plant, destroy_data=destroy_data)
    if result.outcome != "done":
        raise AssertionError(result)
    return yard
