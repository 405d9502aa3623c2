# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import threading
import time

from tests.unit.plan.plant import Strict, intent, observed, small

from ringfence.compile.document import Kind
from ringfence.drivers.system.clock import SystemClock
from ringfence.engine.batch import Waiting
from ringfence.engine.cancel import Cancel
from ringfence.engine.flight import Flights
from ringfence.engine.graph import Graph
from ringfence.engine.nodes import BARRIER, health_node, nodes_of, workload_behind
from ringfence.plan.planner import make_plan


def test_a_node_is_ready_once_when_all_it_needs_is_done() -> None:
    graph = Graph({"a": [], "b": ["a"], "c": ["a", "b", "elsewhere"]})
    assert graph.take_ready() == ["a"]
    assert graph.take_ready() == []
    graph.done(["a"])
    assert graph.take_ready() == ["b"]
    graph.done(["b"])
    assert graph.take_ready() == ["c"]


def test_what_stands_behind_a_node() -> None:
    graph = Graph({"a": [], "b": ["a"], "c": ["b"], "d": []})
    assert graph.behind("a") == {"b", "c"}
    assert graph.behind("d") == set()


def test_health_needs_run_port_and_probe_and_the_end_needs_everything() -> None:
    old = small().artifacts()
    new = small().without("historian").with_vm("scada", version=2).artifacts()
    plan = make_plan(intent(old, ["historian"]), new, observed(old), Strict())
    nodes = nodes_of(plan.steps)
    assert set(nodes[health_node("scada")]) == {"make:run/scada", "make:port/scada"}
    assert nodes[health_node("plc")] == set()
    assert health_node("plc") in nodes["make:run/scada"]
    assert BARRIER in nodes["destroy:volume/historian"]
    assert set(nodes[BARRIER]) == set(nodes) - {BARRIER, "destroy:volume/historian"}
    assert workload_behind(health_node("plc")) == "plc"
    assert workload_behind("make:run/plc") is None


def test_ports_and_conduits_go_together_and_one_call_at_a_time() -> None:
    plan = make_plan(intent(), small().artifacts(), {}, Strict())
    waiting = Waiting()
    waiting.add(plan.steps)
    first = waiting.take(100, frozenset({Kind.PORT}))
    assert len(first) == 1 + sum(step.kind not in {Kind.PORT, Kind.CONDUIT} for step in plan.steps)
    conduits = [batch for batch in first if batch.kind is Kind.CONDUIT]
    assert len(conduits) == 1
    assert len(conduits[0].changes) == 5
    assert not [batch for batch in first if batch.kind is Kind.PORT]
    (ports,) = waiting.take(0, frozenset())
    assert len(ports.steps) == 3
    assert waiting.take(5, frozenset()) == []


def test_no_room_no_single_step() -> None:
    waiting = Waiting()
    waiting.add(step for step in make_plan(intent(), small().artifacts(), {}, Strict()).steps if step.kind is Kind.RUN)
    assert waiting.take(0, frozenset()) == []
    assert waiting.take(-1, frozenset()) == []
    assert len(waiting.take(2, frozenset())) == 2


def test_work_lands_with_its_value() -> None:
    flights: Flights[str, int] = Flights(SystemClock())
    flights.start("a", lambda: 1, 10)
    flights.start("b", lambda: 2, 10)
    found = {}
    while len(flights):
        found.update({landed.key: landed.value for landed in flights.landed(1)})
    assert found == {"a": 1, "b": 2}


def test_work_that_is_late_is_given_up_and_never_heard_again() -> None:
    flights: Flights[str, int] = Flights(SystemClock())
    go_on = threading.Event()
    flights.start("late", lambda: int(go_on.wait(10)), 0.01)
    time.sleep(0.02)
    (landed,) = flights.landed(0)
    assert (landed.key, landed.value, len(flights)) == ("late", None, 0)
    go_on.set()
    assert flights.landed(0.1) == []


def test_the_wish_to_stop_is_heard() -> None:
    cancel = Cancel()
    before = (cancel.requested, cancel.wait(0.001))
    cancel.request()
    assert (before, cancel.requested, cancel.wait(10)) == ((False, False), True, True)
