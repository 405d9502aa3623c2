# SPDX-License-Identifier: Apache-2.0
"""Conduits with a rate, with real packets: what is over is dropped and counted, and nobody else feels it."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
from tests.integration.fabric.stage import Stage
from tests.integration.fabric.troupe import Troupe, token
from tests.packets.declared import address
from tests.packets.plant import scope, site

from ringfence.compile.boot.fabric import fabric_files
from ringfence.compile.boot.inventory import Inventory
from ringfence.compile.document import Document, Kind
from ringfence.drivers.fabric.tables import load
from ringfence.plan.change import Change
from ringfence.plan.compare import part_changes
from ringfence.site.conduit import Conduit, Endpoint
from ringfence.site.rate import Rate
from ringfence.site.service import Flow, PortRange, Service
from ringfence.site.site import Site

FLOOD = "RF:f0000003"
PACKETS, BURST, CONNECTIONS = 200, 50, 5
SECONDS = 3.0
LIMITED, FREE, ASLEEP = 700, 701, 702


def made() -> Site:
    """One limited conduit, a free one between the same two, a dormant limited one from elsewhere."""

    def between(name: str, source: str, port: int, **more: Any) -> Conduit:
        ends = (Endpoint("workload", source),), (Endpoint("workload", "plc-b"),)
        return replace(Conduit(name, *ends, (f"s{port}",), "test", "tests"), **more)

    services = {
        f"s{port}": Service(f"s{port}", (Flow("tcp", (PortRange(port, port),)), Flow("udp", (PortRange(port, port),))))
        for port in (LIMITED, FREE, ASLEEP)
    }
    conduits = (
        between("slow-one", "plc-a", LIMITED, rate=Rate(PACKETS, CONNECTIONS, BURST)),
        between("free", "plc-a", FREE),
        between("sleeps", "scada", ASLEEP, dormant=True, rate=Rate(connections=CONNECTIONS)),
    )
    return replace(site(), name="t-rates", services=services, conduits={one.name: one for one in conduits})


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    with Stage(made(), replace(scope(), site="t-rates")).standing() as found:
        yield found


@pytest.fixture
def troupe(stage: Stage) -> Iterator[Troupe]:
    with stage.played() as found:
        found.serve(["plc-b"], tcp=(LIMITED, FREE, ASLEEP), udp=(LIMITED, FREE, ASLEEP))
        yield found


def there(stage: Stage) -> str:
    return address(stage.bindings, "plc-b", 4)


def over(stage: Stage, conduit: str = "slow-one") -> int:
    return stage.driver.denied(stage.scope)[f"rate/{conduit}"]


def document(stage: Stage, conduit: str, **changes: Any) -> Document:
    conduits = {**stage.site.conduits, conduit: replace(stage.site.conduits[conduit], **changes)}
    other = Stage(replace(stage.site, conduits=conduits), stage.scope, bindings=stage.bindings)
    return other.document("conduit", conduit)


def ensure(stage: Stage, conduit: str, wanted: Document | None) -> None:
    seen = stage.driver.observe(stage.scope).get(stage.scope.address("conduit", conduit))
    parts = part_changes(wanted, seen, _Nothing()) if wanted and seen else ()
    stage.driver.ensure(stage.scope, [Change(seen, wanted, parts)])


class _Nothing:
    def allows(self, kind: Kind, key: str, value: str) -> bool:
        return False


def echoed(troupe: Troupe, stage: Stage, port: int, count: int) -> int:
    """Answer how many of some datagrams came back, one after the other."""
    return sum(
        bool(troupe["plc-a"].ask("ask", targets=[[there(stage), port, token()]], seconds=1.0)) for _ in range(count)
    )


def test_it_stands_as_compiled(stage: Stage) -> None:
    assert stage.drift() == []


def test_boot_files_load_the_limits_with_the_conduits(stage: Stage) -> None:
    rules = fabric_files(Inventory(stage.scope, stage.compile()))["router.nft"]
    shown = ["unshare", "--net", "sh", "-c", f"nft -f - && nft list chain inet {stage.scope.table} rate_slow_one"]
    listed = subprocess.run(shown, input=rules, capture_output=True, text=True, check=True).stdout
    assert f"limit rate over {PACKETS}/second burst {BURST} packets" in listed


def test_a_flood_is_held_to_the_rate_and_counted(stage: Stage, troupe: Troupe) -> None:
    before = over(stage)
    began = time.monotonic()
    sent = troupe["plc-a"].ask("flood", address=there(stage), port=LIMITED, token=FLOOD, seconds=SECONDS)
    took = time.monotonic() - began
    got = troupe["plc-b"].ask("floods")[FLOOD]
    assert sent > 3 * PACKETS * SECONDS
    assert PACKETS * (SECONDS - 1) < got <= PACKETS * (took + 0.1) + BURST
    assert 0 <= over(stage) - before - (sent - got) <= got // 20  # an answer may be over as well
    assert stage.driver.denied(stage.scope)["rate"] >= sent - got


def test_a_flood_leaves_another_conduit_alone(stage: Stage, troupe: Troupe) -> None:
    """Nothing of the other conduit is lost while the limited one is flooded from the same port of the same guest."""
    with ThreadPoolExecutor(1) as pool, stage.played() as others:
        flood = pool.submit(
            others["plc-a"].ask, "flood", address=there(stage), port=LIMITED, token=FLOOD, seconds=SECONDS
        )
        until, asked, came = time.monotonic() + SECONDS - 0.5, 0, 0
        while time.monotonic() < until:
            asked += 5
            came += echoed(troupe, stage, FREE, 5)
        sent = flood.result()
    assert sent > 3 * PACKETS * SECONDS
    assert asked > 50
    assert came == asked


def test_answers_use_up_nothing_of_what_may_be_asked(stage: Stage, troupe: Troupe) -> None:
    """As many answers as questions, together above the rate: both directions have limits of their own."""
    before = over(stage)
    time.sleep(1.0)  # the bucket of the tests before fills again
    targets = [[there(stage), LIMITED, token()] for _ in range(BURST - 10)]
    assert len(troupe["plc-a"].ask("ask", targets=targets, seconds=2.0)) == BURST - 10
    assert over(stage) == before


def test_new_connections_are_limited_and_standing_ones_go_on(stage: Stage, troupe: Troupe) -> None:
    time.sleep(1.0)  # the bucket fills again
    assert troupe["plc-a"].ask("hold", address=there(stage), port=LIMITED, kind="tcp")
    before = over(stage)
    greeted = troupe["plc-a"].ask("connect", targets=[[there(stage), LIMITED]] * 30, seconds=0.5)
    assert 1 <= sum(greeted) <= CONNECTIONS + 1
    assert over(stage) - before >= 30 - sum(greeted) - 1
    began = time.monotonic()
    troupe.rest(0.5, "plc-a", "plc-b")
    assert min(troupe["plc-a"].ask("streams")) > began
    free = troupe["plc-a"].ask("connect", targets=[[there(stage), FREE]] * 30, seconds=2.0)
    assert all(free)


def test_datagrams_without_answer_are_one_connection(stage: Stage, troupe: Troupe) -> None:
    """A stream of log messages that nobody answers stays 'new' to the kernel; it opens nothing more."""
    ensure(stage, "slow-one", document(stage, "slow-one", rate=Rate(connections=1)))
    try:
        time.sleep(1.0)  # the bucket fills again
        before = over(stage)
        with stage.played() as quiet:  # nobody serves
            sent = quiet["plc-a"].ask("flood", address=there(stage), port=LIMITED, token=FLOOD, seconds=1.0)
        assert sent > 100
        assert over(stage) == before
    finally:
        ensure(stage, "slow-one", stage.document("conduit", "slow-one"))


def test_a_rate_changes_comes_and_goes_without_a_gap(stage: Stage, troupe: Troupe) -> None:
    assert troupe["plc-a"].ask("hold", address=there(stage), port=LIMITED, kind="tcp")
    whole = stage.document("conduit", "slow-one")
    for rate in (Rate(9000), None, Rate(connections=7), Rate(PACKETS, CONNECTIONS, BURST)):
        wanted = document(stage, "slow-one", rate=rate)
        ensure(stage, "slow-one", wanted)
        seen = stage.driver.observe(stage.scope)[whole.address]
        assert dict(seen.parts) == dict(wanted.parts)
        began = time.monotonic()
        troupe.rest(0.3, "plc-a", "plc-b")
        assert min(troupe["plc-a"].ask("streams")) > began
    assert stage.drift() == []


def test_a_closed_conduit_leaves_no_limits(stage: Stage) -> None:
    conduit = stage.document("conduit", "slow-one")
    stage.driver.close(stage.scope, conduit)
    router = stage.driver.observe(stage.scope)[stage.scope.address("table", "router")]
    assert [key for key in router.parts if "rate_" in key] == []
    ensure(stage, "slow-one", conduit)
    assert stage.drift() == []


def test_a_grant_keeps_the_limit_and_its_end_lets_the_limit_go(stage: Stage, troupe: Troupe) -> None:
    conduit = stage.document("conduit", "sleeps")
    stage.driver.grant(stage.scope, conduit, 2)
    targets = [[there(stage), ASLEEP]] * 30
    assert 1 <= sum(troupe["scada"].ask("connect", targets=targets, seconds=0.5)) <= CONNECTIONS + 1
    assert over(stage, "sleeps") > 0
    ensure(stage, "sleeps", document(stage, "sleeps", rate=None))  # the grant that runs has no limit any more
    assert all(troupe["scada"].ask("connect", targets=targets[:20], seconds=1.0))
    ensure(stage, "sleeps", conduit)
    stage.driver.grant(stage.scope, conduit, 1)
    end = time.monotonic() + 5
    while stage.driver.granted(stage.scope):
        assert time.monotonic() < end
    ensure(stage, "sleeps", None)  # at once, while the kernel may still keep what ran out
    router = stage.driver.observe(stage.scope)[stage.scope.address("table", "router")]
    assert [key for key in router.parts if "rate_sleeps" in key] == []
    ensure(stage, "sleeps", conduit)
    assert stage.drift() == []


def test_a_table_that_is_made_anew_keeps_limits(stage: Stage) -> None:
    """A table's flag cannot be changed in place: the table goes and comes back with what others own."""
    load(f"add table inet {stage.scope.table} {{ flags dormant; }}\n", stage.scope.namespace)
    assert stage.drift() != []
    stage.driver.ensure(stage.scope, [one for one in stage.changes() if one.kind is Kind.TABLE])
    assert stage.drift() == []
