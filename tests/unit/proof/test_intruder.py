# SPDX-License-Identifier: Apache-2.0
"""Attack paths: direct steps and easiest routes over network, side doors, shared host, plant and management."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest

from ringfence.proof import field
from ringfence.proof.box import Box, Limits
from ringfence.proof.flow import Claim, Door, Flow, Place, Reach, Unread
from ringfence.proof.intruder import paths
from ringfence.proof.known import Beyond, Holds, Known
from ringfence.proof.paths import NEVER, How, Paths, State, Step
from ringfence.proof.region import Region
from ringfence.proof.values import between, exactly

MODBUS = {
    field.PROTOCOL: exactly(field.IP4),
    field.PROTO: exactly(field.TCP),
    field.DPORT: exactly(502),
    field.STATE: exactly(field.NEW, field.ESTABLISHED),
    field.DIRECTION: exactly(field.ORIGINAL),
}
ANSWERS = {
    field.PROTOCOL: exactly(field.IP4),
    field.PROTO: exactly(field.TCP),
    field.SPORT: exactly(502),
    field.STATE: exactly(field.ESTABLISHED),
    field.DIRECTION: exactly(field.REPLY),
}
ERRORS = {field.PROTO: exactly(field.ICMP), field.STATE: exactly(field.RELATED)}
LEASES = {field.PROTO: exactly(field.UDP), field.DPORT: exactly(67)}
BARRIERS = {"seccomp": Holds.YES, "own user": Holds.YES, "MAC label": Holds.NO}


class Taken:
    """What a rule takes out of a region: one box."""

    def __init__(self, box: Box) -> None:
        self.box = box

    @property
    def needs(self) -> Limits:
        return {}

    def hits(self, box: Box) -> list[Box]:
        both = box.common(self.box)
        return [] if both is None else [both]


def conversation(conduit: str, source: str, target: str) -> tuple[Claim, ...]:
    return (
        Claim(f"conduit/{conduit}", source, target, Box(MODBUS)),
        Claim(f"conduit/{conduit}", target, source, Box(ANSWERS)),
        Claim("standing/errors", target, source, Box(ERRORS), optional=True),
    )


def port(workload: str) -> str:
    return f"workload/{workload}/eth0"


def as_found(claims: tuple[Claim, ...]) -> tuple[Flow, ...]:
    return tuple(Flow(one.source, one.target, Region(one.box)) for one in claims)


CLAIMS = (
    *conversation("poll", port("scada"), port("plc")),
    *conversation("copy", port("historian"), port("scada")),
    Claim("standing/leases", port("scada"), "router", Box(LEASES)),
)
PLANT = Known(
    Reach(as_found(CLAIMS)),
    CLAIMS,
    workloads=("historian", "office", "plc", "scada"),
    barriers=dict.fromkeys(("historian", "office", "plc", "scada", "router"), BARRIERS),
)


def route(found: Paths, target: str) -> list[tuple[str, How, State]]:
    steps = next(one.steps for one in found.routes if one.target == target)
    return [(step.target, step.how, step.state) for step in steps]


def steps(found: Paths, target: str) -> list[Step]:
    return [step for step in found.direct if step.target == target]


def test_a_conduit_is_a_way_on_and_its_answers_are_one_back() -> None:
    found = paths("workload/scada", PLANT)
    assert steps(found, "workload/plc") == [
        Step("workload/scada", "workload/plc", How.NETWORK, "conduit/poll", "tcp 502", State.DECLARED)
    ]
    assert steps(found, "workload/historian") == [
        Step("workload/scada", "workload/historian", How.ANSWER, "conduit/copy", "tcp from 502", State.DECLARED)
    ]


def test_errors_about_what_others_say_are_no_way() -> None:
    errors = Claim("standing/errors", port("office"), port("plc"), Box(ERRORS), optional=True)
    known = replace(PLANT, reach=Reach(as_found((errors,))), claims=(errors,))
    assert steps(paths("workload/office", known), "workload/plc") == []


def test_a_route_goes_hop_by_hop_over_declared_conduits() -> None:
    assert route(paths("workload/historian", PLANT), "workload/plc") == [
        ("workload/scada", How.NETWORK, State.DECLARED),
        ("workload/plc", How.NETWORK, State.DECLARED),
    ]


def test_what_nothing_leads_to_but_the_host_is_behind_its_barriers() -> None:
    found = paths("workload/scada", PLANT)
    assert route(found, "workload/office") == [
        ("host", How.HOST, State.BLOCKED),
        ("workload/office", How.HOST, State.OPEN),
    ]
    out = steps(found, "host")[0]
    assert out.blocked_by == ("own user", "seccomp")
    assert [one.barriers for one in found.routes if one.target == "workload/office"] == [1]


@pytest.mark.parametrize(
    ("layers", "state"),
    [
        ({"seccomp": Holds.NO}, State.OPEN),
        ({"seccomp": Holds.NO, "own user": Holds.UNKNOWN}, State.UNPROVEN),
        ({}, State.UNPROVEN),
        (None, State.UNPROVEN),
        ({"seccomp": Holds.YES, "own user": Holds.NO}, State.BLOCKED),
    ],
)
def test_the_host_is_as_far_away_as_layers_hold(layers: dict[str, Holds] | None, state: State) -> None:
    known = replace(PLANT, barriers={} if layers is None else {"office": layers})
    assert [step.state for step in steps(paths("workload/office", known), "host")] == [state]


def test_fewest_barriers_come_before_fewest_steps() -> None:
    weak = replace(PLANT, barriers={**PLANT.barriers, "plc": {"seccomp": Holds.NO}})
    assert [one[0] for one in route(paths("workload/historian", weak), "workload/office")] == [
        "workload/scada",
        "workload/plc",
        "host",
        "workload/office",
    ]


def test_to_talk_to_the_router_is_not_to_hold_it() -> None:
    asked = Claim("probe/office", "router", port("office"), Box(MODBUS))
    known = replace(PLANT, reach=Reach(as_found((*CLAIMS, asked))), claims=(*CLAIMS, asked))
    found = paths("workload/scada", known)
    assert route(found, "router") == [("router", How.NETWORK, State.DECLARED)]
    assert route(found, "workload/office")[0] == ("host", How.HOST, State.BLOCKED)
    assert {step.through for step in steps(found, "host")} == {"process", "router"}
    assert route(paths("router", known), "workload/office") == [("workload/office", How.NETWORK, State.DECLARED)]


def test_what_of_a_flow_no_claim_holds_is_undeclared() -> None:
    hole = Flow(port("office"), port("plc"), Region(Box({field.PROTO: exactly(field.TCP)})))
    known = replace(PLANT, reach=Reach((*PLANT.reach.flows, hole)))
    assert route(paths("workload/office", known), "workload/plc") == [("workload/plc", How.NETWORK, State.UNDECLARED)]
    wider = Flow(port("scada"), port("plc"), Region(Box({**MODBUS, field.DPORT: between(22, 502)})))
    found = steps(paths("workload/scada", replace(PLANT, reach=Reach((wider,)))), "workload/plc")
    assert [(step.state, step.what) for step in found] == [
        (State.UNDECLARED, "tcp 22-501"),
        (State.DECLARED, "tcp 502"),
    ]


def test_what_rules_took_out_of_a_flow_is_no_way() -> None:
    taken = Taken(Box({field.DPORT: between(23, 65535)}))
    rest = Flow(port("office"), port("plc"), Region(Box({**MODBUS, field.DPORT: between(22, 502)}), (taken,)))
    nothing = Flow(port("office"), port("scada"), Region(Box({**MODBUS, field.DPORT: between(23, 502)}), (taken,)))
    found = paths("workload/office", replace(PLANT, reach=Reach((rest, nothing))))
    assert [(step.target, step.what) for step in found.direct if step.how is How.NETWORK] == [
        ("workload/plc", "tcp 22")
    ]


def test_what_nobody_compiled_may_do_anything_to_the_router() -> None:
    strange = Door("foreign", "host/h/live/table/router", "fabric", "foreign/rule/forward/9")
    known = replace(PLANT, reach=Reach(PLANT.reach.flows, (strange,)))
    found = steps(paths("workload/office", known), "router")
    assert [(step.state, step.through) for step in found] == [(State.UNDECLARED, "foreign foreign/rule/forward/9")]


def test_a_side_door_leads_both_ways_and_says_whether_it_is_declared() -> None:
    disk = Door("disk", "workload/office", "workload/plc", "/srv/x.img", Place("host/h/live/domain/plc", "disk"))
    known = replace(PLANT, reach=Reach(PLANT.reach.flows, (disk,)))
    for one, other in (("workload/office", "workload/plc"), ("workload/plc", "workload/office")):
        (step,) = steps(paths(one, known), other)
        assert (step.how, step.state, step.through) == (How.DOOR, State.UNDECLARED, "disk /srv/x.img")
        assert step.what == "Workload 'office' and workload 'plc' share a disk: /srv/x.img."
    allowed = replace(known, declared=(replace(disk, owner="workload/plc#disks"),))
    (step,) = steps(paths("workload/plc", allowed), "workload/office")
    assert (step.state, step.through) == (State.DECLARED, "workload/plc#disks")


def test_the_host_gives_orders_by_the_agent_and_a_guest_gives_none() -> None:
    agent = Door("agent", "host", "workload/plc", "org.qemu.guest_agent.0")
    known = replace(PLANT, reach=Reach((), (agent,)), declared=(replace(agent, owner="workload/plc#devices"),))
    assert How.MANAGEMENT in {step.how for step in steps(paths("host", known), "workload/plc")}
    assert How.MANAGEMENT not in {step.how for step in paths("workload/plc", known).direct}


def test_a_machine_in_two_zones_is_shown_by_its_flows_alone() -> None:
    legs = Door("legs", "leg/a", "leg/b", "workload/plc")
    assert paths("leg/a", replace(PLANT, reach=Reach((), (legs,)))).direct == ()


def test_assets_are_told_by_their_addresses_and_the_plant_stands_between_them() -> None:
    ours, theirs = 0x0A000001, 0x0A000002
    over = Box({**MODBUS, field.TARGET4: exactly(ours)})
    back = Box({**ANSWERS, field.SOURCE4: exactly(ours)})
    claims = (
        Claim("conduit/over", port("scada"), "uplink/plant", over),
        Claim("conduit/over", "uplink/plant", port("scada"), back),
    )
    assets = (
        Beyond("plc-7", "uplink/plant", ipv4=exactly(ours)),
        Beyond("wall", "uplink/plant", ipv4=between(theirs, theirs + 5)),
    )
    known = replace(PLANT, reach=Reach(as_found(claims)), claims=claims, assets=assets)
    found = paths("workload/scada", known)
    assert [step.target for step in found.direct if step.how is How.NETWORK] == ["asset/plc-7"]
    assert route(found, "asset/wall") == [
        ("asset/plc-7", How.NETWORK, State.DECLARED),
        ("uplink/plant", How.PLANT, State.OPEN),
        ("asset/wall", How.PLANT, State.OPEN),
    ]
    assert route(paths("asset/wall", known), "workload/scada") == [
        ("uplink/plant", How.PLANT, State.OPEN),
        ("workload/scada", How.ANSWER, State.DECLARED),
    ]
    assert route(paths("asset/plc-7", known), "workload/scada") == [("workload/scada", How.ANSWER, State.DECLARED)]


def test_a_shared_card_leads_the_plant_to_the_hosts_own_services() -> None:
    card = Door("card", "uplink/plant", "host", "eno1")
    known = replace(PLANT, reach=Reach((), (card,)), declared=(replace(card, owner="uplink/plant#shared"),))
    assert [step.state for step in steps(paths("uplink/plant", known), "host")] == [State.UNPROVEN]
    walled = replace(known, barriers={"host": {"firewall": Holds.YES}})
    assert [step.blocked_by for step in steps(paths("uplink/plant", walled), "host")] == [("firewall",)]
    assert paths("uplink/plant", replace(known, declared=())).direct[0].state is State.UNDECLARED


def test_an_interface_past_the_fabric_leads_to_the_plant_behind_its_card() -> None:
    card = Door("card", "uplink/tap", "host", "eno2")
    past = Door("direct", "workload/plc", "nic/eno2", "macvtap private")
    declared = (replace(card, owner="uplink/tap#shared"), replace(past, owner="workload/plc#interfaces"))
    known = replace(PLANT, reach=Reach((), (card, past)), declared=declared)
    assert route(paths("workload/plc", known), "uplink/tap") == [
        ("nic/eno2", How.DOOR, State.DECLARED),
        ("uplink/tap", How.PLANT, State.OPEN),
    ]
    assert route(paths("uplink/tap", known), "workload/plc")[0] == ("nic/eno2", How.PLANT, State.OPEN)


def test_who_manages_the_host_holds_everything() -> None:
    found = paths("management", PLANT)
    assert route(found, "workload/plc") == [
        ("host", How.MANAGEMENT, State.OPEN),
        ("workload/plc", How.HOST, State.OPEN),
    ]
    assert found.beyond == ()


def test_what_is_not_understood_may_lead_out_of_its_machine_or_anywhere_by_the_rules() -> None:
    device = Unread(Place("host/h/live/domain/office", "devices/strange"), "x", "Nobody knows it.")
    rule = Unread(Place("host/h/live/table/router", "rule/forward/x"), "x", "Nobody knows it.")
    known = replace(PLANT, reach=Reach(PLANT.reach.flows, (), (device, rule)))
    found = paths("workload/office", known)
    assert [step.state for step in steps(found, "host") if step.how is How.DOOR] == [State.UNPROVEN]
    assert [step.state for step in steps(found, "router")] == [State.UNPROVEN]
    assert [step for step in steps(paths("workload/plc", known), "host") if step.how is How.DOOR] == []


def test_a_step_says_what_last_showed_it() -> None:
    when = {("workload/scada", "workload/plc", How.NETWORK): "shadow 2026-01-02T03:04:05Z"}
    shown = paths("workload/scada", replace(PLANT, shown=when))
    assert [step.shown_by for step in steps(shown, "workload/plc")] == ["shadow 2026-01-02T03:04:05Z"]
    assert [step.shown_by for step in steps(shown, "workload/historian")] == [NEVER]


def test_an_end_that_nobody_knows_leads_nowhere() -> None:
    found = paths("workload/nobody", PLANT)
    assert (found.direct, found.routes) == ((), ())
    assert "workload/plc" in found.beyond


def test_five_hundred_workloads_take_less_than_a_second() -> None:
    names = [f"w{number}" for number in range(500)]
    claims = tuple(
        claim
        for number in range(5000)
        for claim in conversation(
            f"c{number}", port(names[number % 500]), port(names[(number * 7 + number // 500 + 1) % 500])
        )
    )
    known = Known(Reach(as_found(claims)), claims, workloads=tuple(names), barriers=dict.fromkeys(names, BARRIERS))
    start = time.process_time()
    found = paths("workload/w0", known)
    assert time.process_time() - start < 1
    assert {one.target for one in found.routes} >= {f"workload/{name}" for name in names[1:]}
