# SPDX-License-Identifier: Apache-2.0
"""Relays as compiled: who gets a copy, what of it belongs to whom, and what is refused."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from ipaddress import IPv4Address, IPv4Network, IPv6Address, ip_address

import pytest
from tests import factory
from tests.packets import gathering
from tests.packets.gathering import HOMES

from ringfence.base.errors import BadInput
from ringfence.compile.bindings import Bindings
from ringfence.compile.document import Artifact, Document, Kind
from ringfence.compile.fabric import fabric_artifacts
from ringfence.compile.fabric.group_frame import group_mac
from ringfence.compile.part.relay import ORDER, TABLES, chain_of
from ringfence.compile.restrictions import UNRESTRICTED, Restrictions
from ringfence.site.conduit import Conduit
from ringfence.site.service import Flow, PortRange, Service
from ringfence.site.site import Site

EVERYBODY = "255.255.255.255"


def bind(site: Site) -> Bindings:
    """Return bindings whose addresses end in the workload's number, in the zone's own subnet."""
    found = {}
    for number, (name, workload) in enumerate(site.workloads.items(), 10):
        place = list(site.zones).index(HOMES[name]) + 1
        bound = factory.binding(workload, number)
        own = replace(
            bound.interfaces["eth0"],
            ipv4=IPv4Address(f"10.91.{place}.{number}"),
            ipv6=IPv6Address(f"fd91:0:0:{place}::{number}"),
        )
        found[name] = replace(bound, interfaces={"eth0": own})
    return found


def compiled(site: Site, restrictions: Restrictions = UNRESTRICTED) -> dict[str, Artifact]:
    scope = gathering.scope(site.name)
    made = fabric_artifacts(site, frozenset(site.workloads), bind(site), scope, factory.NOW, restrictions)
    return {one.address.removeprefix(f"host/server1/{scope.fabric}/"): one for one in made}


def with_conduits(*conduits: Conduit) -> Site:
    return replace(gathering.site(), conduits={one.name: one for one in conduits})


def members(document: Document, lookup: str, key: str) -> set[str]:
    """Return who gets a copy of what an element names, by the conduit's own parts."""
    chain = document.parts[f"element/{lookup}/{key}"].removeprefix("goto ")
    assert chain == chain_of(lookup, key)
    assert document.parts[f"order/{chain}"] == ORDER
    return {one.removeprefix(f"rule/{chain}/") for one in document.parts if one.startswith(f"rule/{chain}/")}


def own(site: Site, name: str, version: int = 4) -> str:
    bound = bind(site)[name].interfaces["eth0"]
    return str(bound.ipv4 if version == 4 else bound.ipv6)


def test_a_broadcast_goes_to_the_named_members_in_their_zone_s_own_words() -> None:
    site = gathering.site()
    document = compiled(site)["relay/who-is"].document
    sender, plcs = own(site, "scada"), {own(site, name) for name in ("plc-a", "plc-b")}
    directed = f'{sender} . 10.91.2.255 . 47808 . "supervision"'
    assert members(document, "relay4", directed) == plcs
    assert members(document, "relay4", f'{sender} . {EVERYBODY} . 47808 . "supervision"') == plcs
    rule = document.parts[f"rule/{chain_of('relay4', directed)}/{own(site, 'plc-a')}"]
    assert rule.startswith("ip daddr set 10.91.1.255 meta mark set 0x52")
    assert rule.endswith(f"dup to {own(site, 'plc-a')}")


def test_back_flows_are_said_by_the_other_side() -> None:
    site = gathering.site()
    document = compiled(site)["relay/who-is"].document
    key = f'{own(site, "plc-b")} . 10.91.1.255 . 47808 . "control"'
    assert members(document, "relay4", key) == {own(site, "scada")}
    key = f"{own(site, 'scada')} . {own(site, 'plc-a')} . udp . 47808"
    assert all(key not in part for part in document.parts)
    answers = compiled(site)["conduit/who-is"].document.parts
    assert any(f"{own(site, 'plc-a')} . {own(site, 'scada')} . udp . 47808" in key for key in answers)


def test_nobody_gets_what_he_said_himself() -> None:
    site = gathering.site()
    pair = replace(site.conduits["chatter"], source=site.conduits["chatter"].target)
    document = compiled(with_conduits(pair))["relay/chatter"].document
    key = f'{own(site, "scada")} . 10.91.2.255 . 5555 . "supervision"'
    assert members(document, "relay4", key) == {own(site, "station")}


def test_conduits_that_name_the_same_own_their_own_members_and_load_the_same_chain() -> None:
    site = gathering.site()
    made = compiled(site)
    key = f'{own(site, "scada")} . {EVERYBODY} . 47808 . "supervision"'
    who_is, too = (made[f"relay/{name}"].document for name in ("who-is", "who-is-too"))
    assert members(who_is, "relay4", key) == {own(site, name) for name in ("plc-a", "plc-b")}
    assert members(too, "relay4", key) == {own(site, name) for name in ("plc-a", "station")}
    chain = chain_of("relay4", key)
    lines = [
        [one for one in document.body.splitlines() if f" {chain} " in f"{one} " and "element" not in one]
        for document in (who_is, too)
    ]
    assert lines[0] == lines[1]
    assert sum("dup to" in one for one in lines[0]) == 3
    assert any(' comment "who-is who-is-too"' in one and "add element" in one for one in who_is.body.splitlines())


def test_overlapping_ports_of_conduits_are_cut() -> None:
    site = gathering.site()
    wide = Service("wide", (Flow("udp", (PortRange(4842, 4850),), reach="multicast", group=ip_address("ff05::4840")),))
    more = replace(site.conduits["telemetry"], name="wide", services=("wide",))
    whole = replace(site, services={**site.services, "wide": wide}, conduits={**site.conduits, "wide": more})
    keys = {
        name: sorted(key.split(" . ")[2] for key in compiled(whole)[f"relay/{name}"].document.parts if "element" in key)
        for name in ("telemetry", "wide")
    }
    assert keys == {"telemetry": ["4840-4841", "4842-4843"], "wide": ["4842-4843", "4844-4850"]}


def test_the_order_of_conduits_changes_nothing() -> None:
    site = gathering.site()
    turned = replace(site, conduits=dict(reversed(list(site.conduits.items()))))
    assert {name: one.document.parts for name, one in compiled(site).items()} == {
        name: one.document.parts for name, one in compiled(turned).items()
    }


@pytest.mark.parametrize(("days", "on_expiry", "is_there"), [(-1, "close", False), (0, "close", True), (-1, "", True)])
def test_a_relay_ends_with_its_conduit(*, days: int, on_expiry: str, is_there: bool) -> None:
    end: date = factory.NOW.date() + timedelta(days=days)
    changed = replace(gathering.site().conduits["io"], expires=end)
    if on_expiry:
        changed = replace(changed, on_expiry="close")
    assert ("relay/io" in compiled(with_conduits(changed))) is is_there


def test_nothing_is_copied_across_a_closed_border() -> None:
    site = gathering.site()
    key = f'{own(site, "scada")} . {EVERYBODY} . 47808 . "supervision"'
    made = compiled(site, Restrictions(islands=frozenset({"supervision"})))
    assert "relay/who-is" not in made
    assert members(made["relay/who-is-too"].document, "relay4", key) == {own(site, "station")}
    assert "relay/io" not in compiled(site, Restrictions(conduits=frozenset({"io"})))


def test_only_a_site_that_says_something_to_many_has_tables_for_it() -> None:
    site = gathering.site()

    def tables(*names: str) -> set[str]:
        made = compiled(replace(site, conduits={name: site.conduits[name] for name in names}))
        return {name.removeprefix("table/") for name in made if name.startswith("table/relay")}

    assert tables() == set()
    assert tables("io") == tables("pair") == tables("chatter") == {"relay4"}
    assert tables("telemetry") == {"relay6"}
    assert tables("pair-too") == set(TABLES)


def test_a_relay_needs_its_table_and_its_members_ports() -> None:
    scope, needs = gathering.scope(), compiled(gathering.site())["relay/io"].needs
    assert {scope.address("table", "relay4"), scope.address("table", "router")} <= set(needs)
    assert {one.split("/")[4] for one in needs if "/port/" in one} == {"plc-a", "scada", "guest"}


def test_too_many_conduits_for_one_member_are_refused_with_their_names() -> None:
    io = gathering.site().conduits["io"]
    names = [f"a-conduit-with-a-long-name-{number:03}" for number in range(6)]
    with pytest.raises(BadInput, match="a-conduit-with-a-long-name-004"):
        compiled(with_conduits(*(replace(io, name=name) for name in names)))
    assert compiled(with_conduits(*(replace(io, name=name) for name in names[:3])))


def test_a_subnet_without_broadcast_address_is_spoken_to_as_everybody() -> None:
    site = gathering.site()
    narrow = {**site.zones, "control": replace(site.zones["control"], ipv4=IPv4Network("10.91.1.10/31"))}
    document = compiled(replace(site, zones=narrow))["relay/who-is"].document
    directed = f'{own(site, "scada")} . 10.91.2.255 . 47808 . "supervision"'
    rules = [text for key, text in document.parts.items() if key.startswith(f"rule/{chain_of('relay4', directed)}/")]
    assert rules
    assert all(text.startswith(f"ip daddr set {EVERYBODY} ") for text in rules)


@pytest.mark.parametrize(
    ("group", "mac"),
    [
        ("224.0.0.18", "01:00:5e:00:00:12"),
        ("239.192.1.7", "01:00:5e:40:01:07"),
        ("239.129.255.254", "01:00:5e:01:ff:fe"),
        ("ff05::1:3", "33:33:00:01:00:03"),
        ("ff0e::abcd:ef01:2345", "33:33:ef:01:23:45"),
    ],
)
def test_frames_of_groups_have_their_registered_addresses(group: str, mac: str) -> None:
    assert group_mac(ip_address(group)) == mac


def every(artifacts: Iterable[Artifact], kind: Kind) -> list[Document]:
    return [one.document for one in artifacts if one.document.kind is kind]


def test_adding_a_relay_changes_nobody_else_s() -> None:
    site = gathering.site()
    less = replace(site, conduits={name: one for name, one in site.conduits.items() if name != "chatter"})
    before = every(compiled(less).values(), Kind.RELAY)
    assert before == [one for one in every(compiled(site).values(), Kind.RELAY) if not one.address.endswith("chatter")]
