# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from dataclasses import replace

import pytest
from tests import factory
from tests.packets import bay

from ringfence.site.conduit import Conduit
from ringfence.site.declared.reference import endpoint
from ringfence.site.segment import interface_of, zone_of
from ringfence.site.site import Site
from ringfence.site.workload import Interface


@pytest.fixture
def site() -> Site:
    """The bay, where a gateway stands in both zones and past the fabric, and a relay in the bay."""
    found = bay.site()
    legs = (
        Interface("eth0", "control"),
        Interface("fast", "bay", kind="pci", device="0000:03:00.0"),
        Interface("eth1", "bay"),
    )
    gateway = factory.workload("gateway", interfaces=legs)
    return replace(found, workloads={**found.workloads, "gateway": gateway})


def frames(site: Site, source: str, target: str) -> Conduit:
    return replace(site.conduits["trip"], source=(endpoint(source),), target=(endpoint(target),))


@pytest.mark.parametrize(
    ("source", "target", "interface"),
    [
        ("workload/gateway", "workload/relay", "eth1"),
        ("workload/relay", "workload/gateway", "eth1"),
        ("workload/gateway", "asset/ied-1", "eth1"),
        ("workload/gateway", "zone/bay", "eth1"),
        ("workload/gateway", "workload/plc-a", "eth0"),
        ("workload/gateway/eth0", "workload/relay", "eth0"),
        ("workload/gateway/fast", "workload/relay", "fast"),
    ],
)
def test_the_other_side_tells_which_interface_is_meant(site: Site, source: str, target: str, interface: str) -> None:
    conduit = frames(site, source, target)
    end = next(one for one in (*conduit.source, *conduit.target) if one.name == "gateway")
    assert interface_of(site, conduit, end).name == interface


def test_without_a_common_zone_each_end_keeps_its_own(site: Site) -> None:
    conduit = frames(site, "workload/gateway/eth0", "workload/relay")
    assert [zone_of(site, conduit, end) for end in (*conduit.source, *conduit.target)] == ["control", "bay"]


def test_an_asset_lies_where_its_wire_leads(site: Site) -> None:
    moved = replace(site, assets={name: replace(one, zone="control") for name, one in site.assets.items()})
    conduit = frames(moved, "asset/ied-1", "workload/relay")
    assert zone_of(moved, conduit, conduit.source[0]) == "bay"
