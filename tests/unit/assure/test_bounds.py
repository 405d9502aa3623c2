# SPDX-License-Identifier: Apache-2.0
"""Where rules begin and where they end."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.unit.assure.builders import NOW, conduit, essential, facts, site, workload, zone

from ringfence.assure.check import check
from ringfence.assure.rules.paperwork import thin_owner, thin_reason
from ringfence.site.security_level import SecurityLevel
from ringfence.site.service import Flow, PortRange, Service
from ringfence.site.site import Site


def ids(of: Site) -> set[str]:
    return {one.id for one in check(of, {"server": facts()}, NOW)}


def spoken(
    ports: PortRange, protocol: str = "tcp", source: str = "workload/scada", target: str = "workload/plc"
) -> Site:
    flow = Flow("udp" if protocol == "udp" else "tcp", (ports,))
    return site(
        zone("supervision", 2),
        zone("control", 1),
        workload("scada", "supervision"),
        workload("plc", "control"),
        Service("own", (flow,)),
        conduit("c", source, target, "own"),
    )


@pytest.mark.parametrize(
    "text",
    ["", " ", "tbd", "Todo", "test", "needed", "x y z", "it works", "temp test todo tbd", "1 2 3", "?", "a b c"],
)
def test_these_reasons_say_nothing(text: str) -> None:
    assert thin_reason(text)


@pytest.mark.parametrize("text", ["SCADA polls levels.", "Werte für die Schicht", "设备数据读取", "Backup every night"])
def test_these_reasons_say_something(text: str) -> None:
    assert not thin_reason(text)


@pytest.mark.parametrize(("text", "thin"), [("", True), ("-", True), ("TBD", True), ("ops", False), ("J. Ng", False)])
def test_owners(text: str, thin: bool) -> None:
    assert thin_owner(text) is thin


@pytest.mark.parametrize(("last", "wide"), [(2000, False), (2015, False), (2016, True)])
def test_more_than_16_ports_are_a_wide_range(last: int, wide: bool) -> None:
    assert ("RF-CON-011" in ids(spoken(PortRange(2000, last)))) is wide


@pytest.mark.parametrize(("last", "rule"), [(2022, "RF-CON-011"), (2023, "RF-CON-010")])
def test_a_thousand_ports_between_zones_are_everything(last: int, rule: str) -> None:
    found = ids(spoken(PortRange(1000, last), source="zone/supervision", target="zone/control"))
    assert found & {"RF-CON-010", "RF-CON-011"} == {rule}


@pytest.mark.parametrize(
    ("ports", "protocol", "rule"),
    [
        (PortRange(23, 23), "tcp", "RF-CON-022"),
        (PortRange(20, 21), "tcp", "RF-CON-022"),
        (PortRange(69, 69), "udp", "RF-CON-022"),
        (PortRange(25, 25), "tcp", "RF-CON-023"),
    ],
)
def test_a_protocol_is_known_by_its_port_whatever_its_name(ports: PortRange, protocol: str, rule: str) -> None:
    assert rule in ids(spoken(ports, protocol))
    assert rule not in ids(spoken(ports, "udp" if protocol == "tcp" else "tcp"))


def test_a_flow_back_is_begun_by_the_other_side() -> None:
    back = Service("shell", (Flow("tcp", (PortRange(5901, 5901),), "back"),), remote_access=True)
    things = [zone("dmz", 3.5), zone("control", 2), workload("jump", "dmz"), workload("hmi", "control"), back]
    assert "RF-CON-020" in ids(site(*things, conduit("c", "workload/hmi", "workload/jump", "shell")))
    assert "RF-CON-020" in ids(site(*things, conduit("c", "workload/hmi", "zone/dmz", "shell")))
    assert "RF-CON-020" not in ids(site(*things, conduit("c", "workload/jump", "workload/hmi", "shell")))


def test_one_requirement_at_level_three_makes_a_zone_strict() -> None:
    strict = SecurityLevel(1, 1, 1, 1, 3, 1, 1)
    zoned = replace(zone("control", 1, peers="open"), security=strict)
    assert "RF-ZON-001" in ids(site(zoned, workload("plc", "control")))


@pytest.mark.parametrize(("loss", "found"), [(29, True), (30, False)])
def test_a_loss_below_30_seconds_needs_a_partner(loss: int, found: bool) -> None:
    made = site(zone("control", 1), essential("plc", "control", tolerable_loss_s=loss))
    assert ("RF-FUN-004" in ids(made)) is found


def test_a_partner_counts_whoever_names_it() -> None:
    quick = essential("plc", "control", tolerable_loss_s=5)
    other = workload("plc-2", "control", apart_from=("plc",))
    assert "RF-FUN-004" not in ids(site(zone("control", 1), quick, other))
