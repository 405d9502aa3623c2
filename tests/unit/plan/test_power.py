# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from collections.abc import Collection

from tests.unit.plan.plant import intent, observed, small

from ringfence.plan.plan import Plan
from ringfence.plan.power import power_plan

ARTIFACTS = small().artifacts()


def power(stop: Collection[str] = (), start: Collection[str] = (), without: Collection[str] = ()) -> Plan:
    world = observed(ARTIFACTS)
    for name in without:
        del world[f"host/server1/live/run/{name}"], world[f"host/server1/live/port/{name}/eth0"]
    return power_plan(intent(ARTIFACTS), ARTIFACTS, world, frozenset(stop), frozenset(start))


def test_a_stop_takes_the_ports_along() -> None:
    assert [step.id for step in power(["scada"]).steps] == ["stop:scada", "remove:port"]


def test_those_that_come_after_are_stopped_first() -> None:
    found = [step.id for step in power(["scada", "plc"]).steps]
    assert found.index("stop:scada") < found.index("stop:plc")


def test_a_start_sets_the_port_and_waits_for_others() -> None:
    found = power(start=["scada"], without=["scada"]).steps
    assert [step.id for step in found] == ["make:run/scada", "make:port/scada"]
    assert found[0].waits == ("plc",)


def test_a_restart_stops_and_starts() -> None:
    found = [step.id for step in power(["scada"], ["scada"]).steps]
    assert found == ["stop:scada", "make:run/scada", "make:port/scada"]


def test_what_runs_is_not_started_and_what_is_stopped_not_stopped() -> None:
    assert power(start=["scada"]).empty
    assert power(stop=["scada"], without=["scada"]).empty
