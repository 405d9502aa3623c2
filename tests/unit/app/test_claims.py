# SPDX-License-Identifier: Apache-2.0
"""Single promises of claims: what the declaration lets, in cases that random sites do not have."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import date
from ipaddress import IPv4Address, IPv4Interface, IPv4Network, IPv6Address
from typing import Any

import pytest
from tests import factory
from tests.packets import bay

from ringfence.app.claims import claims
from ringfence.compile.bindings import Bindings, InterfaceBinding
from ringfence.compile.fabric import fabric_artifacts
from ringfence.compile.restrictions import UNRESTRICTED, Restrictions
from ringfence.proof import field
from ringfence.proof.flow import Claim
from ringfence.proof.reach import reach
from ringfence.proof.values import exactly
from ringfence.site.asset import Asset
from ringfence.site.conduit import Conduit
from ringfence.site.declared.reference import endpoint
from ringfence.site.rate import Rate
from ringfence.site.service import Flow, PortRange, Service
from ringfence.site.site import Site
from ringfence.site.uplink import Uplink
from ringfence.site.workload import Interface

SHARED = IPv4Address("10.91.1.99")
MODBUS = Service("modbus", (Flow("tcp", (PortRange(502, 502),)),))
ZONES = {"control": 1, "dmz": 2, "far": 3}
SCOPE = factory.scope(site="works")


def conduit(name: str, source: str, target: str, **changes: Any) -> Conduit:
    made = Conduit(name, (endpoint(source),), (endpoint(target),), ("modbus",), "r", "o")
    return replace(made, **changes)


def bound(site: Site) -> Bindings:
    found = {}
    for number, (name, workload) in enumerate(site.workloads.items(), 10):
        nics = {
            nic.name: InterfaceBinding(
                f"52:54:00:00:{place:02x}:{number:02x}",
                IPv4Address(f"10.91.{ZONES[nic.zone]}.{number}"),
                None,
                f"rft{number}-{place}",
            )
            for place, nic in enumerate(workload.interfaces)
        }
        found[name] = replace(factory.binding(workload, number), interfaces=nics)
    return found


def claimed(site: Site, standing: Restrictions = UNRESTRICTED, grants: Collection[str] = ()) -> tuple[Claim, ...]:
    return claims(site, frozenset(site.workloads), bound(site), SCOPE, factory.NOW, standing, grants)


def owners(found: Collection[Claim]) -> set[str]:
    """Return whose conversations there are."""
    return {one.owner for one in found if not one.owner.startswith("standing/")}


def ends(found: Collection[Claim], owner: str) -> set[tuple[str, str]]:
    return {(one.source, one.target) for one in found if one.owner == owner}


def pair() -> Site:
    """A redundant pair that shares an address; one of the two has a second leg elsewhere."""
    zones = [replace(factory.zone(name, number), ipv6=None) for name, number in ZONES.items()]
    workloads = [
        factory.workload("scada", interfaces=(Interface("eth0", "dmz"),)),
        factory.workload("plc-a", interfaces=(Interface("eth0", "control", shared=(SHARED,)),)),
        factory.workload(
            "plc-b", interfaces=(Interface("eth0", "control", shared=(SHARED,)), Interface("eth1", "far"))
        ),
    ]
    poll = conduit("poll", "workload/scada", "workload/plc-a")
    return factory.site(workloads, zones, services={"modbus": MODBUS}, conduits={"poll": poll})


def test_whoever_has_a_shared_address_may_be_spoken_to_at_it() -> None:
    found = [one for one in claimed(pair()) if one.owner == "conduit/poll"]
    to_partner = [one for one in found if one.target == "workload/plc-b/eth0"]
    assert [one.box.limits[field.TARGET4] for one in to_partner] == [exactly(int(SHARED))]


def test_a_shared_address_is_closed_where_any_partner_is_on_an_island() -> None:
    site, island = pair(), Restrictions(islands=frozenset({"far"}))
    found = [one for one in claimed(site, island) if one.owner == "conduit/poll"]
    assert {one.target for one in found} == {"workload/plc-a/eth0", "workload/scada/eth0"}
    assert all(exactly(int(SHARED)) not in one.box.limits.values() for one in found)
    made = fabric_artifacts(site, frozenset(site.workloads), bound(site), SCOPE, factory.NOW, island)
    assert not any(f". {SHARED} ." in key for one in made for key in one.document.parts if "/conduit/" in one.address)
    free = fabric_artifacts(site, frozenset(site.workloads), bound(site), SCOPE, factory.NOW)
    assert any(f". {SHARED} ." in key for one in free for key in one.document.parts if "/conduit/" in one.address)


def test_a_dormant_conduit_claims_nothing_until_it_is_granted() -> None:
    site = pair()
    asleep = replace(site, conduits={"poll": replace(site.conduits["poll"], dormant=True)})
    assert owners(claimed(asleep)) == set()
    granted = claimed(asleep, grants=("poll",))
    assert owners(granted) == {"grant/poll"}
    assert ends(granted, "grant/poll") == ends(claimed(site), "conduit/poll")
    assert owners(claimed(asleep, Restrictions(conduits=frozenset({"poll"})), ("poll",))) == set()


@pytest.mark.parametrize(("last", "closes", "is_open"), [(1, "close", False), (2, "close", True), (1, "report", True)])
def test_a_conduit_ends_with_its_last_day_where_it_says_so(last: int, closes: Any, is_open: bool) -> None:
    site = pair()
    ended = replace(site.conduits["poll"], expires=date(2026, 1, last), on_expiry=closes)
    assert (owners(claimed(replace(site, conduits={"poll": ended}))) == {"conduit/poll"}) is is_open


def test_a_rate_changes_nothing() -> None:
    site = pair()
    slow = replace(site, conduits={"poll": replace(site.conduits["poll"], rate=Rate(packets=5))})
    assert claimed(slow) == claimed(site)


def test_open_peers_stay_in_their_zone_and_off_islands() -> None:
    site = replace(pair(), conduits={})
    open_ = replace(site, zones={**site.zones, "control": replace(site.zones["control"], peers="open")})
    both = {("workload/plc-a/eth0", "workload/plc-b/eth0"), ("workload/plc-b/eth0", "workload/plc-a/eth0")}
    assert ends(claimed(open_), "peers/control") == both
    assert ends(claimed(open_, Restrictions(islands=frozenset({"far"}))), "peers/control") == set()
    assert ends(claimed(open_, Restrictions(islands=frozenset({"control", "dmz"}))), "peers/control") == both


def test_every_interface_is_a_place_of_its_own() -> None:
    site = pair()
    second = conduit("second", "workload/plc-b/eth1", "zone/dmz")
    found = claimed(replace(site, conduits={"second": second}))
    assert ends(found, "conduit/second") == {
        ("workload/plc-b/eth1", "workload/scada/eth0"),
        ("workload/scada/eth0", "workload/plc-b/eth1"),
    }


def outside(**changes: Any) -> Site:
    """A company's wide network with one server declared by itself, and a skid under other addresses."""
    site = pair()
    uplinks = {
        "office": Uplink(
            "office", "server1", "eno2", ipv4=IPv4Interface("10.255.0.2/30"), gateway4=IPv4Address("10.255.0.1")
        ),
        "skid": Uplink("skid", "server1", "eno3", ipv4=IPv4Interface("192.168.0.250/24")),
        "far": Uplink("far", "server2", "eno2"),
    }
    assets = {
        "company": Asset("company", "dmz", "office", ipv4=(IPv4Network("10.0.0.0/8"),)),
        "erp": Asset("erp", "dmz", "office", ipv4=(IPv4Network("10.1.2.3/32"),)),
        "filler": Asset(
            "filler", "far", "skid", ipv4=(IPv4Network("192.168.0.10"),), seen_as=IPv4Network("10.201.0.10")
        ),
        "away": Asset("away", "far", "far", ipv4=(IPv4Network("172.16.0.0/16"),)),
    }
    return replace(site, uplinks=uplinks, assets=assets, **changes)


def within(values: tuple[tuple[int, int], ...], text: str) -> bool:
    return any(first <= int(IPv4Address(text)) <= last for first, last in values)


def test_an_asset_is_what_no_smaller_one_and_no_network_of_ours_has() -> None:
    wide = conduit("wide", "workload/plc-a", "asset/company")
    found = claimed(outside(conduits={"wide": wide}))
    (to, *_) = [
        one.box.limits[field.TARGET4] for one in found if one.target == "uplink/office" and one.owner == "conduit/wide"
    ]
    assert within(to, "10.1.2.2")
    assert within(to, "10.91.4.9")
    assert within(to, "10.255.0.1")  # which lies behind the same uplink
    for other in ("10.1.2.3", "10.91.1.77", "10.255.0.2", "10.201.0.10"):
        assert not within(to, other)


def test_a_skid_is_named_by_the_addresses_that_workloads_see() -> None:
    fill = conduit("fill", "workload/plc-a", "asset/filler")
    found = claimed(outside(conduits={"fill": fill}))
    targets = {
        one.box.limits[field.TARGET4] for one in found if (one.owner, one.target) == ("conduit/fill", "uplink/skid")
    }
    assert targets == {exactly(int(IPv4Address("10.201.0.10")))}
    assert not [one for one in found if one.target == "answer/skid" and not one.optional]


def test_what_lies_behind_another_host_s_uplink_is_not_here() -> None:
    away = conduit("away", "workload/plc-a", "asset/away")
    assert owners(claimed(outside(conduits={"away": away}))) == set()


def test_a_cut_asset_talks_with_nobody_and_is_answered_nothing() -> None:
    wide = conduit("wide", "workload/plc-a", "asset/company")
    site = outside(conduits={"wide": wide})
    assert ends(claimed(site), "conduit/wide")
    assert not ends(claimed(site, Restrictions(assets=frozenset({"company"}))), "conduit/wide")


def test_nothing_is_said_to_many_through_a_translator_or_to_a_range() -> None:
    search = Service("search", (Flow("udp", (PortRange(47808, 47808),), "forward", "broadcast"),))
    many = conduit("many", "workload/scada", "zone/far", services=("search",))
    site = outside(conduits={"many": many}, services={"search": search})
    assert ends(claimed(site), "conduit/many") == {("workload/scada/eth0", "workload/plc-b/eth1")}
    office = conduit("many", "workload/plc-a", "zone/dmz", services=("search",))
    assert ends(claimed(replace(site, conduits={"many": office})), "conduit/many") == {
        (f"workload/{partner}/eth0", member)
        for partner in ("plc-a", "plc-b")
        for member in ("workload/scada/eth0", "uplink/office")
    }
    everybody = [one for one in claimed(replace(site, conduits={"many": office})) if one.target == "uplink/office"]
    alone = {one.box.limits[field.TARGET4] for one in everybody if one.owner == "conduit/many"}
    assert alone == {exactly((1 << 32) - 1), exactly(int(IPv4Address("10.91.2.255")))}


def test_a_frame_for_one_machine_is_claimed_where_it_is() -> None:
    site = bay.site()
    cyclic = site.conduits["cyclic"]
    both = replace(cyclic, target=(*cyclic.target, endpoint("zone/control")))
    found = claims(
        replace(site, conduits={"cyclic": both}),
        frozenset(site.workloads),
        bay.bindings(site),
        bay.scope(),
        factory.NOW,
    )
    assert ends(found, "conduit/cyclic") == {("workload/plc-a/eth0", "workload/plc-b/eth0")}


def test_a_frame_for_a_group_is_claimed_at_every_named_place() -> None:
    site = bay.site()
    found = claims(site, frozenset(site.workloads), bay.bindings(site), bay.scope(), factory.NOW)
    assert ends(found, "conduit/trip-bay") == {("workload/relay/eth0", "wire/yard")}
    assert ends(found, "conduit/status") == {("wire/yard", "workload/relay/eth0")}
    tagged = [one.box.limits for one in found if one.owner == "conduit/tagged"]
    assert [(one[field.TAG], one[field.VLAN]) for one in tagged] == [(exactly(0x8100), exactly(bay.VLAN))]
    plain = [one.box.limits for one in found if one.owner == "conduit/trip"]
    assert [one[field.TAG] for one in plain] == [exactly(0), exactly(0x8100)]


def test_nobody_answers_in_the_plant_but_for_pairs() -> None:
    push = conduit("push", "asset/erp", "workload/plc-a")
    site = outside(conduits={"push": push})
    plain = replace(site.uplinks["office"], ipv4=None)
    found = claimed(replace(site, uplinks={**site.uplinks, "office": plain}))
    (asked,) = [one.box.limits for one in found if one.target == "answer/office" and not one.optional]
    assert asked[field.ARP_SOURCE] == exactly(int(IPv4Address("10.255.0.1")))
    assert asked[field.ARP_TARGET] == exactly(int(IPv4Address("10.91.1.11")), int(SHARED))
    own = [one.box.limits for one in claimed(site) if one.target == "answer/office" and not one.optional]
    assert [one[field.ARP_TARGET] for one in own] == [exactly(int(IPv4Address("10.255.0.2")))]


def test_nothing_is_claimed_of_the_host() -> None:
    for site in (pair(), outside()):
        assert not [one for one in claimed(site) if "host" in {one.source, one.target}]


def test_nobody_on_an_island_is_reached_by_a_link_local_address() -> None:
    """Two legs of a pair in a zone with open peers, one of them on an island: addresses alone do not part them."""
    site = replace(pair(), conduits={})
    six = replace(factory.zone("control", 1), peers="open")
    open_ = replace(site, zones={**site.zones, "control": six})
    found = {
        name: replace(
            one,
            interfaces={
                nic: replace(own, ipv6=IPv6Address(f"fd91:0:0:1::{number}")) for nic, own in one.interfaces.items()
            },
        )
        for number, (name, one) in enumerate(bound(open_).items(), 10)
    }
    here, island = frozenset(open_.workloads), Restrictions(islands=frozenset({"far"}))
    flows = reach(one.document for one in fabric_artifacts(open_, here, found, SCOPE, factory.NOW, island)).flows
    between = {"workload/plc-a/eth0", "workload/plc-b/eth0"}
    assert not [one for one in flows if {one.source, one.target} == between and one.region.boxes()]
