# SPDX-License-Identifier: Apache-2.0
"""Packets followed through the loaded rules: what they meet is told, nobody hears of them, and nothing stays."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.integration.fabric.stage import Stage, waterworks
from tests.integration.fabric.troupe import Troupe

from ringfence.compile.fabric.names import gateway_mac, router_leg
from ringfence.drivers.fabric.flows import FlowDriver
from ringfence.drivers.fabric.traces import TraceDriver
from ringfence.ports.traces import Question, Trail

TRACES, FLOWS = TraceDriver(), FlowDriver()


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    with waterworks("rf-t-trace").standing() as found:
        yield found


@pytest.fixture(scope="module")
def actors(stage: Stage) -> Iterator[Troupe]:
    with stage.played() as found:
        found.serve(stage.site.workloads, tcp=[502, 503], udp=[514, 5003])
        yield found


def question(stage: Stage, source: str, target: str, protocol: str, port: int, version: int = 4) -> Question:
    near, far = (next(iter(stage.bindings[one].interfaces.values())) for one in (source, target))
    zone = stage.site.workloads[source].interfaces[0].zone
    return Question(
        str(getattr(near, f"ipv{version}")),
        str(getattr(far, f"ipv{version}")),
        protocol,
        port,
        stage.scope.link("leg", zone),
        router_leg(stage.scope, zone),
        near.mac,
        gateway_mac(stage.site.name, zone),
    )


def way(trail: Trail) -> list[str]:
    return [f"{one.chain}/{one.slug}" for one in trail.hops]


@pytest.mark.parametrize("version", [4, 6])
@pytest.mark.parametrize(
    ("source", "target", "protocol", "port", "kind"),
    [
        ("scada", "plc-north", "tcp", 502, "c"),
        ("plc-north", "plc-south", "udp", 5003, "r"),
        ("plc-south", "plc-north", "icmp", 0, "p"),
    ],
)
def test_an_allowed_packet_goes_all_the_way(
    stage: Stage, source: str, target: str, protocol: str, port: int, kind: str, version: int
) -> None:
    protocol = "icmpv6" if protocol == "icmp" and version == 6 else protocol
    trail = TRACES.inject(stage.scope, question(stage, source, target, protocol, port, version))
    near, far = (stage.site.workloads[one].interfaces[0].zone for one in (source, target))
    assert trail.seen
    assert trail.ended
    assert way(trail)[-2:] == [f"from_{near}/{kind}{version}_{near}", f"leg_{far}/original"]
    assert trail.hops[-1].verdict == "accept"


def test_a_denied_packet_tells_where_it_stopped(stage: Stage) -> None:
    trail = TRACES.inject(stage.scope, question(stage, "scada", "plc-north", "tcp", 503))
    assert not trail.ended
    assert way(trail)[-1] == "deny_undeclared/drop"
    assert trail.hops[-1].verdict == "drop"
    assert "deny_undeclared/count" in way(trail)


def test_a_packet_for_the_router_is_denied_by_its_input(stage: Stage) -> None:
    asked = question(stage, "scada", "plc-north", "tcp", 22)
    zone = stage.site.zones[stage.site.workloads["scada"].interfaces[0].zone]
    trail = TRACES.inject(stage.scope, Question(asked.source, str(zone.gateway4), *_rest(asked)))
    assert way(trail)[-1] == "deny_to_router/drop"


def _rest(asked: Question) -> tuple[str, int, str, str, str, str]:
    return asked.protocol, asked.port, asked.link, asked.leg, asked.source_mac, asked.gateway_mac


def test_a_forged_source_is_dropped_by_the_routing(stage: Stage) -> None:
    asked = question(stage, "scada", "plc-north", "tcp", 502)
    trail = TRACES.inject(stage.scope, Question("192.0.2.1", asked.target, *_rest(asked)))
    assert trail.seen
    assert not trail.ended
    assert trail.hops == ()


def test_nobody_hears_of_it_and_nothing_stays(stage: Stage, actors: Troupe) -> None:
    """Neither the packet, nor a neighbour's question for its target, nor a connection, nor a table."""
    with counting(stage, "plc-north") as heard:
        for protocol, port in (("tcp", 502), ("udp", 502), ("tcp", 503)):
            for version in (4, 6):
                TRACES.inject(stage.scope, question(stage, "scada", "plc-north", protocol, port, version))
        assert heard() == 0
        asked = question(stage, "scada", "plc-north", "tcp", 502)
        assert actors.actors["scada"].ask("connect", targets=[[asked.target, 502]], seconds=3) == [True]
        assert heard() > 0
    left = [one for one in FLOWS.connections(stage.scope) if one.source == _scada(stage) and one.received_packets == 0]
    assert left == []
    assert not any("ringfence_" in line for line in tables(stage))
    assert stage.drift() == []


@contextmanager
def counting(stage: Stage, workload: str) -> Iterator[Callable[[], int]]:
    """Count what comes to the ports of the conversations at a workload's stub."""
    enter = ["nsenter", f"--net=/run/netns/{stage.scope.stub(workload)}", "nft"]
    chain = "{ type filter hook prerouting priority 0; }"
    table = f"add table inet t; add counter inet t heard; add chain inet t c {chain}"
    rule = 'meta l4proto { tcp, udp } th dport { 502, 503 } counter name "heard"'
    subprocess.run([*enter, f"{table}; add rule inet t c {rule}"], check=True)

    def heard() -> int:
        shown = subprocess.run([*enter, "-j", "list", "counters"], capture_output=True, check=True).stdout
        return sum(one["counter"]["packets"] for one in json.loads(shown)["nftables"] if "counter" in one)

    try:
        yield heard
    finally:
        subprocess.run([*enter, "delete table inet t"], check=True)


def _scada(stage: Stage) -> str:
    return question(stage, "scada", "plc-north", "tcp", 502).source


def tables(stage: Stage) -> list[str]:
    words = ["nsenter", f"--net=/run/netns/{stage.scope.namespace}", "nft", "list", "tables"]
    return subprocess.run(words, capture_output=True, text=True, check=True).stdout.splitlines()


def test_a_real_packet_is_followed_and_arrives(stage: Stage, actors: Troupe) -> None:
    asked = question(stage, "scada", "plc-north", "tcp", 502)
    guard, router, greeted = follow(stage, actors, asked, 502)
    assert greeted == [True]
    assert (guard.seen, router.seen, router.ended) == (True, True, True)
    assert way(guard)[:2] == ["arriving/taps-untracked", "arriving/guest"]
    assert guard.hops[-1].verdict == "accept"
    assert way(router)[-1].endswith("/original")


def test_a_real_packet_is_followed_to_where_it_is_denied(stage: Stage, actors: Troupe) -> None:
    guard, router, greeted = follow(stage, actors, question(stage, "scada", "plc-north", "tcp", 503), 503)
    assert greeted == [False]
    assert guard.seen
    assert way(router)[-1] == "deny_undeclared/drop"


def follow(stage: Stage, actors: Troupe, asked: Question, port: int) -> tuple[Trail, Trail, list[bool]]:
    with ThreadPoolExecutor(1) as pool:
        trails = pool.submit(TRACES.follow, stage.scope, asked, 20, lambda: False)
        until = time.monotonic() + 20
        greeted: list[bool] = []
        while not trails.done() and time.monotonic() < until:
            greeted = actors.actors["scada"].ask("connect", targets=[[asked.target, port]], seconds=0.4)
        return (*trails.result(), greeted)


def test_a_silent_source_is_waited_for_no_longer_than_asked(stage: Stage) -> None:
    guard, router = TRACES.follow(stage.scope, question(stage, "jump", "plc-north", "tcp", 9), 0.3, lambda: False)
    assert not guard.seen
    assert not router.seen


WAITS = """
import sys
from ringfence.compile.scope import Scope
from ringfence.drivers.fabric.traces import TraceDriver
from ringfence.ports.traces import Question
TraceDriver().follow(Scope({name!r}, "server1"), Question("10.1.1.1", "10.1.1.2", "tcp", 9), 60, lambda: False)
"""


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM])
def test_killed_in_the_middle_it_leaves_nothing(stage: Stage, number: signal.Signals) -> None:
    code = textwrap.dedent(WAITS).format(name=stage.site.name)
    with subprocess.Popen([sys.executable, "-c", code], stderr=subprocess.DEVNULL) as child:
        own = f"ringfence_trace_{child.pid}"
        reach(lambda: any(own in line for line in tables(stage)) and own in host_tables())
        reach(lambda: len(listeners(child.pid)) == 2)
        assert stage.drift() == []
        left = listeners(child.pid)
        child.send_signal(number)
        child.wait(20)
    reach(lambda: not any(own in line for line in tables(stage)) and own not in host_tables())
    reach(lambda: not any(map(_monitors, left)))
    assert stage.drift() == []


def _monitors(process: int) -> bool:
    try:
        return b"monitor" in Path(f"/proc/{process}/cmdline").read_bytes()
    except OSError:
        return False


def listeners(parent: int) -> list[int]:
    children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    return [one for one in map(int, children) if _monitors(one)]


def host_tables() -> str:
    return subprocess.run(["nft", "list", "tables"], capture_output=True, text=True, check=True).stdout


def reach(condition: Callable[[], bool]) -> None:
    until = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.02)


def test_a_table_that_nobody_holds_is_drift(stage: Stage) -> None:
    words = ["nsenter", f"--net=/run/netns/{stage.scope.namespace}", "nft", "add table inet ringfence_trace_1_1"]
    subprocess.run(words, check=True)
    try:
        assert any("ringfence_trace_1_1" in sentence for sentence in stage.drift())
        stage.ensure(stage.changes())
        assert stage.drift() == []
    finally:
        subprocess.run([*words[:-1], "delete table inet ringfence_trace_1_1"], check=False, stderr=subprocess.DEVNULL)
