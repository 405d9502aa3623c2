# SPDX-License-Identifier: Apache-2.0
"""SIGKILL at every moment of every step: the next apply goes on, or a revert goes back, to a whole world."""

from __future__ import annotations

import os
import shutil
import signal
from pathlib import Path

import pytest
from tests.crash.children import CONTEXT
from tests.crash.victim import DESTROYED, MOMENTS, NEW, OLD, recovered, run
from tests.unit.engine.yard import Yard
from tests.unit.plan.plant import Plant

from ringfence.compile.document import Kind
from ringfence.ports.journal import StepState

WHOLE = os.environ.get("RINGFENCE_HYPOTHESIS") == "whole"
"""Both ways on from every moment; else one way each, in turn."""


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("begun")
    assert Yard(folder).apply(OLD).outcome == "done"
    return folder


STAYING = {Kind.NAMESPACE, Kind.IMAGE, Kind.DHCP}


@pytest.fixture(scope="module")
def steps(begun: Path) -> int:
    yard = Yard(begun)
    yard.applied = OLD.artifacts()
    plan = yard.plan(NEW, DESTROYED)
    assert {step.kind for step in plan.steps} == set(Kind) - STAYING
    return len(plan.steps)


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_killed_job_is_finished_or_taken_back_by_the_next(
    moment: str, begun: Path, steps: int, tmp_path: Path
) -> None:
    died = 0
    for number in range(1, steps + 1):
        folder = tmp_path / str(number)
        shutil.copytree(begun, folder)
        died += _killed(folder, moment, number)
        ways = ((NEW, DESTROYED), (OLD, ("hmi",)))
        for plant, destroyed in ways if WHOLE else [ways[(number + MOMENTS.index(moment)) % 2]]:
            again = tmp_path / f"{number}-{len(plant.vms)}-{plant.policy}"
            shutil.copytree(folder, again)
            _recovers(again, plant, destroyed)
    assert died >= steps - 3  # steps that are done together are fewer calls


def _killed(folder: Path, moment: str, number: int) -> bool:
    process = CONTEXT.Process(target=run, args=(folder, moment, number))
    process.start()
    process.join(60)
    assert process.exitcode in {0, -signal.SIGKILL}
    return process.exitcode != 0


def _recovers(folder: Path, plant: Plant, destroyed: tuple[str, ...]) -> None:
    yard = recovered(folder, plant, destroyed)
    assert yard.whole(plant)
    if yard.lost is not None:
        assert yard.lost.outcome is None
        states = {job.number: job.outcome for job in yard.jobs()}
        assert states[yard.lost.number] == "lost"


def test_what_was_under_way_is_unknown(begun: Path, tmp_path: Path) -> None:
    folder = tmp_path / "killed"
    shutil.copytree(begun, folder)
    assert _killed(folder, MOMENTS[1], 3)
    yard = recovered(folder, NEW, DESTROYED)
    lost = next(job for job in yard.jobs() if job.outcome == "lost")
    states = [entry.state for entry in lost.steps.values()]
    unknown = states.count(StepState.UNKNOWN)
    assert unknown in {1, 2}  # steps that are done together are one call
    assert states[:-unknown] == [StepState.DONE] * (len(states) - unknown)
    assert "ended in the middle" in lost.note


def test_the_lock_of_a_killed_process_is_free(begun: Path, tmp_path: Path) -> None:
    folder = tmp_path / "killed"
    shutil.copytree(begun, folder)
    assert _killed(folder, MOMENTS[0], 1)
    assert recovered(folder, OLD, ()).whole(OLD)
