# SPDX-License-Identifier: Apache-2.0
"""The journal cannot be written: nothing more is done, nothing is undone unseen, and the next job goes on."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from tests.unit.engine.yard import QUICK, TOLERANCE, SickGate, Yard
from tests.unit.plan.plant import SCOPE, small

from ringfence.base.errors import Refused
from ringfence.drivers.store.database import open_store
from ringfence.drivers.store.lock import FileLock
from ringfence.engine.job import Job
from ringfence.engine.recovery import set_aside
from ringfence.engine.run import run_job
from ringfence.engine.world import World
from ringfence.ports.journal import Journal, StepEntry, StepState
from ringfence.ports.store import RevisionDraft


class Full:
    """A journal on a disk that is full after some writes."""

    def __init__(self, journal: Journal, writes: int) -> None:
        self._journal, self._left = journal, writes
        self.begin, self.unfinished, self.jobs = journal.begin, journal.unfinished, journal.jobs

    def record(self, job: int, entries: Sequence[StepEntry]) -> None:
        self._left -= 1
        if self._left < 0:
            raise Refused("The disk with the state is full.", "Make room.")
        self._journal.record(job, entries)

    def finish(self, *_: object) -> None:
        raise Refused("The disk with the state is full.", "Make room.")


@pytest.mark.parametrize("writes", [0, 1, 4, 9, 100])
def test_a_full_disk_stops_the_job_and_the_next_one_goes_on(tmp_path: Path, writes: int) -> None:
    yard = Yard(tmp_path)
    plan, state = yard.plan(small()), tmp_path / "state"
    with open_store(state) as store, FileLock(state, yard.clock).hold("apply") as held:
        world = World((yard.recorder,), Full(store.journal, writes), yard.clock, TOLERANCE, SickGate(), deadlines=QUICK)
        result = run_job(Job("apply", SCOPE, plan, "tester"), world, held)
    assert result.outcome == "stuck"
    assert "is full" in str(result.problem)
    assert "Make room." in result.left[0].next_step
    started = len(yard.recorder.done)
    assert yard.apply(small()).outcome == "done"
    assert yard.lost is not None
    assert yard.whole(small())
    assert writes > 0 or started == 0


def test_a_lost_job_is_set_aside_once(tmp_path: Path) -> None:
    yard = Yard(tmp_path)
    with open_store(tmp_path / "state") as store:
        assert set_aside(store.journal, yard.clock) is None
    plan, state = yard.plan(small()), tmp_path / "state"
    with open_store(state) as store, FileLock(state, yard.clock).hold("apply") as held:
        world = World((yard.recorder,), Full(store.journal, 3), yard.clock, TOLERANCE, SickGate(), deadlines=QUICK)
        run_job(Job("apply", SCOPE, plan, "tester", revision=4), world, held)
    with open_store(state) as store:
        found = set_aside(store.journal, yard.clock)
        assert found is not None
        assert (found.draft.revision, found.draft.plan) == (4, plan)
        assert set_aside(store.journal, yard.clock) is None
        (job,) = store.journal.jobs(1)
    assert job.outcome == "lost"
    begun = [entry.state for entry in found.steps.values()].count(StepState.STARTED)
    assert [entry.state for entry in job.steps.values()].count(StepState.UNKNOWN) == begun


def test_the_revision_of_a_lost_job_failed(tmp_path: Path) -> None:
    yard = Yard(tmp_path)
    plan, state = yard.plan(small()), tmp_path / "state"
    with open_store(state) as store, FileLock(state, yard.clock).hold("apply") as held:
        number = store.revisions.begin(RevisionDraft(yard.clock.now(), "anna", b"", "ab", (), "{}"))
        world = World((yard.recorder,), Full(store.journal, 3), yard.clock, TOLERANCE, SickGate(), deadlines=QUICK)
        run_job(Job("apply", SCOPE, plan, "tester", revision=number), world, held)
    with open_store(state) as store:
        set_aside(store.journal, yard.clock, store.revisions)
        assert [line.state for line in store.revisions.summaries()] == ["failed"]
