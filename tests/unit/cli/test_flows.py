# SPDX-License-Identifier: Apache-2.0
"""flows: who talks to whom on the simulated host, whose conduits are all in use."""

from __future__ import annotations

import pytest

from ringfence.compile.scope import Scope
from ringfence.facts.connection import Connection

from .conftest import Desk


def rows(desk: Desk, *arguments: str) -> list[list[str]]:
    return [line.split() for line in desk("flows", *arguments).out.splitlines()]


def test_conversations_have_names_and_conduits(applied: Desk) -> None:
    shown = rows(applied)
    assert shown[0][0] == "SIMULATED:"
    assert any(row[:5] == ["scada", "plc", "modbus", "tcp/502", "poll"] for row in shown)
    assert any(row[:5] == ["router", "plc", "modbus", "tcp/502", "probe/plc"] for row in shown)


def test_what_no_conduit_names_comes_first_and_in_words(applied: Desk, scope: Scope) -> None:
    left = Connection("tcp", "10.81.2.11", "10.81.1.11", 23, "ESTABLISHED", 9, 900, 9, 900, 40, 2)
    applied.host.talk(scope, left)
    ran = applied("flows")
    assert ran.out.splitlines()[2].split()[:5] == ["scada", "plc", "telnet", "tcp/23", "NONE"]
    assert "scada to plc, telnet tcp/23: No conduit names it" in ran.out
    (line,) = [one for one in applied("flows", "--json").message["flows"] if one["standing"] == "none"]
    assert (line["source"]["of"], line["target"]["of"], line["port"]) == ("workload/scada", "workload/plc", 23)
    assert (line["sent_bytes"], line["idle_s"]) == (900, 2)


def test_a_dormant_conduit_is_no_permission(applied: Desk, scope: Scope) -> None:
    applied.host.talk(scope, Connection("tcp", "10.81.2.11", "10.81.1.11", 22, "", 1, 60, 0, 0, 1, 1))
    assert applied("flows", "--json").message["flows"][0]["standing"] == "none"


def test_strangers_and_odd_ports_stay_numbers(applied: Desk, scope: Scope) -> None:
    applied.host.talk(scope, Connection("tcp", "192.0.2.7", "10.81.1.11", 65535, "", 1, 60, 0, 0, None, None))
    applied.host.talk(scope, Connection("132", "192.0.2.7", "fd00::9", 0, "UNREPLIED", 1, 60, 0, 0, None, None))
    shown = rows(applied)
    assert ["192.0.2.7", "plc", "tcp/65535", "NONE", "60", "B", "0", "B", "-", "-"] in shown
    assert ["192.0.2.7", "fd00::9", "132", "NONE", "60", "B", "0", "B", "-", "-"] in shown


def test_address_service_is_the_routers_own_work(applied: Desk, scope: Scope) -> None:
    applied.host.talk(scope, Connection("udp", "10.81.1.11", "10.81.1.1", 67, "", 1, 330, 1, 330, 5, 5))
    found = next(one for one in applied("flows", "--json").message["flows"] if one["port"] == 67)
    assert (found["standing"], found["service"], found["target"]["of"]) == ("router", "dhcp", "router")


@pytest.mark.parametrize(
    ("option", "value", "left"),
    [
        ("--conduit", "poll", {"poll"}),
        ("--conduit", "probe/plc", {"probe/plc"}),
        ("--workload", "scada", {"poll"}),
        ("--zone", "field", {"poll", "probe/plc"}),
    ],
)
def test_filters(applied: Desk, option: str, value: str, left: set[str]) -> None:
    message = applied("flows", option, value, "--json").message
    assert {name for one in message["flows"] for name in one["conduits"]} == left
    assert message["total"] == 2


def test_an_unknown_name_is_told(applied: Desk) -> None:
    ran = applied("flows", "--zone", "filed")
    assert ran.status == 2
    assert "has no zone filed" in ran.err
    assert "field, supervision" in ran.err


def test_rates_take_two_looks(applied: Desk) -> None:
    ran = applied("flows", "--for", "1s")
    assert "SENT/s" in ran.out
    found = applied("flows", "--for", "1s", "--json").message
    assert found["over_s"] >= 1
    assert all(one["sent_bytes_s"] is not None for one in found["flows"])
