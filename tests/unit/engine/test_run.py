# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from tests.unit.engine.yard import QUICK, Recorder, SickGate, Yard, tails
from tests.unit.plan.plant import Plant, Vm, small

from ringfence.base.addresses import Address
from ringfence.base.errors import DeadlinePassed
from ringfence.compile.document import Document, Kind
from ringfence.compile.scope import Scope
from ringfence.engine.batch import TOGETHER
from ringfence.engine.deadlines import Deadlines
from ringfence.plan.change import Change
from ringfence.ports.journal import StepState

ALONE = small(vms=(Vm("historian"),), conduits={})


@pytest.fixture
def yard(tmp_path: Path) -> Yard:
    return Yard(tmp_path)


def test_a_plant_is_applied_and_then_there_is_nothing_to_do(yard: Yard) -> None:
    result = yard.apply(small())
    assert (result.outcome, result.left, result.problem) == ("done", (), None)
    assert {step.state for step in result.steps} == {StepState.DONE}
    assert yard.whole(small())
    assert yard.apply(small()).number == 0


def test_the_journal_knows_every_step(yard: Yard) -> None:
    result = yard.apply(small())
    (job,) = yard.jobs()
    assert (job.number, job.outcome) == (result.number, "done")
    assert {name: entry.state for name, entry in job.steps.items()} == {
        step.id: StepState.DONE for step in job.draft.plan.steps
    }


def test_rules_stand_before_the_first_guest_runs_and_conduits_open_to_what_is_up(yard: Yard) -> None:
    yard.apply(small())
    order = [address for _, address in yard.recorder.done]
    first_run = min(order.index(f"run/{name}") for name in ("plc", "scada", "historian"))
    assert all(order.index(name) < first_run for name in ("table/router", "table/guard", "guard/scada"))
    assert order.index("conduit/read") > max(order.index("run/plc"), order.index("run/scada"))


def test_who_comes_after_another_starts_when_that_one_is_healthy(yard: Yard) -> None:
    order: list[str] = []

    class Gate:
        def ready(self, workload: str) -> None:
            stand = tails(yard.observe())
            assert {f"run/{workload}", f"port/{workload}/eth0", f"conduit/probe/{workload}"} <= stand
            order.append(f"{workload} answers while scada {'runs' if 'run/scada' in stand else 'waits'}")

    yard.gate = Gate()
    assert yard.apply(small()).outcome == "done"
    assert "plc answers while scada waits" in order
    assert "scada answers while scada runs" in order


def test_a_failed_apply_of_nothing_leaves_nothing(yard: Yard) -> None:
    result = yard.apply(small(), "refuse:domain/scada")
    assert result.outcome == "undone"
    assert result.problem is not None
    assert "domain/scada" in result.problem.problem
    assert yard.observe() == {}
    assert yard.jobs()[0].outcome == "undone"


def test_a_failed_change_brings_the_old_state_back(yard: Yard) -> None:
    yard.apply(small())
    changed = small().with_vm("historian", version=2).with_vm("scada", version=2)
    result = yard.apply(changed, "refuse:boot")
    assert (result.outcome, result.left) == ("undone", ())
    assert yard.whole(small())


def test_a_restart_that_is_undone_restarts_from_the_old_definition(yard: Yard) -> None:
    yard.apply(small())
    yard.recorder.done.clear()
    yard.apply(small().with_vm("historian", version=2), "refuse:boot")
    domain, run = ("update", "domain/historian"), ("update", "run/historian")
    assert [done for done in yard.recorder.done if done in {domain, run}] == [domain, run, domain, run]


def test_a_stopped_workload_is_started_again_when_the_job_fails(yard: Yard) -> None:
    yard.apply(small())
    result = yard.apply(small().without("historian"), "refuse:boot")
    assert (result.outcome, result.left) == ("undone", ())
    assert yard.whole(small())


def test_an_essential_function_is_never_stopped_by_an_undo(yard: Yard) -> None:
    result = yard.apply(small(), "refuse:run/scada")
    assert result.outcome == "stuck"
    stand = tails(yard.observe())
    assert {"run/plc", "port/plc/eth0", "conduit/probe/plc", "table/router", "link/control"} <= stand
    assert "run/historian" not in stand
    assert any("plc" in left.what and "essential function" in left.what for left in result.left)
    assert all(left.next_step for left in result.left)


def test_consent_lets_an_undo_stop_it(yard: Yard) -> None:
    plant = small().with_vm("plc", consent="stop restart cut")
    result = yard.apply(plant, "refuse:run/scada")
    assert "run/plc" not in tails(yard.observe())
    assert not any("essential" in left.what for left in result.left)


def test_a_disk_on_which_something_ran_is_left(yard: Yard) -> None:
    result = yard.apply(ALONE, "refuse:boot")
    assert result.outcome == "stuck"
    assert {"volume/historian/root"} <= tails(yard.observe())
    assert "run/historian" not in tails(yard.observe())
    (left,) = [left for left in result.left if left.step_id == "make:volume/historian"]
    assert left.next_step.endswith("apply with '--destroy-data historian'.")  # never 'destroy': that takes it all


def test_a_disk_on_which_nothing_ran_goes_with_the_failed_job(yard: Yard) -> None:
    result = yard.apply(ALONE, "refuse:domain/historian")
    assert (result.outcome, yard.observe()) == ("undone", {})


def test_a_grown_disk_is_never_shrunk(yard: Yard) -> None:
    yard.apply(small())
    result = yard.apply(small().with_vm("historian", disk_mib=2048), "refuse:boot")
    assert result.outcome == "stuck"
    assert [left.step_id for left in result.left] == ["make:volume/historian"]


def test_keep_keeps_what_is_healthy(yard: Yard) -> None:
    yard.gate = SickGate("historian")
    result = yard.apply(small(), keep=True)
    assert result.outcome == "kept"
    stand = tails(yard.observe())
    assert {"run/plc", "run/scada", "conduit/read"} <= stand
    assert not {"run/historian", "conduit/store", "domain/historian"} & stand
    assert "volume/historian/root" in stand


def test_a_workload_that_does_not_come_up_fails_the_job(yard: Yard) -> None:
    yard.gate = SickGate("scada")
    result = yard.apply(small(vms=(Vm("scada"), Vm("historian")), conduits={"store": ("scada", "historian")}))
    assert result.outcome == "stuck"
    assert result.problem is not None
    assert result.problem.problem == "Workload scada did not answer."
    assert not any(name.startswith("run/") for name in tails(yard.observe()))


def test_who_waits_for_a_sick_one_is_never_started(yard: Yard) -> None:
    yard.gate = SickGate("plc")
    result = yard.apply(small())
    states = {step.step: step.state for step in result.steps}
    assert states["make:run/scada"] is StepState.PLANNED
    assert "plc" in str(result.problem)


def test_a_step_past_its_deadline_that_happened_counts_as_done(yard: Yard) -> None:
    result = yard.apply(small(), "late:run/historian")
    assert result.outcome == "done"


def test_a_step_past_its_deadline_that_never_happened_fails(yard: Yard) -> None:
    result = yard.apply(ALONE, "hang:domain/historian")
    assert result.outcome == "undone"
    assert "did not answer" in str(result.problem)


def test_a_call_that_never_comes_back_is_left_to_itself(tmp_path: Path) -> None:
    yard = Yard(tmp_path, deadlines=Deadlines(by_kind={Kind.DOMAIN: 0.3}, settle=0.05, look_every=0.01, hold=0.05))
    result = yard.apply(ALONE, "stuck:domain/historian")
    assert result.outcome == "undone"
    assert "did not end within" in str(result.problem)


def test_half_a_step_is_undone_whole(yard: Yard) -> None:
    result = yard.apply(small(), "partial:guard")
    assert (result.outcome, yard.observe()) == ("undone", {})


def test_one_refused_conduit_of_many_is_found(yard: Yard) -> None:
    result = yard.apply(small(), "refuse:conduit/read:0", keep=True)
    failed = [step.step for step in result.steps if step.state not in {StepState.DONE, StepState.PLANNED}]
    assert len(failed) == 1
    assert {"conduit/store", "conduit/probe/plc"} <= tails(yard.observe())
    assert "conduit/read" not in tails(yard.observe())


def test_what_does_not_hold_is_a_failure(yard: Yard) -> None:
    class Forgetful(Recorder):
        def ensure(self, scope: Scope, changes: Sequence[Change]) -> None:
            if changes[0].kind is not Kind.SEED:
                super().ensure(scope, changes)

    yard.recorder = Forgetful(yard.recorder.port)
    result = yard.apply(small())
    assert "seed" in str(result.problem)
    assert "It does not hold" in str(result.problem)


def test_a_defect_in_a_driver_is_a_failed_step(yard: Yard) -> None:
    class Broken(Recorder):
        def ensure(self, scope: Scope, changes: Sequence[Change]) -> None:
            if changes[0].kind is Kind.DOMAIN and changes[0].after:
                raise ZeroDivisionError("by zero")
            super().ensure(scope, changes)

    yard.recorder = Broken(yard.recorder.port)
    result = yard.apply(small())
    assert result.outcome == "undone"
    assert "ZeroDivisionError" in str(result.problem)


def test_a_person_stops_a_job_between_steps(yard: Yard) -> None:
    class Stopping(SickGate):
        def ready(self, workload: str) -> None:
            yard.cancel.request()

    yard.gate = Stopping()
    result = yard.apply(small())
    assert result.outcome == "cancelled"
    assert not any(step.state is StepState.STARTED for step in result.steps)
    yard.cancel, yard.gate = type(yard.cancel)(), SickGate()
    assert yard.apply(small()).outcome == "done"
    assert yard.whole(small())


def test_stopping_does_not_wait_for_a_workload_that_takes_long(yard: Yard) -> None:
    class Endless(SickGate):
        def ready(self, workload: str) -> None:
            yard.cancel.request()
            threading.Event().wait(60)

    yard.gate = Endless()
    assert yard.apply(small()).outcome == "cancelled"


def test_disks_are_destroyed_last_and_only_when_all_else_is_done(yard: Yard) -> None:
    yard.apply(small())
    yard.recorder.done.clear()
    gone = small().without("historian")
    assert yard.apply(gone, destroy_data=["historian"]).outcome == "done"
    assert yard.recorder.done[-1] == ("delete", "volume/historian/root")
    assert yard.whole(gone)


def test_a_disk_that_cannot_be_destroyed_takes_nothing_back(yard: Yard) -> None:
    yard.apply(small())
    result = yard.apply(small().without("historian"), "refuse:volume/historian/root", destroy_data=["historian"])
    assert result.outcome == "kept"
    assert [left.step_id for left in result.left] == ["destroy:volume/historian"]
    assert "run/historian" not in tails(yard.observe())


def test_everything_can_be_destroyed(yard: Yard) -> None:
    yard.apply(small())
    result = yard.apply(Plant((), zones=()), destroy_data=["plc", "scada", "historian"])
    assert result.outcome == "done"
    stand = tails(yard.observe())
    assert not any(name.startswith(("run", "domain", "volume", "conduit")) for name in stand)


def test_at_most_so_many_workers(tmp_path: Path) -> None:
    yard = Yard(tmp_path)
    running, most, lock = 0, 0, threading.Lock()

    class Counting(Recorder):
        def ensure(self, scope: Scope, changes: Sequence[Change]) -> None:
            nonlocal running, most
            if changes[0].kind in TOGETHER:
                super().ensure(scope, changes)
                return
            with lock:
                running += 1
                most = max(most, running)
            threading.Event().wait(0.01)
            super().ensure(scope, changes)
            with lock:
                running -= 1

    yard.recorder = Counting(yard.recorder.port)
    yard.apply(small(), workers=2)
    assert most == 2


def test_an_undo_that_fails_is_told(yard: Yard) -> None:
    class Stubborn(Recorder):
        def ensure(self, scope: Scope, changes: Sequence[Change]) -> None:
            if changes[0].kind is Kind.SEED and changes[0].after is None:
                message = "read-only file system"
                raise OSError(message)
            super().ensure(scope, changes)

    yard.recorder = Stubborn(yard.recorder.port)
    result = yard.apply(ALONE, "refuse:domain/historian")
    assert result.outcome == "stuck"
    assert any("could not be taken back" in left.what for left in result.left)
    assert {name.split("/")[0] for name in tails(yard.observe())} == {"seed", "volume", "image"}


def test_settling_waits_for_what_comes_late(tmp_path: Path) -> None:
    yard = Yard(tmp_path, deadlines=replace(QUICK, settle=5.0))

    class Later(Recorder):
        def ensure(self, scope: Scope, changes: Sequence[Change]) -> None:
            if changes[0].kind is Kind.SEED:
                threading.Timer(0.1, super().ensure, (scope, changes)).start()
                raise DeadlinePassed("It did not answer.", "Wait.")
            super().ensure(scope, changes)

    yard.recorder = Later(yard.recorder.port)
    assert yard.apply(small()).outcome == "done"


def test_boot_files_are_written_for_what_is_kept(yard: Yard) -> None:
    yard.gate = SickGate("historian")
    yard.apply(small(), keep=True)
    assert "boot/files" in tails(yard.observe())


def test_what_should_go_is_not_brought_back_when_the_rest_is_kept(yard: Yard) -> None:
    yard.apply(small())
    result = yard.apply(small().without("historian"), "refuse:guard", keep=True)
    assert result.outcome == "kept"
    assert [left.step_id for left in result.left] == ["remove:guard"]
    stand = tails(yard.observe())
    assert "guard/historian" in stand
    assert not {"run/historian", "domain/historian", "conduit/store"} & stand


class Blind:
    """A port that cannot see any more once something was done."""

    def __init__(self, yard: Yard, looks: int) -> None:
        self._port, self._looks = yard.recorder.port, looks
        self.kinds = self._port.kinds
        self.ensure = self._port.ensure

    def observe(self, scope: Scope) -> Mapping[Address, Document]:
        self._looks -= 1
        if self._looks < 0:
            raise DeadlinePassed("libvirt does not answer.", "Look at libvirtd.")
        return self._port.observe(scope)


def test_what_cannot_be_seen_at_the_end_is_told_and_nothing_is_taken_back(yard: Yard) -> None:
    plan = yard.plan(small())
    result = yard.run(plan, port=Blind(yard, 0))
    assert (result.outcome, len(result.left)) == ("stuck", 1)
    assert "could not be looked at" in result.left[0].what
    assert "run/scada" in tails(yard.observe())


def test_a_world_that_settles_late_is_waited_for(yard: Yard) -> None:
    plan = yard.plan(small())
    seen = yard.observe()

    class Late(Blind):
        def observe(self, scope: Scope) -> Mapping[Address, Document]:
            self._looks -= 1
            return seen if self._looks >= 0 else self._port.observe(scope)

    assert yard.run(plan, port=Late(yard, 1)).outcome == "done"


@pytest.mark.parametrize("keep", [False, True])
def test_nothing_is_undone_by_itself_where_that_may_not_be(yard: Yard, keep: bool) -> None:
    yard.takes_back = False
    result = yard.apply(small(), "refuse:run/scada", keep=keep)
    assert result.outcome == "stuck"
    assert {step.state for step in result.steps} <= {StepState.DONE, StepState.FAILED, StepState.PLANNED}
    assert "run/plc" in tails(yard.observe())
    (left,) = result.left
    assert left.what.startswith("Nothing is undone by itself now: ")
    assert "'ringfence revert'" in left.next_step
    yard.takes_back = True
    assert yard.apply(small()).outcome == "done"
