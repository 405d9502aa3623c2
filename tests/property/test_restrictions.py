# SPDX-License-Identifier: Apache-2.0
"""The law of islands and cuts: nothing crosses a closed border, everything else passes as before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st
from tests import factory
from tests.packets.cases import WORKLOADS, ZONES, bind, sites
from tests.packets.fabric import Fabric, read
from tests.property.test_packets import declared, mac, opening, packets

from ringfence.compile.bindings import Bindings
from ringfence.compile.document import Artifact
from ringfence.compile.fabric import fabric_artifacts
from ringfence.compile.restrictions import UNRESTRICTED, Restrictions
from ringfence.compile.scope import Endpoints, Scope
from ringfence.compile.under import under
from ringfence.site.site import Site

SCOPE = Scope("works", "server1", "live", Endpoints.STUB)
restrictions = st.builds(
    Restrictions,
    st.frozensets(st.sampled_from((*ZONES, "elsewhere")), max_size=3),
    st.frozensets(st.sampled_from(("c0", "c1", "gone")), max_size=2),
)


def compiled(site: Site, bindings: Bindings, standing: Restrictions = UNRESTRICTED) -> tuple[Artifact, ...]:
    return fabric_artifacts(site, frozenset(site.workloads), bindings, SCOPE, factory.NOW, standing)


def network(site: Site, bindings: Bindings, standing: Restrictions) -> Fabric:
    return read([one.document for one in compiled(site, bindings, standing)])


def zone_of(site: Site, workload: str) -> str:
    return site.workloads[workload].interfaces[0].zone


def crosses(site: Site, standing: Restrictions, *ends: str) -> bool:
    """Tell whether one end is on an island and the other is not on the same one."""
    near, far = (zone_of(site, name) for name in ends)
    return near != far and not standing.islands.isdisjoint({near, far})


@given(sites(), restrictions)
def test_what_may_still_be_said_passes_and_nothing_else_of_it(site: Site, standing: Restrictions) -> None:
    bindings = bind(site)
    fabric = network(site, bindings, standing)
    left = declared(
        replace(site, conduits={name: one for name, one in site.conduits.items() if name not in standing.conduits})
    )
    for talk in declared(site):
        first = opening(site, bindings, talk)
        if first is not None:
            passes = talk in left and not crosses(site, standing, talk.source, talk.target)
            inside = zone_of(site, talk.source) == zone_of(site, talk.target)
            open_anyway = inside and site.zones[zone_of(site, talk.source)].peers == "open"
            assert fabric.delivered(talk.source, first) is (passes or open_anyway)
            answer = replace(first.reversed, ether_source=mac(bindings, talk.target))
            assert fabric.delivered(talk.target, answer) is (passes or open_anyway)


@given(sites(), restrictions, st.data())
def test_no_packet_crosses_the_border_of_an_island(site: Site, standing: Restrictions, data: st.DataObject) -> None:
    bindings = bind(site)
    fabric = network(site, bindings, standing)
    homes = {
        one: zone_of(site, name)
        for name in WORKLOADS
        for nic in bindings[name].interfaces.values()
        for one in (nic.ipv4, nic.ipv6)
        if one is not None
    }
    for _ in range(25):
        sender, packet = data.draw(packets(site, bindings))
        if fabric.delivered(sender, packet) and packet.target in homes:  # else nobody is there
            there = homes[packet.target]
            assert there == zone_of(site, sender) or standing.islands.isdisjoint({there, zone_of(site, sender)})


@given(sites(), restrictions)
def test_laid_over_what_was_compiled_is_what_would_be_compiled(site: Site, standing: Restrictions) -> None:
    bindings = bind(site)
    free = compiled(site, bindings)
    assert under(standing, free, site, bindings, SCOPE) == compiled(site, bindings, standing)


@given(sites(), restrictions)
def test_what_is_released_is_as_it_was(site: Site, standing: Restrictions) -> None:
    bindings = bind(site)
    free = compiled(site, bindings)
    under(standing, free, site, bindings, SCOPE)
    assert under(UNRESTRICTED, free, site, bindings, SCOPE) == free
    assert compiled(site, bindings) == free


def spread(parts: Mapping[str, str]) -> set[tuple[str, str]]:
    """Return parts with an element for each port: where another conduit's edges are gone, ranges are cut otherwise."""
    found = set()
    for key, value in parts.items():
        head, _, last = key.rpartition(" . ")
        first, dash, end = last.partition("-")
        ports = range(int(first), int(end) + 1) if first.isdecimal() and dash else (last,)
        found |= {(f"{head} . {port}", value) for port in ports}
    return found


@given(sites(), restrictions)
def test_restrictions_only_take_away(site: Site, standing: Restrictions) -> None:
    bindings = bind(site)
    free = {one.address: one.document.parts for one in compiled(site, bindings)}
    for one in compiled(site, bindings, standing):
        if "/conduit/" in one.address:
            assert spread(one.document.parts) <= spread(free[one.address])
        else:
            assert one.document.parts == free[one.address]
