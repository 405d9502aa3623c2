# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import json
import zlib
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.plan.plant import Strict, intent, observed, small

from ringfence.base.errors import BadInput
from ringfence.plan.archive import artifacts_from_bytes, artifacts_to_bytes
from ringfence.plan.codec import plan_from_json, plan_to_json
from ringfence.plan.planner import make_plan

OLD = small().artifacts()
NEW = small(policy="accept").with_vm("scada", version=2).without("historian").artifacts()
PLAN = make_plan(intent(OLD, ["historian"]), NEW, observed(OLD), Strict())


def edited(change: dict[str, Any]) -> str:
    found = json.loads(plan_to_json(PLAN))
    return json.dumps(found | change)


def test_a_plan_comes_back_as_it_was() -> None:
    assert plan_from_json(plan_to_json(PLAN)) == PLAN


def test_white_space_and_order_do_not_matter() -> None:
    found = json.loads(plan_to_json(PLAN))
    assert plan_from_json(json.dumps(dict(reversed(found.items())), indent=2)) == PLAN


def test_an_edited_plan_is_refused() -> None:
    text = plan_to_json(PLAN).replace("restart workload scada", "restart workload scadx")
    with pytest.raises(BadInput, match="changed after it was made"):
        plan_from_json(text)


def test_another_version_is_refused() -> None:
    with pytest.raises(BadInput, match="version 99"):
        plan_from_json(edited({"ringfence-plan": 99}))


@pytest.mark.parametrize(
    "text",
    ["", "{}", "[]", "null", "7", '{"ringfence-plan": 1}', "[" * 5000, '{"ringfence-plan": 1, "plan": 1, "digest": 2}'],
)
def test_what_is_no_plan_is_refused(text: str) -> None:
    with pytest.raises(BadInput):
        plan_from_json(text)


@given(st.integers(0, 10_000), st.sampled_from(["", "0", "null", "{", '"', "[]"]))
def test_damaged_plans_are_refused(place: int, instead: str) -> None:
    text = plan_to_json(PLAN)
    at = place % len(text)
    damaged = text[:at] + instead + text[at + 1 :]
    with suppress(BadInput):
        assert plan_from_json(damaged) == PLAN


def test_artifacts_come_back_as_they_were() -> None:
    assert artifacts_from_bytes(artifacts_to_bytes(OLD)) == OLD


@pytest.mark.parametrize(
    "data",
    [b"", b"no", zlib.compress(b"{}"), artifacts_to_bytes(OLD)[:-9], zlib.compress(b'{"ringfence-artifacts": 2}')],
)
def test_damaged_artifacts_are_refused(data: bytes) -> None:
    with pytest.raises(BadInput):
        artifacts_from_bytes(data)
