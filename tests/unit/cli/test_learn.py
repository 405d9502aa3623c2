# SPDX-License-Identifier: Apache-2.0
"""learn: only with leave, and a proposal that opens nothing by itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from ringfence.app.proposal import proposal
from ringfence.compile.scope import Scope
from ringfence.facts.connection import Connection
from ringfence.messages.flows import FlowEnd
from ringfence.messages.learned import LearnedFrame, LearnedTalk
from ringfence.site.loader import load

from .conftest import SITE, Desk

LEAVE = "field: {level: 1, sl_t: 1, ipv4: 10.81.1.0/24, learn: {until: 2999-12-31, by: Plant operations}}"


def allow(desk: Desk) -> None:
    desk.change("field: {level: 1, sl_t: 1, ipv4: 10.81.1.0/24}", LEAVE)


def test_without_leave_nobody_watches(applied: Desk) -> None:
    ran = applied("learn", "field", "--for", "1s")
    assert ran.status == 2
    told = " ".join(ran.err.split())
    assert "Nobody has allowed to watch zone field." in told
    assert "'learn: {until: YEAR-MONTH-DAY, by: WHO}'" in told


def test_a_leave_that_is_over_is_none(applied: Desk) -> None:
    allow(applied)
    applied.change("2999-12-31", "2020-01-31")
    ran = applied("learn", "field", "--for", "1s")
    assert ran.status == 2
    assert "was over on 2020-01-31" in ran.err


def test_what_is_declared_is_told_and_the_rest_proposed(applied: Desk, scope: Scope, tmp_path: Path) -> None:
    allow(applied)
    applied.host.talk(scope, Connection("tcp", "10.81.2.11", "10.81.1.11", 8080, "", 3, 180, 0, 0, 1, 1))
    applied.host.talk(scope, Connection("udp", "10.81.1.11", "192.0.2.1", 514, "", 3, 180, 0, 0, 1, 1))
    applied.host.talk(scope, Connection("udp", "10.81.1.11", "239.192.1.3", 2222, "", 3, 180, 0, 0, 1, 1))
    out = tmp_path / "proposed.yaml"
    ran = applied("learn", "field", "--for", "1s", "--out", str(out))
    assert ran.status == 0
    assert "Watching zone field for 1 s" in ran.err
    rows = [line.split() for line in ran.out.splitlines()]
    assert any(row[:4] == ["scada", "plc", "modbus", "tcp/502"] and row[-2:] == ["passed", "poll"] for row in rows)
    assert any(row[:2] == ["scada", "plc"] and row[-2:] == ["denied", "proposed"] for row in rows)
    text = out.read_text()
    assert "from: workload/scada" in text
    assert "it was denied" in text
    assert "poll" not in text
    assert "# workload/plc to 192.0.2.1, udp/514" in text
    assert "reach: multicast, group: 239.192.1.3" in text
    assert applied("drift").status == 0


def test_the_proposal_loads_only_with_an_owner(applied: Desk, scope: Scope) -> None:
    allow(applied)
    applied.host.talk(scope, Connection("tcp", "10.81.2.11", "10.81.1.11", 8080, "", 3, 180, 0, 0, 1, 1))
    text = str(applied("learn", "field", "--for", "1s", "--json").message["proposal"])
    conduits = text.partition("conduits:\n")[2]
    whole = SITE + conduits
    site, problems = load(whole.encode())
    assert site is None
    assert any("empty" in str(one) for one in problems)
    site, problems = load(whole.replace('owner: ""', "owner: Control room").encode())
    assert site is not None, problems
    assert "scada-plc-http-alt" in site.conduits or "scada-plc-tcp-8080" in site.conduits


def test_an_unknown_zone_is_told(applied: Desk) -> None:
    assert "no zone filed" in applied("learn", "filed", "--for", "1s").err


def end(of: str, address: str = "10.0.0.1") -> FlowEnd:
    return FlowEnd(of, address, "field")


def talk(source: str, target: str, port: int) -> LearnedTalk:
    ends = end(f"workload/{source}"), end(f"workload/{target}")
    return LearnedTalk(*ends, "tcp", port, "", 9, 9, 900, 1.0, 0.0, "every 1.0 s", True, ())


@pytest.mark.parametrize("length", [3, 31])
def test_names_are_names_and_no_two_are_equal(length: int) -> None:
    names = ["a" * length, "b" * length]
    text = proposal([talk(names[0], names[1], port) for port in range(8000, 8020)], (), 60)
    found = [line.strip(" :") for line in text.splitlines() if line.startswith("  ") and line[2] != " "]
    assert len(set(found)) == 20
    assert all(len(one) <= 31 for one in found)


def test_frames_are_comments_that_say_what_is_missing() -> None:
    text = proposal((), (LearnedFrame("plc", "52:54:00:00:00:01", "01:0c:cd:01:00:01", "0x88b8", 7),), 60)
    assert "layer2: {ethertype: 0x88b8, destination_mac: '01:0c:cd:01:00:01'}" in text
    assert "conduits: {}" in text
