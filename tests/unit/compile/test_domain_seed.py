# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from typing import Any

import pytest
import yaml
from tests import factory

from ringfence.compile.seed import seed_files
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


def test_only_the_first_interface_leads_out() -> None:
    nics = (Interface("eth0", "control"), Interface("eth1", "control"))
    found = network(factory.workload("plc", interfaces=nics, cloud_init=CloudInit("x")), dhcp=False)["ethernets"]
    assert "routes" in found["port0"]
    assert "routes" not in found["port1"]


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
