# SPDX-License-Identifier: Apache-2.0
"""trace: what the rules say, and where a packet stops, on the simulated host."""

from __future__ import annotations

import pytest

from ringfence.cli.show.trace import words
from ringfence.messages.trace import TraceHop

from .conftest import Desk


def test_a_permitted_conversation_names_its_conduit_and_element(applied: Desk) -> None:
    ran = applied("trace", "scada", "plc", "modbus")
    assert ran.status == 0
    assert "scada (10.81.2.11) to plc (10.81.1.11), modbus tcp/502" in ran.out
    assert "Conduit poll permits tcp/502 from scada to plc (The operators see levels)." in ran.out
    assert "10.81.2.11 . 10.81.1.11 . tcp . 502" in ran.out
    assert "The guard lets scada speak from port" in ran.out
    assert "The map of conduits" not in ran.out
    assert "The map of exact ports of zone supervision names it." in ran.out
    assert "the rules let it pass" in ran.out


def test_a_dormant_conduit_comes_close(applied: Desk) -> None:
    ran = applied("trace", "scada", "plc", "tcp/22")
    assert ran.status == 1
    assert "No conduit permits tcp/22 from scada to plc." in ran.out
    assert "'ringfence grant vendor --for 30m'" in ran.out
    assert "What passes from scada to plc: poll." in ran.out
    assert "Dropped." in ran.out
    assert "It stopped in the router, and plc hears nothing of it." in ran.out


def test_the_other_direction_is_told(applied: Desk) -> None:
    ran = applied("trace", "workload/plc", "workload/scada", "modbus")
    assert "The other way round it is permitted, by poll: only answers pass this way." in " ".join(ran.out.split())


def test_a_conduit_that_was_cut_is_told(applied: Desk) -> None:
    assert applied("cut", "poll").status == 0
    told = " ".join(applied("trace", "scada", "plc", "502/tcp").err.split())
    assert "There is no service 502/tcp." in told
    told = " ".join(applied("trace", "scada", "plc", "tcp/502").out.split())
    assert "Conduit poll names it in the site file, but it is closed now (cut/poll stands)" in told


def test_addresses_of_nobody_are_traced_by_the_rules_alone(applied: Desk) -> None:
    ran = applied("trace", "192.0.2.1", "10.81.1.11", "modbus", "--json")
    assert ran.status == 1
    assert ran.message["outcome"] == "not followed"
    assert "'--wait 30s'" in ran.message["end"]
    assert ran.message["permitted"] is False


def test_a_silent_source_is_told(applied: Desk) -> None:
    ran = applied("trace", "scada", "plc", "modbus", "--wait", "1s")
    assert ran.status == 1
    assert "scada sent no such packet" in ran.out


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("scad", "plc", "modbus"), "has no workload or asset scad"),
        (("scada", "plc", "modbusx"), "There is no service modbusx"),
        (("scada", "plc", "tcp/0"), "There is no service tcp/0"),
        (("scada", "plc", "tcp/65536"), "There is no service tcp/65536"),
        (("scada", "fd00::1", "modbus"), "no addresses"),
    ],
)
def test_what_cannot_be_traced_is_refused(applied: Desk, arguments: tuple[str, ...], told: str) -> None:
    ran = applied("trace", *arguments)
    assert ran.status == 2
    assert told in " ".join(ran.err.split())


@pytest.mark.parametrize(
    ("chain", "rule", "said"),
    [
        ("from_field_bus", "r6_field_bus", "The map of ranges of ports of zone field-bus names it."),
        ("from_U_plant", "c4_U_plant", "The map of exact ports of uplink plant names it."),
        ("leg_field", "reply", "It came from the leg of zone field, as it should: accepted."),
        ("deny_undeclared", "count", "Counted as 'undeclared': between workloads, and no conduit names it."),
        ("strange", "", "tcp dport 1: drop."),
    ],
)
def test_rules_read_as_sentences(chain: str, rule: str, said: str) -> None:
    assert words(TraceHop("router", chain, rule, "tcp dport 1", "drop")) == said
