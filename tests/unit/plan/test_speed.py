# SPDX-License-Identifier: Apache-2.0
"""Planning a large plant stays quick: measured in processor time, so that a busy machine changes nothing."""

from __future__ import annotations

import time
from collections.abc import Callable

from tests.unit.engine.yard import TOLERANCE
from tests.unit.plan.plant import intent, large, observed

from ringfence.plan.planner import make_plan

ARTIFACTS = large(2000, 10_000).artifacts()
BUDGET_S = 1.5


def seconds(work: Callable[[], object]) -> float:
    begun = time.process_time()
    work()
    return time.process_time() - begun


def test_planning_2000_workloads_and_10000_conduits_from_nothing() -> None:
    assert seconds(lambda: make_plan(intent(), ARTIFACTS, {}, TOLERANCE)) < BUDGET_S


def test_planning_when_there_is_nothing_to_do() -> None:
    world = observed(ARTIFACTS)
    assert seconds(lambda: make_plan(intent(ARTIFACTS), ARTIFACTS, world, TOLERANCE)) < BUDGET_S


def test_planning_to_take_everything_away() -> None:
    names = [f"w{number}" for number in range(2000)]
    world = observed(ARTIFACTS)
    assert seconds(lambda: make_plan(intent(ARTIFACTS, names), (), world, TOLERANCE)) < BUDGET_S
