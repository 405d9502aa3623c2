# SPDX-License-Identifier: Apache-2.0
"""Which way a workload with several interfaces sends what, where assets and the plant's own gateway take part."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import IPv4Address, IPv4Network
from typing import Any

from tests import factory

from ringfence.compile.fabric.ways import Way, ways_of
from ringfence.site.asset import Asset
from ringfence.site.conduit import Conduit
from ringfence.site.declared.reference import endpoint
from ringfence.site.workload import Interface

ASSETS = {
    "meter": Asset("meter", "field", "up", (IPv4Network("10.91.3.77/32"),)),
    "far": Asset("far", "field", "up", (IPv4Network("172.16.9.0/24"),)),
    "skid": Asset("skid", "field", "up", (IPv4Network("192.168.0.0/24"),), seen_as=IPv4Network("10.7.7.0/24")),
}


def ways(*targets: str, **zone: Any) -> dict[str, Way]:
    """Return the ways of scada, whose second interface has a conduit to each target."""
    nics = (Interface("eth0", "control"), Interface("eth1", "office", reason="r"))
    scada = factory.workload("scada", interfaces=nics)
    zones = [factory.zone("control"), replace(factory.zone("office", 2), **zone), factory.zone("field", 3, ipv6=None)]
    near = (endpoint("workload/scada/eth1"),)
    conduits = {f"c{n}": Conduit(f"c{n}", near, (endpoint(one),), (), "r", "o") for n, one in enumerate(targets)}
    site = factory.site([scada], zones, assets=ASSETS, conduits=conduits)
    return ways_of(site, scada, factory.binding(scada))


def reach(way: Way) -> set[str]:
    return {str(net) for net in way.reach if net.version == 4}


def test_an_asset_is_reached_as_workloads_see_it() -> None:
    assert reach(ways("asset/meter")["eth1"]) == {"10.91.3.77/32"}
    assert reach(ways("asset/skid")["eth1"]) == {"10.7.7.0/24"}
    assert reach(ways("asset/meter")["eth0"]) == set()


def test_a_zone_means_its_assets_too_also_those_outside_of_its_subnet() -> None:
    assert reach(ways("zone/field")["eth1"]) == {"10.91.3.0/24", "172.16.9.0/24", "10.7.7.0/24"}


def test_only_one_interface_leads_everywhere_for_each_version() -> None:
    found = ways()
    assert [(way.first4, way.first6) for way in found.values()] == [(True, True), (False, False)]
    assert [way.table for way in found.values()] == [101, 102]


def test_the_plant_s_own_gateway_is_reached_at_its_own_address() -> None:
    own = {"gateway": "external", "gateway4": IPv4Address("10.91.2.254")}
    assert (ways(**own)["eth1"].gateway4, ways(**own)["eth1"].gateway6) == ("10.91.2.254", "fd91:0:0:2::1")
    assert ways()["eth1"].gateway6 == "fe80::1"
