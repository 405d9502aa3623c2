# SPDX-License-Identifier: Apache-2.0
"""SIGKILL around real effects: a volume, a definition, a start. The next job finishes the work or takes it back."""

from __future__ import annotations

import multiprocessing
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.contract import benches
from tests.contract.bench import Bench
from tests.crash.victim import MOMENTS, Deadly

from ringfence.compile.document import Artifact, Kind
from ringfence.compile.scope import Scope
from ringfence.drivers.images import ImagesDriver
from ringfence.drivers.libvirt import LibvirtDriver
from ringfence.drivers.libvirt.runs import Patience
from ringfence.drivers.store.database import open_store
from ringfence.drivers.store.lock import FileLock
from ringfence.drivers.system.clock import SystemClock
from ringfence.engine.job import Job
from ringfence.engine.recovery import set_aside
from ringfence.engine.run import run_job
from ringfence.engine.world import World
from ringfence.plan.archive import artifacts_from_bytes, artifacts_to_bytes
from ringfence.plan.compare import Tolerates
from ringfence.plan.intent import Intent
from ringfence.plan.planner import make_plan
from ringfence.ports.artifacts import ArtifactPort

KINDS = (Kind.VOLUME, Kind.DOMAIN, Kind.RUN)


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    with benches.libvirt(tmp_path) as made:
        yield made


def victim(folder: Path, pool: str, scope: Scope, kept: bytes, tolerance: Tolerates, kind: str, moment: str) -> None:
    """Apply until the call for one kind, in a process of its own."""
    libvirt = LibvirtDriver(patience=Patience(shutdown_s=2))
    artifacts = artifacts_from_bytes(kept)
    calls = [step.kind for step in make_plan(Intent(scope.site, 0, ""), artifacts, {}, tolerance).steps]
    ports = (ImagesDriver(pool, libvirt.grow_live), libvirt)
    number = calls.index(Kind(kind)) + 1
    mine = [Deadly(port, moment, _own(port, calls[:number])) for port in ports]
    apply(folder, tuple(mine), scope, artifacts, tolerance)


def _own(port: ArtifactPort, calls: list[Kind]) -> int:
    """The number of the last call that is this port's, or none at all."""
    return sum(kind in port.kinds for kind in calls) if calls[-1] in port.kinds else -1


def apply(
    folder: Path, ports: tuple[ArtifactPort, ...], scope: Scope, artifacts: tuple[Artifact, ...], tolerance: Tolerates
) -> str:
    clock = SystemClock()
    with open_store(folder) as store, FileLock(folder, clock).hold("apply") as held:
        lost = set_aside(store.journal, clock)
        world = World(ports, store.journal, clock, tolerance)
        everything = frozenset({"plc"})
        plan = make_plan(Intent(scope.site, 0, "", everything), artifacts, world.observe(scope), tolerance)
        result = run_job(Job("apply", scope, plan, "tester", workers=1), world, held)
        return f"{result.outcome} after {lost.outcome if lost else 'nothing'}"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("moment", MOMENTS[:2])
def test_a_job_killed_around_a_real_effect_is_finished_and_taken_back(
    bench: Bench, tmp_path: Path, kind: Kind, moment: str
) -> None:
    images, _ = bench.ports
    assert isinstance(images, ImagesDriver)
    kept, state = artifacts_to_bytes(bench.first), tmp_path / "state"
    arguments = (state, images._pool, bench.scope, kept, bench.tolerance, str(kind), moment)
    process = multiprocessing.get_context("spawn").Process(target=victim, args=arguments)
    process.start()
    process.join(120)
    assert process.exitcode == -signal.SIGKILL
    assert bench.differences(bench.first) != [] or (kind is Kind.RUN and moment == MOMENTS[1])
    assert apply(state, bench.ports, bench.scope, bench.first, bench.tolerance) == "done after None"
    assert bench.differences(bench.first) == []
    assert apply(state, bench.ports, bench.scope, (), bench.tolerance) == "done after nothing"
    assert bench.observe() == {}
