# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from ringfence.compile.document import Document, Kind
from ringfence.plan.change import Change
from ringfence.plan.flows import flow_changes
from ringfence.plan.plan import FlowChange

ADDRESS = "host/server1/live/conduit/read"
NAMES = {"10.0.0.2": "workload/scada", "10.0.0.3": "workload/plc"}


def conduit(*tuples: str, state: str = "open") -> Document:
    parts = {f"element/c4_control/{found}": "goto leg_control" for found in tuples}
    return Document(ADDRESS, Kind.CONDUIT, {"state": state, **parts})


ONE = "10.0.0.2 . 10.0.0.3 . tcp . 502"
OTHER = "10.0.0.2 . 10.0.0.9 . udp . 5000-5010"
PING = "10.0.0.2 . 10.0.0.3 . icmp"


def test_flows_of_a_new_conduit_open_between_names() -> None:
    assert flow_changes([Change(None, conduit(ONE, PING))], NAMES) == (
        FlowChange("conduit/read", "workload/scada", "workload/plc", "icmp", opens=True),
        FlowChange("conduit/read", "workload/scada", "workload/plc", "tcp 502", opens=True),
    )


def test_only_what_differs_opens_and_closes() -> None:
    found = flow_changes([Change(conduit(ONE, PING), conduit(PING, OTHER))], NAMES)
    assert {(flow.service, flow.opens) for flow in found} == {("tcp 502", False), ("udp 5000-5010", True)}


def test_a_dormant_conduit_opens_nothing() -> None:
    assert flow_changes([Change(None, conduit(ONE, state="dormant"))], NAMES) == ()
    (found,) = flow_changes([Change(conduit(ONE), conduit(ONE, state="dormant"))], NAMES)
    assert not found.opens


def test_other_kinds_have_no_flows() -> None:
    assert flow_changes([Change(None, Document("host/h/live/link/a", Kind.LINK, {}))], NAMES) == ()
