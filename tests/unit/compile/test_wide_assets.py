# SPDX-License-Identifier: Apache-2.0
"""An asset so wide that zones lie in it: what is cut out of it for other assets takes nothing of ours away."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from ipaddress import IPv4Address, IPv4Interface, IPv4Network

import pytest
from tests import factory
from tests.unit.app.test_claims import bound, conduit, pair

from ringfence.compile.fabric import fabric_artifacts
from ringfence.site.asset import Asset
from ringfence.site.service import Flow, PortRange, Service
from ringfence.site.site import Site
from ringfence.site.uplink import Uplink

OFFICE = Uplink("office", "server1", "eno2")
CABINET = Uplink("cabinet", "server1", "eno3", ipv4=IPv4Interface("10.255.0.2/29"))
COMPANY = Asset("company", "dmz", "office", ipv4=(IPv4Network("10.0.0.0/8"),))


def site(*others: Asset) -> Site:
    known = (COMPANY, *others)
    many = Service("many", (Flow("udp", (PortRange(9, 9),), "forward", "broadcast"),))
    wide = conduit("wide", "workload/plc-a", "asset/company", services=("modbus", "many"))
    meet = conduit("meet", "asset/company", "zone/far", services=("modbus",))
    return replace(
        pair(),
        uplinks={"cabinet": CABINET, "office": OFFICE},
        assets={one.name: one for one in known},
        services={**pair().services, "many": many},
        conduits={"meet": meet, "wide": wide},
    )


def parts(of: Site, kind: str) -> Iterator[str]:
    for one in fabric_artifacts(of, frozenset(of.workloads), bound(of), factory.scope(site="works"), factory.NOW):
        yield from one.document.parts if f"/{kind}/" in one.address else ()


@pytest.mark.parametrize("inside", ["10.91.1.200/32", "10.91.2.128/28", "10.255.0.4/32"])
def test_no_route_to_the_plant_takes_a_part_of_our_own_networks(inside: str) -> None:
    """The drive in a zone cuts its network out of the company's; the pieces beside it are the zone's."""
    drive = Asset("drive", "control", "cabinet", ipv4=(IPv4Network(inside),))
    ours = [zone.ipv4 for zone in pair().zones.values()] + [CABINET.ipv4.network if CABINET.ipv4 else None]
    routes = [key.removeprefix("route/") for key in parts(site(drive), "uplink") if key.startswith("route/")]
    found = [IPv4Network(text) for text in routes]
    assert found
    assert not [one for one in found for net in ours if net and one != drive.ipv4[0] and one.subnet_of(net)]


def test_what_is_left_of_a_range_is_no_single_machine() -> None:
    half = Asset("half", "dmz", "cabinet", ipv4=(IPv4Network("10.255.0.4/32"),))
    of = site(half)
    range_ = replace(COMPANY, ipv4=(IPv4Network("10.255.0.4/31"),))
    left = replace(of, assets={**of.assets, "company": range_})
    assert [key for key in parts(left, "conduit") if "10.255.0.5" in key]
    assert not [key for key in parts(left, "relay") if "10.255.0.5" in key]


def test_nobody_is_answered_for_the_parts_of_a_wide_range() -> None:
    other = Asset("branch", "far", "cabinet", ipv4=(IPv4Network("172.16.0.0/16"),))
    inside = Asset("spot", "far", "cabinet", ipv4=(IPv4Network("172.16.0.9/32"),))
    across = conduit("across", "asset/company", "asset/branch")
    of = site(other, inside)
    keys = list(parts(replace(of, conduits={"across": across}), "uplink"))
    assert not [key for key in keys if key.startswith("proxy/office.up/172.16.")]
    small = replace(other, ipv4=(IPv4Network("172.16.0.8/29"),))
    few = replace(of, assets={**of.assets, "branch": small}, conduits={"across": across})
    answered = [key for key in parts(few, "uplink") if key.startswith("proxy/office.up/172.16.")]
    assert len(answered) == 7
    assert f"proxy/office.up/{IPv4Address('172.16.0.9')}" not in answered
