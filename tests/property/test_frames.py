# SPDX-License-Identifier: Apache-2.0
"""The law of layer 2: a frame that passes from port to port is named by a conduit, and what is named passes."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import product

from hypothesis import given
from hypothesis import strategies as st
from tests import factory
from tests.packets import bay
from tests.packets.fabric import Fabric, read
from tests.packets.frames import Passage, passages
from tests.packets.packet import Packet

from ringfence.base.ethertype import GOOSE, PROFINET
from ringfence.compile.document import Document
from ringfence.compile.fabric import fabric_artifacts
from ringfence.site.conduit import Conduit, LayerTwo
from ringfence.site.declared.reference import endpoint
from ringfence.site.site import Site

KINDS, GROUPS, VLANS = (GOOSE, PROFINET), ("01:0c:cd:01:00:01", bay.IDENTIFY), (None, 0, 5, 6)
YESTERDAY = date(2026, 1, 1)
ENDS = (
    *(f"workload/{name}" for name in bay.HOMES),
    *(f"asset/{name}" for name in bay.DEVICES),
    "zone/bay",
    "zone/control",
)
TAGS = (
    (),
    ((0x8100, 0x8000),),
    ((0x8100, 5),),
    ((0x8100, 6),),
    ((0x88A8, 5),),
    ((0x9100, 5),),
    ((0x8100, 0), (0x8100, 5)),
    ((0x8100, 5), (0x8100, 5)),
)
EVERYBODY = {**bay.MACS, **bay.DEVICES}


@st.composite
def sites(draw: st.DrawFn) -> Site:
    """The bay with other conduits: any ends, also such as no frame could ever connect."""
    ends = st.lists(st.sampled_from(ENDS), min_size=1, max_size=2, unique=True)
    found = {}
    for number in range(draw(st.integers(1, 4))):
        what = LayerTwo(draw(st.sampled_from(KINDS)), draw(st.sampled_from(GROUPS)), draw(st.sampled_from(VLANS)))
        near, far = (tuple(endpoint(one) for one in draw(ends)) for _ in range(2))
        made = Conduit(f"c{number}", near, far, (), "test", "tests", layer2=what)
        ended = draw(st.sampled_from((False, False, False, True)))
        found[made.name] = replace(made, expires=YESTERDAY, on_expiry="close") if ended else made
    return replace(bay.site(), conduits=found)


def compiled(site: Site) -> list[Document]:
    made = fabric_artifacts(site, frozenset(site.workloads), bay.bindings(site), bay.scope(), factory.NOW)
    return [one.document for one in made]


def declared(site: Site) -> set[Passage]:
    """Return what is open now."""
    standing = {name: one for name, one in site.conduits.items() if one.on_expiry != "close"}
    return passages(replace(site, conduits=standing), bay.bindings(site))


def ports(fabric: Fabric) -> dict[str, str]:
    """Return ports and wires by place."""
    return {
        **{f"workload/{name}": port for name, port in fabric.ports.items()},
        **{f"uplink/{name}": wire for name, wire in fabric.wires.items()},
    }


@given(sites())
def test_exactly_the_declared_frames_pass(site: Site) -> None:
    fabric, wanted = read(compiled(site)), declared(site)
    places = ports(fabric)
    for (near, port), (far, other) in product(places.items(), places.items()):
        if near == far or fabric.homes[port] != fabric.homes[other]:
            continue
        for kind, group, tags, sender in product(KINDS, GROUPS, TAGS, EVERYBODY.values()):
            frame = Packet(str(kind), sender, ether_target=group, tags=tags)
            vlan = tags[0][1] & 0xFFF if tags and tags[0][0] == 0x8100 else 0
            named = Passage(near, far, kind, sender, group, vlan) in wanted
            one_tag = not tags or (len(tags) == 1 and tags[0][0] == 0x8100)
            assert fabric.carries(port, other, frame) is (named and one_tag), (near, far, frame)


@given(sites())
def test_ports_that_no_frames_need_stay_isolated(site: Site) -> None:
    fabric = read(compiled(site))
    zones = {f"workload/{name}": zone for name, zone in bay.HOMES.items()} | {"uplink/yard": "bay"}
    needed = {end for one in declared(site) if zones[one.source] == zones[one.target] for end in one[:2]}
    for place, port in ports(fabric).items():
        assert (port in fabric.isolated) is (place.startswith("workload/") and place not in needed)


@given(sites())
def test_no_frame_reaches_host_or_router(site: Site) -> None:
    fabric = read(compiled(site))
    for port in ports(fabric).values():
        for kind, group, tags, sender in product(KINDS, GROUPS, TAGS[:3], EVERYBODY.values()):
            frame = Packet(str(kind), sender, ether_target=group, tags=tags, cast="multicast")
            assert not fabric.into_host(port, frame)
            assert fabric.guard.verdict("output", replace(frame, oif=port)) == "drop"
