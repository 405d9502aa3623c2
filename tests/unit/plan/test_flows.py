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


def relay(*members: str) -> Document:
    parts = {
        'element/relay4/10.0.0.2 . 10.0.0.255 . 47808 . "control"': "goto relay4_a",
        'element/relay4/10.0.0.2 . 255.255.255.255 . 47808 . "control"': "goto relay4_b",
        'element/vrrp4/10.0.0.2 . 224.0.0.18 . "control"': "goto vrrp4_c",
    }
    rules = {f"rule/{chain}/{one}": f"dup to {one}" for chain in ("relay4_a", "relay4_b", "vrrp4_c") for one in members}
    return Document("host/server1/live/relay/find", Kind.RELAY, {**parts, **rules})


def test_a_relay_opens_a_flow_to_each_member() -> None:
    found = flow_changes([Change(None, relay("10.0.0.3", "10.0.0.9"))], NAMES)
    assert {(flow.source, flow.target, flow.service) for flow in found} == {
        ("workload/scada", target, service)
        for target in ("workload/plc", "10.0.0.9")
        for service in ("udp 47808 broadcast", "vrrp multicast 224.0.0.18")
    }
    assert {(flow.conduit, flow.opens) for flow in found} == {("conduit/find", True)}


def test_a_member_less_is_a_flow_less() -> None:
    found = flow_changes([Change(relay("10.0.0.3", "10.0.0.9"), relay("10.0.0.3"))], NAMES)
    assert {(flow.target, flow.opens) for flow in found} == {("10.0.0.9", False)}


def test_vrrp_to_one_is_called_by_its_name() -> None:
    (found,) = flow_changes([Change(None, conduit("10.0.0.2 . 10.0.0.3 . 112"))], NAMES)
    assert found.service == "vrrp"


def test_other_kinds_have_no_flows() -> None:
    assert flow_changes([Change(None, Document("host/h/live/link/a", Kind.LINK, {}))], NAMES) == ()
