# SPDX-License-Identifier: Apache-2.0
"""Files for network tools. What the tools make of them was tried on Debian 12 and 13: tests/integration/hostnet.

Rewrite the golden files with ``RINGFENCE_GOLDEN=write pytest tests/unit/compile/test_hostnet.py``.
"""

from __future__ import annotations

import os
from dataclasses import replace
from ipaddress import IPv4Network
from pathlib import Path
from typing import Any

import pytest
from tests import factory

from ringfence.compile.document import Artifact
from ringfence.compile.hostnet import hostnet_artifacts, read_files
from ringfence.compile.part.hostnet import whose
from ringfence.facts.network import Declared, HostNetwork, Tool
from ringfence.facts.nic import Nic
from ringfence.site.asset import Asset
from ringfence.site.uplink import Uplink

GOLDEN = Path(__file__).resolve().parents[2] / "golden" / "hostnet"
EVERY: frozenset[Tool] = frozenset({"udev", "networkd", "networkmanager", "netplan", "ifupdown"})
SCOPE = factory.scope()
ENO2 = Nic("eno2", "02:00:00:00:00:02", "igb", up=True)
PLANNED = Declared("netplan", ("eno2",), "ethernets", "/run/systemd/network/10-netplan-eno2.network", "eno2")
BY_MAC = replace(PLANNED, matches=("02:00:00:00:00:02",), name="lan 2")


def compiled(*uplinks: Uplink, nics: tuple[Nic, ...] = (ENO2,), **network: Any) -> dict[str, Artifact]:
    told = HostNetwork(**({"tools": EVERY, "declared": (PLANNED,)} | network))
    facts = factory.host_facts(nics=nics, network=told)
    site = factory.site(uplinks={one.name: one for one in uplinks})
    return {one.address: one for one in hostnet_artifacts(site, SCOPE, facts)}


def uplink(name: str = "plant", **changes: Any) -> Uplink:
    return Uplink(**({"name": name, "host": "server1", "interface": "eno2"} | changes))


def files(found: dict[str, Artifact], *names: str) -> dict[str, str]:
    address = SCOPE.address("hostnet", *names)
    return read_files(found[address].document.body) if address in found else {}


def test_files_are_what_was_tried_with_the_tools() -> None:
    found = compiled(uplink())
    texts = files(found, "own", "links") | files(found, "plant")
    if os.environ.get("RINGFENCE_GOLDEN") == "write":
        for path, text in texts.items():
            place = GOLDEN / path.lstrip("/")
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(text)
    stored = {f"/{path.relative_to(GOLDEN)}": path.read_text() for path in GOLDEN.rglob("*") if path.is_file()}
    assert texts == stored


def test_every_file_is_a_part_with_its_mode() -> None:
    parts = compiled(uplink())[SCOPE.address("hostnet", "plant")].document.parts
    modes = {key.rsplit("/", 1)[-1]: value for key, value in parts.items() if key.startswith("mode/")}
    assert modes == {
        "05-ringfence-works_plant.network": "0644",
        "90-ringfence-works_plant.conf": "0644",
        "90-ringfence-works_plant.yaml": "0600",
    } | {"ringfence-works_plant": "0644"}
    assert {key.replace("file/", "mode/") for key in parts if key.startswith("file/")} == {
        key for key in parts if key.startswith("mode/")
    }


def test_the_uplink_is_the_clause_of_its_files() -> None:
    found = compiled(uplink())
    assert found[SCOPE.address("hostnet", "plant")].clauses == ("uplink/plant",)


@pytest.mark.parametrize(
    ("tool", "paths"),
    [
        ("udev", ["05-ringfence-works.link"]),
        ("networkd", ["05-ringfence-works.network", "05-ringfence-works_plant.network"]),
        ("networkmanager", ["90-ringfence-works.conf", "90-ringfence-works_plant.conf"]),
        ("netplan", ["90-ringfence-works_plant.yaml"]),
        ("ifupdown", ["ringfence-works_plant"]),
    ],
)
def test_only_tools_that_are_there_are_told(tool: Tool, paths: list[str]) -> None:
    found = compiled(uplink(), tools=frozenset({tool}))
    told = sorted(path for names in (("own", "links"), ("plant",)) for path in files(found, *names))
    assert [path.rsplit("/", 1)[-1] for path in told] == paths


def test_without_tools_and_in_a_copy_nothing_is_told() -> None:
    assert compiled(uplink(), tools=frozenset()) == {}
    facts = factory.host_facts(nics=(ENO2,), network=HostNetwork(EVERY))
    assert list(hostnet_artifacts(factory.site(), factory.scope(fabric="copy"), facts)) == []


def test_only_a_card_that_moves_is_told_under_its_leg_s_name_too() -> None:
    path = "/etc/systemd/network/05-ringfence-works_plant.network"
    asset = Asset("skid", "control", "plant", (IPv4Network("192.168.0.0/24"),), seen_as=IPv4Network("10.92.0.0/24"))
    skids = factory.site(uplinks={"plant": uplink()}, assets={"skid": asset})
    facts = factory.host_facts(nics=(ENO2,), network=HostNetwork(EVERY))
    _, told = (one.document for one in hostnet_artifacts(skids, SCOPE, facts))
    assert "Name=eno2 wire\n" in read_files(told.body)[path]
    for changes in ({"vlan": 20}, {"layer2": "control"}):
        assert "Name=eno2\n" in files(compiled(uplink(**changes)), "plant")[path]


def test_what_the_host_uses_too_stays_its_tool_s() -> None:
    assert files(compiled(uplink(shared=True)), "plant") == {}
    assert files(compiled(uplink(host="server2")), "plant") == {}


def test_netplan_is_told_only_where_it_knows_the_interface_and_under_its_own_name() -> None:
    assert "/etc/netplan/90-ringfence-works_plant.yaml" not in files(compiled(uplink(), declared=()), "plant")
    text = files(compiled(uplink(), declared=(BY_MAC, PLANNED, BY_MAC)), "plant")[
        "/etc/netplan/90-ringfence-works_plant.yaml"
    ]
    assert text.count("optional: true") == 2
    assert '    "lan 2":\n' in text


def test_an_interface_that_lies_in_the_router_already_is_known_by_its_mac() -> None:
    leg = Nic("plant.up", "52:54:00:00:00:01", "igb", up=True, permanent_mac=ENO2.mac, holder="works/plant")
    before, after = (compiled(uplink(), nics=(one,), declared=(BY_MAC,)) for one in (ENO2, leg))
    assert before == after


def test_ifupdown_keeps_what_somebody_wrote() -> None:
    told = Declared("ifupdown", ("eno2",), "manual", "/etc/network/interfaces")
    assert "/etc/network/interfaces.d/ringfence-works_plant" not in files(compiled(uplink(), declared=(told,)), "plant")


def test_a_file_belongs_to_one_uplink_of_one_site() -> None:
    assert whose("/etc/netplan/90-ringfence-a-b_c.yaml", "a-b") == ("c",)
    assert whose("/etc/netplan/90-ringfence-a_b-c.yaml", "a") == ("b-c",)
    assert whose("/etc/systemd/network/05-ringfence-a.link", "a") == ("own", "links")
    for path in (
        "/etc/netplan/90-ringfence-a-b_c.yaml",
        "/etc/netplan/05-ringfence-a_c.yaml",
        "/etc/netplan/.90-ringfence-a_c.yaml.new",
        "/etc/systemd/network/10-ringfence-a.network",
        "/usr/lib/systemd/network/05-ringfence-a.network",
    ):
        assert whose(path, "a") is None
