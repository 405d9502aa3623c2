# SPDX-License-Identifier: Apache-2.0
"""The whole matrix with real packets: every workload to every other, every protocol and port; the declared pass."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from itertools import permutations
from typing import Any

import pytest
from tests.integration.fabric.stage import Stage
from tests.integration.fabric.troupe import Troupe, token
from tests.packets.declared import Talk, address, talks

from ringfence.drivers.probes.driver import ProbeDriver
from ringfence.site.probe import Probe

TCP = (22, 80, 502, 4840, 6000, 6001, 6002, 6003, 7000, 8080, 8086, 8102)
UDP = (502, 514, 4999, 5000, 5001, 5002, 5003, 5004, 5005, 5006, 8102)
PATIENCE_S = 2.5


@pytest.fixture(scope="module")
def troupe(stage: Stage) -> Iterator[Troupe]:
    with stage.played("router", "host") as found:
        found.serve((*stage.site.workloads, "router", "host"), tcp=TCP, udp=UDP)
        yield found


def test_the_compiled_fabric_is_what_is_observed(stage: Stage) -> None:
    assert stage.drift() == []


def test_exactly_the_declared_connections_are_made(stage: Stage, troupe: Troupe) -> None:
    wanted = {one for one in talks(stage.site) if one.protocol == "tcp"}
    tried = everything(stage, "tcp", TCP)
    answers = ask(stage, troupe, "connect", tried)
    made = {one for name, talked in tried.items() for one, yes in zip(talked, answers[name], strict=True) if yes}
    assert made == wanted
    for name, seen in troupe.seen().items():
        if name in stage.site.workloads:
            assert {tuple(one) for one in seen["opened"]} == {ends(stage, one) for one in wanted if one.target == name}
    assert len(wanted) >= 20


@pytest.mark.parametrize(("protocol", "ports", "do"), [("udp", UDP, "ask"), ("ping", (0,), "ping")])
def test_exactly_the_declared_datagrams_arrive(
    stage: Stage, troupe: Troupe, protocol: str, ports: tuple[int, ...], do: str
) -> None:
    wanted = {one for one in talks(stage.site) if one.protocol == protocol}
    tried = everything(stage, protocol, ports)
    tokens = {one: token() for talked in tried.values() for one in talked}
    troupe.seen(0)
    answers = ask(stage, troupe, do, tried, tokens)
    for name, got in answers.items():
        assert set(got) == {tokens[one] for one in wanted if one.source == name}
    for name, seen in troupe.seen().items():
        if name in stage.site.workloads:
            assert set(seen["tokens"]) == {tokens[one] for one in wanted if name in {one.source, one.target}}
        if name == "host":
            assert seen["tokens"] == []


def test_only_the_prober_reaches_probed_ports_and_no_others(stage: Stage, troupe: Troupe) -> None:
    there = address(stage.bindings, "plc-north", 4)
    ask_it = ProbeDriver().ask
    assert ask_it(stage.scope, Probe("tcp", 502, timeout=3), there).ok
    assert not ask_it(stage.scope, Probe("tcp", 22, timeout=1), there).ok
    assert not any(troupe["router"].ask("connect", targets=[[there, 502], [there, 22]], seconds=1))
    assert troupe["router"].ask("ask", targets=[[there, 502, token()]], seconds=0.5) == []


def everything(stage: Stage, protocol: str, ports: tuple[int, ...]) -> dict[str, list[Talk]]:
    found: dict[str, list[Talk]] = defaultdict(list)
    for source, target in permutations(stage.site.workloads, 2):
        for port in ports:
            found[source] += [Talk(protocol, source, target, port, version) for version in (4, 6)]
    return found


def ask(
    stage: Stage, troupe: Troupe, do: str, tried: dict[str, list[Talk]], tokens: dict[Talk, str] | None = None
) -> dict[str, Any]:
    def words(one: Talk) -> list[Any]:
        port = [one.port] if one.port else []
        return [address(stage.bindings, one.target, one.version), *port, *([tokens[one]] if tokens else [])]

    orders = {
        name: {"targets": [words(one) for one in talked], "seconds": PATIENCE_S} for name, talked in tried.items()
    }
    return troupe.each(do, orders)


def ends(stage: Stage, one: Talk) -> tuple[str, str, int]:
    return (
        address(stage.bindings, one.source, one.version),
        address(stage.bindings, one.target, one.version),
        one.port,
    )
