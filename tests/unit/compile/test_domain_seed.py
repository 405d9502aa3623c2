# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from dataclasses import replace
from ipaddress import IPv4Address
from typing import Any

import pytest
import yaml
from tests import factory

from ringfence.compile.seed import seed_files
from ringfence.site.conduit import Conduit, Endpoint
from ringfence.site.workload import CloudInit, Disk, Interface, Workload


def network(workload: Workload, **zone: Any) -> dict[str, Any]:
    site = factory.site([workload], [factory.zone(**zone)])
    found: dict[str, Any] = yaml.safe_load(seed_files(site, workload, factory.binding(workload))["network-config"])
    return found


def test_a_zone_with_dhcp_gives_ipv4_and_the_seed_ipv6() -> None:
    port = network(factory.workload("plc", cloud_init=CloudInit("x")))["ethernets"]["port0"]
    assert port == {
        "match": {"macaddress": "52:54:00:91:00:0a"},
        "dhcp4": True,
        "accept-ra": True,
        "addresses": ["fd91:0:0:1::10/128"],
    }


def test_a_zone_without_dhcp_gives_everything() -> None:
    found = network(factory.workload("plc", cloud_init=CloudInit("x")), dhcp=False)
    assert found["version"] == 2
    port = found["ethernets"]["port0"]
    assert port["dhcp4"] is False
    assert port["addresses"] == ["10.91.1.10/24", "fd91:0:0:1::10/128"]
    assert port["routes"] == [{"to": "0.0.0.0/0", "via": "10.91.1.1"}]


def two_legs(**changes: Any) -> dict[str, Any]:
    """Return what the seed says of two interfaces, of which the second has a conduit to zone history."""
    nics = (Interface("eth0", "control"), Interface("eth1", "office", shared=(IPv4Address("10.91.2.100"),)))
    plc = factory.workload("plc", interfaces=nics, cloud_init=CloudInit("x"))
    zones = [factory.zone(name, number, **changes) for number, name in enumerate(("control", "office", "history"), 1)]
    ends = (Endpoint("workload", "plc", "eth1"),), (Endpoint("zone", "history"),)
    site = factory.site([plc], zones, conduits={"store": Conduit("store", *ends, (), "r", "o")})
    found: dict[str, Any] = yaml.safe_load(seed_files(site, plc, factory.binding(plc))["network-config"])["ethernets"]
    return found


def test_only_the_first_interface_leads_everywhere_and_each_answers_by_itself() -> None:
    found = two_legs(dhcp=False)
    assert found["port0"]["routes"] == [
        {"to": "0.0.0.0/0", "via": "10.91.1.1"},
        {"to": "0.0.0.0/0", "via": "10.91.1.1", "table": 101},
        {"to": "::/0", "via": "fe80::1", "table": 101},
    ]
    assert found["port1"]["routes"] == [
        {"to": "10.91.3.0/24", "via": "10.91.2.1"},
        {"to": "fd91:0:0:2::/64", "via": "fe80::1"},
        {"to": "fd91:0:0:3::/64", "via": "fe80::1"},
        {"to": "0.0.0.0/0", "via": "10.91.2.1", "table": 102},
        {"to": "::/0", "via": "fe80::1", "table": 102},
    ]
    assert [port["accept-ra"] for port in found.values()] == [True, False]
    sources = [[rule["from"] for rule in port["routing-policy"]] for port in found.values()]
    assert sources == [
        ["10.91.1.10", "fd91:0:0:1::10"],
        ["10.91.2.10", "fd91:0:0:2::10", "10.91.2.100"],
    ]
    assert {rule["table"] for rule in found["port1"]["routing-policy"]} == {102}


def test_where_dhcp_gives_the_address_the_router_is_taken_to_be_near() -> None:
    found = two_legs(dhcp=True)
    assert {"to": "0.0.0.0/0", "via": "10.91.1.1"} not in found["port0"]["routes"]
    assert {"to": "10.91.3.0/24", "via": "10.91.2.1", "on-link": True} in found["port1"]["routes"]
    assert {"to": "0.0.0.0/0", "via": "10.91.2.1", "table": 102, "on-link": True} in found["port1"]["routes"]


@pytest.mark.parametrize(("config", "names"), [(True, 3), (False, 2)])
def test_the_files(config: bool, names: int) -> None:
    workload = factory.workload("plc", cloud_init=CloudInit("#cloud-config\n", network_config=config))
    files = seed_files(factory.site([workload]), workload, factory.binding(workload))
    assert len(files) == names
    assert files["user-data"] == "#cloud-config\n"
    meta = yaml.safe_load(files["meta-data"])
    assert meta == {"instance-id": factory.binding(workload).uuid, "local-hostname": "plc"}


def test_no_cloud_init_no_seed() -> None:
    workload = factory.workload("plc", disks=(Disk("root", image="nano"),))
    assert seed_files(factory.site([workload]), workload, factory.binding(workload)) == {}


def test_past_the_fabric_only_what_is_declared_is_told() -> None:
    beside = Interface("eth1", "office", kind="vf", device="0000:03:10.2", reason="r")
    plc = factory.workload("plc", interfaces=(Interface("eth0", "control"), beside), cloud_init=CloudInit("x"))
    site = factory.site([plc], [factory.zone(), factory.zone("office", 2)])
    bound = factory.binding(plc)
    found = yaml.safe_load(seed_files(site, plc, bound)["network-config"])["ethernets"]
    assert found["port1"] == {
        "match": {"macaddress": bound.interfaces["eth1"].mac},
        "dhcp4": False,
        "accept-ra": False,
        "addresses": ["10.91.2.10/24", "fd91:0:0:2::10/128"],
    }
    unknown = replace(bound.interfaces["eth1"], ipv4=None, ipv6=None)
    nameless = replace(bound, interfaces={**bound.interfaces, "eth1": unknown})
    assert "port1" not in yaml.safe_load(seed_files(site, plc, nameless)["network-config"])["ethernets"]
