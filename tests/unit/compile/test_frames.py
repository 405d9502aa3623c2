# SPDX-License-Identifier: Apache-2.0
"""Layer-2 conduits and their wires as compiled: what the law of frames (tests/property/test_frames.py) leaves open."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from tests import factory
from tests.packets import bay

from ringfence.base.errors import BadInput
from ringfence.compile.document import Artifact, Kind
from ringfence.compile.fabric import fabric_artifacts
from ringfence.compile.restrictions import Restrictions
from ringfence.compile.scope import Scope
from ringfence.site.conduit import LayerTwo
from ringfence.site.site import Site
from ringfence.site.workload import Interface

FREE = Restrictions()


def compiled(site: Site, scope: Scope | None = None, restrictions: Restrictions = FREE) -> Mapping[str, Artifact]:
    scope = scope or bay.scope()
    made = fabric_artifacts(
        site, frozenset(site.workloads), bay.bindings(site), scope, factory.NOW, restrictions=restrictions
    )
    return {one.address.removeprefix(scope.address("")): one for one in made}


def frames(found: Mapping[str, Artifact]) -> set[str]:
    return {name.partition("/")[2] for name, one in found.items() if one.document.kind is Kind.FRAMES}


def with_frames(**changes: Any) -> Site:
    site = bay.site()
    trip = site.conduits["trip"]
    assert trip.layer2 is not None
    return replace(site, conduits={"trip": replace(trip, layer2=replace(trip.layer2, **changes))})


def test_elements_of_two_conduits_name_both() -> None:
    body = compiled(bay.site())["frames/trip"].document.body
    assert 'comment "trip trip-bay"' in body
    assert 'comment "trip"' in body


def test_it_stands_behind_the_guard_and_what_it_leads_to() -> None:
    found, at = compiled(bay.site()), bay.scope().address
    assert found["frames/trip-bay"].needs == (at("table", "guard"), at("port", "relay", "eth0"), at("uplink", "yard"))
    assert found["uplink/yard"].needs == (at("link", "bay"), at("table", "guard"))


def test_a_layer_two_zone_is_a_bridge_alone() -> None:
    found = compiled(bay.site())
    assert {key.partition("/")[0] for key in found["link/bay"].document.parts} == {"bridge"}
    rules = found["table/router"].document.parts
    assert not any("bay" in key or "bay" in value for key, value in rules.items() if key != "table")
    assert "bay" not in found["dhcp/router"].document.body.replace("t-bay", "")


@pytest.mark.parametrize("kind", [0x0800, 0x0806, 0x86DD, 0x8035, 0x8100, 0x88A8])
def test_packets_and_tags_are_never_frames(kind: int) -> None:
    found = compiled(with_frames(ethertype=kind))
    assert frames(found) == set()
    assert found["port/relay/eth0"].document.parts["isolated"] == "1"


def test_groups_that_end_at_a_bridge_are_never_frames() -> None:
    assert frames(compiled(with_frames(destination_mac="01:80:c2:00:00:0e"))) == set()
    assert frames(compiled(with_frames(destination_mac="01:80:c2:00:00:10"))) == {"trip"}


def test_vlan_0_is_no_vlan() -> None:
    plain, zero = compiled(with_frames(vlan=None)), compiled(with_frames(vlan=0))
    assert plain["frames/trip"].document == zero["frames/trip"].document
    assert plain["table/guard"].document == zero["table/guard"].document


def test_a_dormant_conduit_is_none_and_an_asset_without_mac_says_nothing() -> None:
    site = bay.site()
    asleep = {name: replace(one, dormant=True) for name, one in site.conduits.items()}
    assert frames(compiled(replace(site, conduits=asleep))) == set()
    nameless = {name: replace(one, mac=None) for name, one in site.assets.items()}
    assert frames(compiled(replace(site, assets=nameless))) == {"trip", "trip-bay", "tagged", "cyclic", "identify"}


def test_a_wire_into_a_routed_zone_is_never_made() -> None:
    site = bay.site()
    routed = replace(site, uplinks={"yard": replace(site.uplinks["yard"], layer2="control")})
    found = compiled(routed)
    assert "uplink/yard" not in found
    assert not any(key.startswith("element/wires/") for key in found["table/guard"].document.parts)


def test_a_wire_of_another_host_is_none_of_this_one_s() -> None:
    site = bay.site()
    elsewhere = replace(site, uplinks={"yard": replace(site.uplinks["yard"], host="server2")})
    assert "uplink/yard" not in compiled(elsewhere)


def test_islands_and_cuts_close_frames_and_leave_ports_as_they_are() -> None:
    site = bay.site()
    whole = compiled(site)
    cut = compiled(site, restrictions=Restrictions(conduits=frozenset({"trip"}), assets=frozenset({"ied-2"})))
    assert frames(whole) - frames(cut) == {"trip", "status-two"}
    assert {n: one.document for n, one in whole.items() if one.document.kind is not Kind.FRAMES} == {
        n: one.document for n, one in cut.items() if one.document.kind is not Kind.FRAMES
    }


def test_a_sealed_copy_has_a_wire_of_its_own() -> None:
    scope = bay.scope(fabric="copy")
    parts = compiled(bay.site(), scope)["uplink/yard"].document.parts
    assert parts["name"] != bay.WIRE
    assert parts["stub/namespace"] == "rf-t-bay.copy@yard"
    assert parts["stub/mac"] == bay.DEVICES["ied-1"]


def test_more_conduits_than_a_comment_holds_are_refused() -> None:
    site = bay.site()
    trip = site.conduits["trip"]
    crowd = {name: replace(trip, name=name) for name in (f"a-rather-long-name-{number:02}" for number in range(7))}
    with pytest.raises(BadInput, match="Too many conduits"):
        compiled(replace(site, conduits=crowd))


def test_two_receivers_behind_one_wire_are_one_way() -> None:
    site = bay.site()
    trip = site.conduits["trip-bay"]
    both = replace(trip, target=(*trip.target, *site.conduits["status-two"].source))
    parts = compiled(replace(site, conduits={"trip-bay": both}))["frames/trip-bay"].document.parts
    assert len(parts) == 3
    assert LayerTwo(0x88B8, bay.GROUP.format(1)) == trip.layer2


def test_a_workload_takes_part_by_its_interface_in_the_other_side_s_zone() -> None:
    """One that goes past the fabric has no port, and nothing is opened for it."""
    site = bay.site()
    legs = (Interface("eth0", "control"), Interface("eth1", "bay"), Interface("fast", "bay", kind="pci"))
    relay = replace(site.workloads["relay"], interfaces=legs)
    both = replace(site, workloads={**site.workloads, "relay": relay})
    bound = dict(bay.bindings(site))
    nics = {one.name: replace(bound["relay"].interfaces["eth0"], tap=f"tap-{one.name}") for one in legs}
    bound["relay"] = replace(bound["relay"], interfaces=nics)
    made = fabric_artifacts(both, frozenset(both.workloads), bound, bay.scope(), factory.NOW)
    documents = {one.address.removeprefix(bay.scope().address("")): one.document for one in made}
    assert "tap-eth1" in documents["frames/trip"].body
    assert documents["port/relay/eth0"].parts["isolated"] == "1"
    assert documents["port/relay/eth1"].parts["isolated"] == "0"
    assert not any("tap-fast" in one.body for one in documents.values())
