# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from pathlib import Path

import pytest
from tests.unit.engine.yard import SickGate, Yard, tails
from tests.unit.plan.plant import Vm, small

from ringfence.base.errors import Refused
from ringfence.drivers.store.database import open_store
from ringfence.ports.journal import JobDraft, StepEntry, StepState

ALONE = small(vms=(Vm("historian"),), conduits={})


@pytest.fixture
def yard(tmp_path: Path) -> Yard:
    """All that the first job did stands, but the journal says that it died before anybody saw the workload healthy."""
    made = Yard(tmp_path)
    plan = made.plan(ALONE)
    assert made.apply(ALONE).outcome == "done"
    now = made.clock.now()
    with open_store(tmp_path / "state") as store:
        job = store.journal.begin(JobDraft("apply", "tester", plan, now))
        done = [StepEntry(step.id, StepState.DONE, now) for step in plan.steps]
        store.journal.record(job, done)
    return made


def test_what_a_lost_job_had_started_is_waited_for(yard: Yard) -> None:
    gate = SickGate()
    yard.gate = gate
    assert yard.apply(ALONE).outcome == "done"
    assert gate.asked == ["historian"]
    assert yard.apply(ALONE).number == 0
    assert gate.asked == ["historian"]


def test_what_a_lost_job_had_started_and_never_answers_is_told(yard: Yard) -> None:
    yard.gate = SickGate("historian")
    result = yard.apply(ALONE)
    assert result.outcome == "undone"
    assert str(result.problem).startswith("Workload historian did not answer.")
    assert "run/historian" in tails(yard.observe())  # this job did not start it


def test_what_a_lost_job_had_not_begun_is_nobodys_doubt(yard: Yard, tmp_path: Path) -> None:
    assert yard.apply(ALONE).outcome == "done"
    plan = yard.plan(small())
    with open_store(tmp_path / "state") as store:
        store.journal.begin(JobDraft("apply", "tester", plan, yard.clock.now()))
    gate = SickGate()
    yard.gate = gate
    assert yard.apply(ALONE).outcome == "done"
    assert gate.asked == []


def test_who_stops_a_job_that_waits_for_health_has_not_seen_it_done(tmp_path: Path) -> None:
    yard = Yard(tmp_path)

    class Patient:
        def ready(self, workload: str) -> None:
            yard.cancel.request()
            raise Refused(f"Workload {workload} did not answer.", "Look at its console.")

    yard.gate = Patient()
    assert yard.apply(ALONE).outcome == "cancelled"
    assert yard.whole(ALONE)
    gate = SickGate()
    yard.gate, yard.cancel = gate, type(yard.cancel)()
    assert yard.apply(ALONE).outcome == "done"
    assert gate.asked == ["historian"]


def test_an_emergency_after_it_does_not_hide_what_a_job_had_started(yard: Yard, tmp_path: Path) -> None:
    with open_store(tmp_path / "state") as store:
        job = store.journal.begin(JobDraft("island", "tester", yard.plan(ALONE), yard.clock.now()))
        store.journal.finish(job, "done", yard.clock.now())
    yard.gate = gate = SickGate()
    assert yard.apply(ALONE).outcome == "done"
    assert gate.asked == ["historian"]


def test_an_emergency_that_died_after_it_does_not_either(yard: Yard, tmp_path: Path) -> None:
    with open_store(tmp_path / "state") as store:
        store.journal.begin(JobDraft("cut", "tester", yard.plan(ALONE), yard.clock.now()))
    yard.gate = gate = SickGate()
    assert yard.apply(ALONE).outcome == "done"
    assert gate.asked == ["historian"]
    assert [job.outcome for job in yard.jobs()].count("lost") == 2


def test_a_job_that_was_stopped_before_emergencies_is_remembered(yard: Yard, tmp_path: Path) -> None:
    with open_store(tmp_path / "state") as store:
        found = store.journal.unfinished()
        assert found is not None
        store.journal.finish(found.number, "cancelled", yard.clock.now())
        for kind in ("island", "cut", "release"):
            job = store.journal.begin(JobDraft(kind, "tester", yard.plan(ALONE), yard.clock.now()))
            store.journal.finish(job, "done", yard.clock.now())
    yard.gate = gate = SickGate()
    assert yard.apply(ALONE).outcome == "done"
    assert gate.asked == ["historian"]
