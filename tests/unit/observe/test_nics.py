# SPDX-License-Identifier: Apache-2.0
"""Interfaces, and who has them in his hands, out of what Debian 12 and 13 printed (recorded/DEBIAN/network)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ringfence.drivers.host.network import Printed, Seen, understood
from ringfence.drivers.host.sysfs import Sysfs
from ringfence.facts.nic import Nic
from ringfence.observe.nics import SysfsLink, default_routes, parse_legs, parse_nics

RECORDED = Path(__file__).parent / "recorded"


@pytest.fixture(params=["debian12", "debian13"])
def seen(request: pytest.FixtureRequest) -> Seen:
    folder = RECORDED / str(request.param) / "network"
    links, four, six, router = (
        (folder / f"{name}.json").read_text() for name in ("ip-address", "ip-route-4", "ip-route-6", "ip-router")
    )
    routers = {"rf-works": router, "rf-other": None}
    return understood(Sysfs(folder / "root"), Printed(links, (four, six), routers))


def by_name(seen: Seen) -> dict[str, Nic]:
    return {nic.name: nic for nic in seen.nics}


def link(**changes: Any) -> str:
    values = {"ifname": "eno1", "link_type": "ether", "address": "02:00:00:00:00:01", "flags": ["UP", "LOWER_UP"]}
    return json.dumps([values | changes])


def test_each_tool_is_told_by_what_it_has_in_its_hands(seen: Seen) -> None:
    managers = {nic.name: nic.manager for nic in seen.nics if nic.manager}
    assert managers == {"eno1": "networkd", "eno2": "networkd", "eno3": "networkmanager", "eno4": "ifupdown"}


def test_default_routes_of_every_table_and_of_several_hops_are_seen(seen: Seen) -> None:
    assert {nic.name for nic in seen.nics if nic.default_route} == {"eno1", "eno4"}


def test_ports_and_parents_are_told(seen: Seen) -> None:
    nics = by_name(seen)
    assert (nics["eno5"].master, nics["eno5"].kind) == ("br0", "veth")
    assert (nics["mv0"].parent, nics["mv0"].kind) == ("eno2", "macvlan")
    assert nics["eno2"].parent == ""  # the other end of a veth is no parent
    assert "rfzone-abcdef" not in nics


def test_a_cable_without_an_end_is_no_carrier_and_a_switched_off_interface_cannot_tell(seen: Seen) -> None:
    nics = by_name(seen)
    assert [nics[name].carrier for name in ("eno1", "eno6", "peer6")] == [True, False, None]
    assert [nics[name].up for name in ("eno1", "eno6", "peer6")] == [True, False, False]


def test_a_leg_in_a_router_is_told_with_its_uplink(seen: Seen) -> None:
    assert {nic.name: nic.holder for nic in seen.nics if nic.holder} == {"plant.up": "works/plant"}
    assert seen.tools.hidden == {"rf-other"}


def test_tools_are_told_by_their_traces(seen: Seen) -> None:
    assert seen.tools.tools == {"networkd", "networkmanager", "netplan", "ifupdown"}


def test_what_netplan_was_told_is_found_by_name_and_by_mac(seen: Seen) -> None:
    nics = by_name(seen)
    for name, wanted in (("eno1", "eno1"), ("eno3", "office")):
        (one,) = seen.tools.about(nics[name], "netplan")
        assert (one.name, one.method) == (wanted, "ethernets")
    assert not list(seen.tools.about(nics["eno4"], "netplan"))


def test_what_ifupdown_was_told_is_found_in_files_that_others_take_in(seen: Seen) -> None:
    nics = by_name(seen)
    assert [one.method for one in seen.tools.about(nics["eno2"], "ifupdown")] == ["dhcp"]
    assert [one.file for one in seen.tools.about(nics["eno4"], "ifupdown")] == ["/etc/network/interfaces.d/hall"]


def test_a_device_shows_driver_speed_and_radio() -> None:
    (nic,) = parse_nics(link(), {"eno1": SysfsLink("igb", 1000, wireless=True)})
    assert (nic.driver, nic.kind, nic.speed, nic.up, nic.addresses, nic.wireless) == ("igb", "", 1000, True, (), True)


def test_a_bond_and_its_port_keep_the_mac_they_were_made_with() -> None:
    text = link(ifname="bond0", linkinfo={"info_kind": "bond"})
    (bond,) = parse_nics(text, {"bond0": SysfsLink("", -1)})
    assert (bond.driver, bond.kind, bond.speed) == ("bond", "bond", None)
    (port,) = parse_nics(link(master="bond0", permaddr="02:00:00:00:00:09"), {})
    assert (port.master, port.mac, port.permanent_mac) == ("bond0", "02:00:00:00:00:01", "02:00:00:00:00:09")


def test_a_vlan_lies_on_its_parent() -> None:
    (vlan,) = parse_nics(link(ifname="eno1.20", link="eno1", linkinfo={"info_kind": "vlan"}), {})
    assert (vlan.kind, vlan.parent) == ("vlan", "eno1")


@pytest.mark.parametrize(
    "alias",
    [
        "",
        "ringfence:works/live/zone/plant",
        "ringfence:works/copy/uplink/plant",
        "ringfence:works/live/uplink/plant/translated/up",
        "x ringfence:w/live/uplink/p",
    ],
)
def test_only_a_live_uplink_s_alias_makes_a_leg(alias: str) -> None:
    assert list(parse_legs(link(ifalias=alias))) == []
    (leg,) = parse_legs(link(ifalias="ringfence:works/live/uplink/hall-2/eno2/up what it was"))
    assert leg.holder == "works/hall-2"


def test_no_routes_are_no_defaults() -> None:
    assert default_routes("") == frozenset()
    assert default_routes('[{"dst": "default", "type": "unreachable"}, {"dst": "10.0.0.0/8", "dev": "eno1"}]') == set()
