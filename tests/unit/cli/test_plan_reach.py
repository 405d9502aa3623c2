# SPDX-License-Identifier: Apache-2.0
"""The plan tells what packets will be able to do, and what they will not any more."""

from __future__ import annotations

import pytest

from ringfence.compile.document import Document
from ringfence.compile.scope import Scope
from ringfence.plan.change import Change

from .conftest import Desk

HEAD = "By the proof, becomes reachable (+) and stops (-):"


def test_a_plan_tells_what_becomes_reachable_and_what_stops(applied: Desk) -> None:
    applied.change("service: modbus", "service: http")
    ran = applied("plan")
    after = ran.out.partition(HEAD)[2].splitlines()
    assert [line.split() for line in after[1:3]] == [
        ["+", "scada/eth0", "->", "plc/eth0", "tcp/80"],
        ["-", "scada/eth0", "->", "plc/eth0", "tcp/502"],
    ]
    assert "of answers, errors and neighbours" in after[3]
    message = applied("plan", "--json").message
    openings = [(one["service"], one["opens"]) for one in message["reach"] if one["kind"] == "opening"]
    assert openings == [("tcp/80", True), ("tcp/502", False)]
    assert "10.81.1.11 (workload/plc/eth0) port 80" in message["reach"][0]["packet"]
    assert message["reach_unknown"] == ""


def test_what_somebody_opened_by_hand_stops(applied: Desk, scope: Scope) -> None:
    """The flows of conduits say it as well; by the proof it shows with what else the rule let through."""
    port, address = applied.host.artifacts, scope.address("table", "router")
    before = port.observe(scope)[address]
    order = before.parts["order/forward"]
    parts = {**before.parts, "order/forward": f"{order}, mine", "rule/forward/mine": "accept"}
    parts["order/forward"] = f"mine, {order}"
    port.ensure(scope, (Change(before, Document(address, before.kind, parts, before.body)),))
    closing = [one for one in applied("plan", "--json").message["reach"] if one["kind"] == "opening"]
    assert closing
    assert not any(one["opens"] for one in closing)


@pytest.mark.parametrize(("old", "new"), [("memory: 128 MiB", "memory: 192 MiB"), ("Operations", "Somebody else")])
def test_a_plan_that_packets_do_not_feel_tells_nothing(applied: Desk, old: str, new: str) -> None:
    applied.change(old, new)
    ran = applied("plan")
    assert ran.status == 0
    assert HEAD not in ran.out


def test_before_anything_was_applied_the_conduits_tell_enough(desk: Desk) -> None:
    assert HEAD not in desk("plan").out
    assert desk("plan", "--json").message["reach"] == []


def test_a_large_plan_stays_quick_and_says_what_it_leaves_out(applied: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ringfence.app.turning.MOST", 3)
    applied.change("service: modbus", "service: http")
    assert "too many for a plan: 'ringfence prove' tells what can flow." in " ".join(applied("plan").out.split())
