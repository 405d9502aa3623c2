# SPDX-License-Identifier: Apache-2.0
"""Live conversations, as the kernel tells them, with the names and conduits of the site."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.integration.fabric.stage import Stage, waterworks
from tests.integration.fabric.troupe import Troupe

from ringfence.app.flows import Looks, conversation_lines
from ringfence.base.errors import Refused
from ringfence.compile.scope import Scope
from ringfence.drivers.fabric.flows import FlowDriver
from ringfence.messages.flows import FlowLine
from ringfence.watch.conversation import conversations

FLOWS = FlowDriver()


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    with waterworks("rf-t-flows").standing() as found:
        yield found


@pytest.fixture(scope="module")
def actors(stage: Stage) -> Iterator[Troupe]:
    with stage.played() as found:
        found.serve(stage.site.workloads, tcp=[502, 6001], udp=[514, 5003])
        yield found


def address(stage: Stage, workload: str, version: int = 4) -> str:
    bound = next(iter(stage.bindings[workload].interfaces.values()))
    return str(getattr(bound, f"ipv{version}"))


def look(stage: Stage) -> list[FlowLine]:
    now = conversations(FLOWS.connections(stage.scope))
    return list(conversation_lines(stage.site, stage.bindings, FLOWS.elements(stage.scope), Looks(now, now)))


def told(stage: Stage) -> dict[tuple[str, str, str, int], FlowLine]:
    return {(one.source.of, one.target.of, one.protocol, one.port): one for one in look(stage)}


def test_each_kind_of_conduit_is_named(stage: Stage, actors: Troupe) -> None:
    plc = address(stage, "plc-north")
    assert actors.actors["scada"].ask("connect", targets=[[plc, 502]] * 5, seconds=3) == [True] * 5
    north = actors.actors["plc-north"]
    north.ask("connect", targets=[[address(stage, "plc-south"), 6001]], seconds=3)
    north.ask("ask", targets=[[address(stage, "plc-south"), 5003, "RF:00000001"]], seconds=3)
    actors.actors["plc-south"].ask("ping", targets=[[plc, "RF:00000002"]], seconds=3)
    found = told(stage)
    poll = found["workload/scada", "workload/plc-north", "tcp", 502]
    assert "t-poll-too" in poll.conduits
    assert (poll.connections, poll.standing, poll.service) == (5, "conduit", "modbus")
    assert min(poll.sent_bytes, poll.received_bytes, poll.sent_packets, poll.received_packets) > 0
    assert poll.age_s is not None
    assert poll.idle_s is not None
    assert found["workload/plc-north", "workload/plc-south", "tcp", 6001].conduits == ("t-in-zone",)
    assert found["workload/plc-north", "workload/plc-south", "udp", 5003].conduits == ("t-in-zone", "t-in-zone-too")
    assert found["workload/plc-south", "workload/plc-north", "icmp", 0].conduits == ("t-in-zone-ping",)


def test_what_is_denied_leaves_no_line(stage: Stage, actors: Troupe) -> None:
    actors.actors["historian"].ask("ask", targets=[[address(stage, "scada"), 4711, "RF:00000003"]], seconds=0.3)
    assert not any(one.port == 4711 for one in look(stage))


def test_what_is_left_of_a_closed_conduit_stands_out(stage: Stage, actors: Troupe) -> None:
    target = address(stage, "historian")
    actors.actors["plc-south"].ask("ask", targets=[[target, 514, "RF:00000004"]], seconds=3)
    key = "workload/plc-south", "workload/historian", "udp", 514
    assert told(stage)[key].conduits == ("t-log",)
    mine = f"{address(stage, 'plc-south')} . {target} . udp . 514"
    (element,) = [one for one in FLOWS.elements(stage.scope) if one.key == mine]
    words = f"delete element inet {stage.scope.table} {element.lookup} {{ {element.key} }}"
    subprocess.run(["nsenter", f"--net=/run/netns/{stage.scope.namespace}", "nft", words], check=True)
    assert (told(stage)[key].standing, told(stage)[key].conduits) == ("none", ())
    assert "left over" in told(stage)[key].note


def test_without_a_fabric_it_is_said() -> None:
    with pytest.raises(Refused, match="not up"):
        FLOWS.connections(Scope("rf-t-none", "server1"))


def test_without_the_program_it_is_said(stage: Stage, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("nsenter", "sh", "grep"):
        (tmp_path / name).symlink_to(str(shutil.which(name)))
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Refused, match="conntrack"):
        FLOWS.connections(stage.scope)
