# SPDX-License-Identifier: Apache-2.0
"""Laws of plan and engine, over random plants, changes and failures on the simulated host."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from tests.unit.engine.yard import TOLERANCE, SickGate, Yard
from tests.unit.plan.plant import Plant, Vm, intent, observed

from ringfence.compile.document import Kind
from ringfence.drivers.memory.faults import Fault
from ringfence.engine.result import JobResult
from ringfence.plan.change import Action, Impact
from ringfence.plan.compare import equal
from ringfence.plan.naming import names, workload_of
from ringfence.plan.plan import Plan
from ringfence.plan.planner import make_plan

NAMES = ("a", "b", "c", "d")
MEMORY = next((folder for folder in ("/dev/shm",) if Path(folder).is_dir()), None)  # noqa: S108 - no waiting for disks
SHARED = {Kind.BOOT}


@st.composite
def plants(draw: st.DrawFn) -> Plant:
    chosen = draw(st.lists(st.sampled_from(NAMES), unique=True, max_size=4).map(sorted))
    vms = tuple(draw(vm(name, tuple(chosen[:index]))) for index, name in enumerate(chosen))
    pairs = [(one, other) for one in chosen for other in chosen if one != other]
    ends = draw(st.lists(st.sampled_from(pairs), max_size=5)) if pairs else []
    zones = draw(st.sampled_from([("control",), ("control", "view"), ("view",)]))
    conduits = {f"c{number}": pair for number, pair in enumerate(ends)}
    return Plant(vms, conduits, zones, draw(st.sampled_from(["drop", "accept"])))


@st.composite
def vm(draw: st.DrawFn, name: str, before: tuple[str, ...]) -> Vm:
    after = draw(st.lists(st.sampled_from(before), unique=True, max_size=2)) if before else []
    return Vm(
        name,
        version=draw(st.integers(1, 2)),
        after=tuple(after),
        critical=draw(st.booleans()),
        probe=draw(st.booleans()),
        disk_mib=draw(st.sampled_from([1024, 2048])),
        number=NAMES.index(name),
    )


faults = st.lists(
    st.builds(
        Fault,
        st.sampled_from(["refuse", "partial", "hang", "late"]),
        st.sampled_from([str(kind) for kind in Kind] + [f"run/{name}" for name in NAMES]),
        st.integers(1, 3),
    ),
    max_size=3,
)


@contextmanager
def yard(*sick: str) -> Iterator[Yard]:
    with tempfile.TemporaryDirectory(dir=MEMORY) as folder:
        yield Yard(Path(folder), gate=SickGate(*sick))


@given(plants())
def test_a_plan_after_apply_is_empty_although_the_tools_rewrote_everything(plant: Plant) -> None:
    with yard() as here:
        assert here.apply(plant).outcome == "done"
        assert here.plan(plant).steps == ()


@given(plants(), plants())
def test_any_plant_can_become_any_other(old: Plant, new: Plant) -> None:
    with yard() as here:
        here.apply(old)
        assert here.apply(new, destroy_data=NAMES).outcome == "done"
        assert here.whole(new)


@given(plants())
def test_adding_a_workload_changes_nothing_of_the_others(plant: Plant) -> None:
    more = replace(plant, vms=(*plant.vms, Vm("new", number=99)))
    plan = make_plan(intent(plant.artifacts()), more.artifacts(), observed(plant.artifacts()), TOLERANCE)
    touched = [change.document for step in plan.steps for change in step.changes if change.kind not in SHARED]
    assert {workload_of(document) for document in touched} <= {"new"} | ({None} if not plant.vms else set())
    assert all(step.impact is Impact.NONE for step in plan.steps)


@given(plants(), plants())
def test_a_plan_never_destroys_data_unasked(old: Plant, new: Plant) -> None:
    plan = make_plan(intent(old.artifacts()), new.artifacts(), observed(old.artifacts()), TOLERANCE)
    assert all(step.impact is not Impact.DATA_LOSS for step in plan.steps)
    assert not [c for step in plan.steps for c in step.changes if c.kind is Kind.VOLUME and c.after is None]


@given(plants(), plants())
def test_steps_may_be_followed_one_by_one(old: Plant, new: Plant) -> None:
    plan = make_plan(intent(old.artifacts(), NAMES), new.artifacts(), observed(old.artifacts()), TOLERANCE)
    done: set[str] = set()
    for step in plan.steps:
        assert set(step.needs) <= done
        assert step.id not in done
        done.add(step.id)


@given(plants(), plants(), faults, st.sampled_from([(), ("a",), ("b", "c")]), st.booleans())
def test_failures_end_in_the_old_or_the_new_world_or_in_an_honest_list(
    old: Plant, new: Plant, broken: list[Fault], sick: tuple[str, ...], keep: bool
) -> None:
    with yard() as here:
        here.apply(old)
        here.recorder.done.clear()
        before = here.observe()
        here.gate = SickGate(*sick)
        plan = here.plan(new)
        result = here.run(plan, broken, keep=keep)
        _holds(here, plan, result, before, new)
        _nobody_was_harmed(here, plan, result, before, new)


def _holds(here: Yard, plan: Plan, result: JobResult, before: Mapping[str, object], new: Plant) -> None:
    told = {left.step_id for left in result.left}
    if result.outcome == "done":
        assert here.whole(new) or plan.kept
    elif result.outcome == "undone":
        now = here.observe()
        assert now == before, [(a, now.get(a), before.get(a)) for a in {*now, *before} if now.get(a) != before.get(a)]
    elif result.outcome == "stuck":
        assert told
        stand = here.observe()
        moved = {address for address in {*stand, *before} if stand.get(address) != before.get(address)}
        listed = {change.address for step in plan.steps if step.id in told for change in step.changes}
        assert moved <= listed, (moved - listed, result.left, result.problem)
    else:
        assert result.outcome == "kept"
        assert result.problem is not None


def _nobody_was_harmed(here: Yard, plan: Plan, result: JobResult, before: Mapping[str, object], new: Plant) -> None:
    """Nobody stops what is essential, but for what the plan said; no disk goes that was there or was used."""
    critical = {vm.name for vm in new.vms if vm.critical}
    planned = {(str(c.action), c.address.split("/", 3)[3]) for step in plan.steps for c in step.changes}
    done = here.recorder.done
    for action, what in done:
        kind, workload = what.split("/")[:2]
        if kind == "run" and workload in critical and action != "create":
            assert (action, what) in planned
            assert done.count((action, what)) <= 1 or action == "update"
        if kind == "volume" and action == "delete":
            assert f"host/server1/live/{what}" not in before
            assert ("create", f"run/{workload}") not in done


@given(plants(), plants())
def test_the_same_world_gives_the_same_plan(old: Plant, new: Plant) -> None:
    first = make_plan(intent(), new.artifacts(), observed(old.artifacts()), TOLERANCE)
    shuffled = dict(reversed(observed(old.artifacts()).items()))
    second = make_plan(intent(), tuple(reversed(new.artifacts())), shuffled, TOLERANCE)
    assert first == second


@given(plants(), plants())
def test_a_change_and_its_reverse_come_back(old: Plant, new: Plant) -> None:
    for step in make_plan(intent(), new.artifacts(), observed(old.artifacts()), TOLERANCE).steps:
        for change in step.changes:
            assert change.reversed().reversed() == change
            if change.action is Action.UPDATE:
                assert change.before is not None
                assert not equal(change.after, change.before, TOLERANCE) or change.kind is Kind.PORT
            assert names(change.document)
