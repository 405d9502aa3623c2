# SPDX-License-Identifier: Apache-2.0
"""Ten thousand conduits replaced while packets flow: nothing that is allowed is lost, nothing that is denied leaks."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from tests.integration.fabric.crowd import TALK, crowd, raise_two
from tests.integration.fabric.stage import Stage
from tests.integration.fabric.troupe import Troupe, troupe

from ringfence.compile.document import Kind
from ringfence.drivers.fabric.tables import load
from ringfence.plan.change import Change

ALLOWED, DENIED = "RF:f0000001", "RF:f0000002"
SECONDS = 6.0


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    found = crowd("t-scale")
    try:
        raise_two(found)
        yield found
    finally:
        found.down()


@pytest.fixture
def pair(stage: Stage) -> Iterator[Troupe]:
    places = {name: (stage.scope.stub(name), ["eth0"]) for name in ("near0", "far0")}
    places["other"] = places["near0"]
    with troupe(places) as found:
        found.serve(["far0"], udp=(TALK, TALK + 1))
        yield found


def test_ten_thousand_are_replaced_under_traffic(stage: Stage, pair: Troupe) -> None:
    first, second = stage.documents(Kind.CONDUIT), crowd("t-scale", prefix="d", tcp=503).documents(Kind.CONDUIT)
    stage.driver.ensure(stage.scope, [Change(None, one) for one in first])
    renamed = [*(Change(one, None) for one in first), *(Change(None, one) for one in second)]
    back = [change.reversed() for change in renamed]
    target = str(stage.bindings["far0"].interfaces["eth0"].ipv4)
    replaced = 0
    with ThreadPoolExecutor(2) as pool:
        words = {"address": target, "seconds": SECONDS}
        sent = pool.submit(pair["near0"].ask, "flood", port=TALK, token=ALLOWED, **words)
        stopped = pool.submit(pair["other"].ask, "flood", port=TALK + 1, token=DENIED, **words)
        until = time.monotonic() + SECONDS - 1
        while time.monotonic() < until:
            stage.driver.ensure(stage.scope, renamed if replaced % 2 == 0 else back)
            replaced += 1
    got = pair["far0"].ask("floods")
    assert replaced >= 3
    assert stopped.result() > 1000
    assert got == {ALLOWED: sent.result()}


def test_changing_one_of_ten_thousand_touches_its_elements_alone(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    standing = [one for one in stage.driver.observe(stage.scope).values() if one.kind is Kind.CONDUIT]
    assert len(standing) == 10_000
    one = standing[4321]
    loaded: list[str] = []

    def note(script: str, namespace: str = "") -> None:
        loaded.append(script)
        load(script, namespace)

    monkeypatch.setattr("ringfence.drivers.fabric.conduits.load", note)
    stage.driver.ensure(stage.scope, [Change(one, None)])
    stage.driver.ensure(stage.scope, [Change(None, one)])
    commands = [line for script in loaded for line in script.splitlines()]
    assert [line.split(" { ")[0] for line in commands] == [
        f"delete element inet {stage.scope.table} c4_near",
        f"create element inet {stage.scope.table} c4_near",
    ]
    assert all(line.count("tcp") == 1 and line.count("udp") == 1 for line in commands)
    assert {one.address for one in standing} == set(stage.driver.observe(stage.scope)) & {
        one.address for one in standing
    }
