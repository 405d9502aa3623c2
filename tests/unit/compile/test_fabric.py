# SPDX-License-Identifier: Apache-2.0
"""The fabric as compiled: laws that need no kernel."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from ipaddress import IPv4Address
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests import factory
from tests.packets.cases import bind, sites
from tests.packets.plant import site as plant

from ringfence.base.errors import BadInput
from ringfence.base.identity import LINK_NAME_BYTES
from ringfence.compile.bindings import Bindings
from ringfence.compile.document import Artifact, Kind
from ringfence.compile.fabric import fabric_artifacts, fabric_needs
from ringfence.compile.fabric.claim import cut
from ringfence.compile.fabric.names import gateway_mac, port_name, router_leg
from ringfence.compile.nft.script import table_script
from ringfence.compile.part.dhcp import conf_file, conf_path, hosts_file
from ringfence.compile.scope import Endpoints, Scope
from ringfence.site.conduit import Conduit, Endpoint
from ringfence.site.service import Flow, PortRange, Service
from ringfence.site.site import Site
from ringfence.site.workload import Interface


def compiled(
    site: Site, scope: Scope | None = None, here: frozenset[str] | None = None, bindings: Bindings | None = None
) -> dict[str, Artifact]:
    scope = scope or factory.scope(site=site.name)
    names = frozenset(site.workloads) if here is None else here
    made = fabric_artifacts(site, names, bindings or bind(site), scope, factory.NOW)
    return {one.address.removeprefix(f"host/server1/{scope.fabric}/"): one for one in made}


def parts(site: Site, *names: str) -> Mapping[str, str]:
    return compiled(site)["/".join(names)].document.parts


def reshuffled(site: Site) -> Site:
    """Return the same site as other insertion orders would give it."""
    turned: dict[str, Any] = {
        name: dict(reversed(list(getattr(site, name).items()))) for name in ("services", "conduits", "workloads")
    }
    return replace(site, **turned)


@given(sites())
def test_the_same_site_gives_the_same_artifacts(site: Site) -> None:
    assert compiled(site) == compiled(site)
    found, other = compiled(site), compiled(reshuffled(site), bindings=bind(site))
    assert {name: one.document.parts for name, one in found.items()} == {
        name: one.document.parts for name, one in other.items()
    }


@given(sites())
def test_needs_point_at_artifacts_or_at_runs(site: Site) -> None:
    for endpoints in Endpoints:
        scope = factory.scope(site=site.name, endpoints=endpoints)
        found = {one.address for one in compiled(site, scope).values()}
        for one in compiled(site, scope).values():
            assert all(need in found or need.startswith(scope.address("run")) for need in one.needs)


@given(sites(), st.sampled_from(("plc-a", "plc-b", "scada", "jump")))
def test_a_workload_elsewhere_changes_nobody_else_s_guard_and_port(site: Site, gone: str) -> None:
    whole, less = compiled(site), compiled(site, here=frozenset(site.workloads) - {gone})
    for name, one in less.items():
        if name.startswith(("guard/", "port/", "link/", "table/", "namespace/")):
            assert whole[name].document == one.document
    assert f"guard/{gone}" not in less
    bound = bind(site)[gone].interfaces["eth0"]
    kinds = (Kind.GUARD, Kind.CONDUIT, Kind.PORT)
    shown = " ".join(one.document.body for one in less.values() if one.document.kind in kinds)
    assert bound.mac not in shown
    assert all(f"{address} ." not in shown for address in (bound.ipv4, bound.ipv6) if address)


ranges = st.lists(
    st.tuples(st.integers(1, 30), st.integers(0, 8), st.sampled_from("abc")).map(
        lambda it: (PortRange(it[0], it[0] + it[1]), it[2])
    ),
    max_size=8,
)


@given(ranges)
def test_ranges_are_cut_so_that_none_overlap_and_all_owners_are_kept(given_: list[tuple[PortRange, str]]) -> None:
    pieces = list(cut(given_))
    covered = {port: owners for piece, owners in pieces for port in range(piece.first, piece.last + 1)}
    assert sum(piece.size for piece, _ in pieces) == len(covered)
    for port in range(1, 45):
        wanted = sorted({owner for one, owner in given_ if one.first <= port <= one.last})
        assert covered.get(port, []) == wanted


def test_no_link_has_a_name_the_kernel_refuses() -> None:
    names = ("lo", "all", "default", "a-zone-with-a-very-long-name", "exactly-fifteen", "x")
    zones = [factory.zone(name, number) for number, name in enumerate(names, 1)]
    for name, one in compiled(factory.site(zones=zones)).items():
        if name.startswith("link/"):
            found = [value for key, value in one.document.parts.items() if key.endswith("/name")]
            assert len(found) == len(set(found)) == 3
            assert all(0 < len(value.encode()) <= LINK_NAME_BYTES for value in found)
    legs = {name: router_leg(factory.scope(), name) for name in names}
    assert legs["exactly-fifteen"] == "exactly-fifteen"
    assert not {"lo", "all", "default"} & set(legs.values())
    assert len(set(legs.values())) == len(names)


def test_a_gateway_has_one_mac_on_every_host_and_in_every_fabric() -> None:
    site = factory.site()
    scopes = (factory.scope(), factory.scope(host="server2"), factory.scope(fabric="copy"))
    made = [
        next(one for one in fabric_artifacts(site, frozenset(), {}, it, factory.NOW) if one.document.kind is Kind.LINK)
        for it in scopes
    ]
    assert {one.document.parts["router/mac"] for one in made} == {gateway_mac("works", "control")}
    assert len({one.document.parts["bridge/name"] for one in made}) == 3


def test_a_copy_s_ports_have_names_of_their_own() -> None:
    workload = factory.workload()
    bound = factory.binding(workload).interfaces["eth0"]
    live = port_name(factory.scope(), "plc", "eth0", bound)
    assert live == bound.tap
    assert port_name(factory.scope(fabric="copy"), "plc", "eth0", bound) != live


def test_the_host_has_no_address_on_any_bridge() -> None:
    for name, one in compiled(plant()).items():
        if name.startswith("link/"):
            assert not {"bridge/ipv4", "bridge/ipv6", "leg/ipv4", "leg/ipv6"} & set(one.document.parts)
            assert one.document.parts["bridge/inet6.conf.disable_ipv6"] == "1"
            assert one.document.parts["bridge/inet.conf.rp_filter"] == "1"


def test_a_zone_without_ipv6_speaks_none() -> None:
    site = factory.site(zones=[factory.zone(ipv6=None, gateway6=None)])
    link = parts(site, "link", "control")
    assert link["router/inet6.conf.disable_ipv6"] == "1"
    assert "router/ipv6" not in link
    assert not any(key.startswith("map/c6_") for key in parts(site, "table", "router"))


def conduit(**changes: Any) -> Conduit:
    ends = (Endpoint("workload", "scada"),), (Endpoint("workload", "plc-b"),)
    return Conduit(
        **(
            {"name": "c", "source": ends[0], "target": ends[1], "services": ("s",), "reason": "r", "owner": "o"}
            | changes
        )
    )


def with_conduits(*conduits: Conduit, **services: Service) -> Site:
    site = plant()
    return replace(site, conduits={one.name: one for one in conduits}, services={**site.services, **services})


@pytest.mark.parametrize(
    ("expires", "on_expiry", "stands"),
    [
        (date(2026, 1, 1), "close", False),
        (date(2026, 1, 2), "close", True),  # its last day (factory.NOW)
        (date(2026, 1, 1), "report", True),
        (None, "close", True),
    ],
)
def test_only_a_conduit_that_says_so_closes_when_it_has_run_out(
    expires: date | None, on_expiry: str, *, stands: bool
) -> None:
    assert ("conduit/c" in compiled(with_conduits(conduit(expires=expires, on_expiry=on_expiry)))) is stands


def test_a_dormant_conduit_opens_nothing_and_says_what_it_would_open() -> None:
    found = parts(with_conduits(conduit(dormant=True)), "conduit", "c")
    assert found["state"] == "dormant"
    maps = {key.split("/")[1] for key in found if key.startswith("element/")}
    assert maps == {"d4_dmz", "d6_dmz", "e4_dmz", "e6_dmz"}


def test_flows_that_need_a_relay_open_nothing() -> None:
    service = Service(
        "s", (Flow("udp", (PortRange(1, 1),), reach="multicast"), Flow("udp", (PortRange(2, 2),), reach="broadcast"))
    )
    assert "conduit/c" not in compiled(with_conduits(conduit(), s=service))


def test_shared_addresses_may_be_spoken_from_and_spoken_to() -> None:
    shared = IPv4Address("10.91.1.200")
    workload = factory.workload("plc", interfaces=(Interface("eth0", "control", shared=(shared,)),))
    other = factory.workload("scada")
    site = factory.site(
        [workload, other],
        services={"s": Service("s", (Flow("tcp", (PortRange(502, 502),)),))},
        conduits={"c": conduit(source=(Endpoint("workload", "scada"),), target=(Endpoint("workload", "plc"),))},
    )
    bindings = {one.name: factory.binding(one, number) for number, one in enumerate((workload, other), 10)}
    made = {
        one.address: one for one in fabric_artifacts(site, frozenset(bindings), bindings, factory.scope(), factory.NOW)
    }
    guard = made["host/server1/live/guard/plc"].document.parts
    assert any(key.endswith(f". {shared}") and "bound4" in key for key in guard)
    assert any(f". {shared} . tcp . 502" in key for key in made["host/server1/live/conduit/c"].document.parts)


def test_too_many_conduits_for_one_conversation_are_refused_with_their_names() -> None:
    names = [f"a-conduit-with-a-long-name-{number}" for number in range(5)]
    with pytest.raises(BadInput, match="a-conduit-with-a-long-name-4"):
        compiled(with_conduits(*(conduit(name=name) for name in names)))
    assert compiled(with_conduits(*(conduit(name=name[:31]) for name in names[:4])))


def test_what_a_workload_needs_before_it_runs() -> None:
    found = compiled(plant())
    needs = fabric_needs(factory.scope(site="t-record"), "scada")
    assert {"guard/scada", "table/guard", "table/router", "dhcp/router"} == {
        need.removeprefix("host/server1/live/") for need in needs
    } & set(found)


def test_dhcp_hands_out_bound_addresses_of_its_zones_only() -> None:
    zones = [factory.zone("control", 1), factory.zone("dmz", 3, dhcp=False)]
    site = replace(plant(), zones={one.name: one for one in zones})
    dhcp = parts(site, "dhcp", "router")
    bound = bind(site)["plc-a"].interfaces["eth0"]
    assert f"{bound.mac},{bound.ipv4},[{bound.ipv6}],plc-a # plc-a/eth0\n" in hosts_file(dhcp)
    assert "scada" not in hosts_file(dhcp)
    assert "interface=dmz" not in conf_file(dhcp)
    assert "dhcp-range=set:z_control,fd91:0:0:1::,static,off-link,64,1h\n" in conf_file(dhcp)
    assert 'element/dhcp/"dmz"' not in parts(site, "table", "router")


def test_a_new_workload_changes_dhcp_s_hosts_and_not_its_configuration() -> None:
    site = plant()
    less = replace(site, workloads={name: one for name, one in site.workloads.items() if name != "plc-a"}, conduits={})
    whole, fewer = parts(site, "dhcp", "router"), parts(less, "dhcp", "router")
    assert conf_file(whole) == conf_file(fewer)
    assert hosts_file(whole) != hosts_file(fewer)
    scope = factory.scope()
    assert conf_path(scope, conf_file(whole)) == conf_path(scope, conf_file(fewer))


def test_no_zone_wants_dhcp_no_dhcp() -> None:
    assert "dhcp/router" not in compiled(factory.site(zones=[factory.zone(dhcp=False)]))


def test_a_time_source_is_told_by_dhcp() -> None:
    site = plant()
    zones = {name: replace(zone, time_source="workload/scada") for name, zone in site.zones.items()}
    assert "option:ntp-server,10.91.3.12" in conf_file(parts(replace(site, zones=zones), "dhcp", "router"))


def test_scripts_come_from_parts_alone() -> None:
    for one in compiled(plant()).values():
        if one.document.kind is Kind.TABLE:
            assert one.document.body == table_script(one.document.parts)


def test_partners_have_no_conversation_at_the_address_that_they_share() -> None:
    nics = (Interface("eth0", "control", shared=(IPv4Address("10.91.1.100"),)),)
    both = [factory.workload(name, interfaces=nics) for name in ("first", "second")]
    ends = tuple(Endpoint("workload", one.name) for one in both)
    site = factory.site(
        both,
        services={"s": Service("s", (Flow("tcp", (PortRange(80, 80),)),))},
        conduits={"c": Conduit("c", ends, ends, ("s",), "r", "o")},
    )
    bindings = {one.name: factory.binding(one, number) for number, one in enumerate(both, 10)}
    made = compiled(site, bindings=bindings)["conduit/c"].document.parts
    ways = {tuple(key.split("/", 2)[2].split(" . ")[:2]) for key in made if key.startswith("element/c4_")}
    assert ways == {
        (near, far)
        for near in ("10.91.1.10", "10.91.1.11", "10.91.1.100")
        for far in ("10.91.1.10", "10.91.1.11", "10.91.1.100")
        if near != far
    }


def test_what_goes_past_the_fabric_is_nowhere_in_it() -> None:
    beside = Interface("eth1", "control", kind="macvtap", uplink="up", reason="r")
    plc = factory.workload("plc", interfaces=(Interface("eth0", "control"), beside))
    ends = (Endpoint("zone", "control"),), (Endpoint("zone", "dmz"),)
    site = factory.site(
        [plc, factory.workload("log", interfaces=(Interface("eth0", "dmz"),))],
        [factory.zone(), factory.zone("dmz", 3)],
        services={"s": Service("s", (Flow("tcp", (PortRange(80, 80),)),))},
        conduits={"c": Conduit("c", *ends, ("s",), "r", "o")},
    )
    bindings = {name: factory.binding(one, number) for number, (name, one) in enumerate(site.workloads.items(), 10)}
    made = compiled(site, bindings=bindings)
    past = bindings["plc"].interfaces["eth1"]
    told = "\n".join(f"{one.document.parts} {one.document.body}" for one in made.values())
    assert "port/plc/eth0" in made
    assert "port/plc/eth1" not in made
    assert not [what for what in (past.mac, past.tap, str(past.ipv4), str(past.ipv6)) if what in told]
