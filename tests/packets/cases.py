# SPDX-License-Identifier: Apache-2.0
"""Sites drawn at random, small enough to try every packet that matters."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Literal

from hypothesis import strategies as st
from tests import factory

from ringfence.compile.bindings import Bindings, InterfaceBinding
from ringfence.compile.document import Document
from ringfence.compile.fabric import fabric_artifacts
from ringfence.compile.scope import Endpoints, Scope
from ringfence.site.conduit import Conduit, Endpoint
from ringfence.site.probe import Probe
from ringfence.site.rate import Rate
from ringfence.site.service import VRRP_GROUP, Flow, PortRange, Service
from ringfence.site.site import Site
from ringfence.site.workload import Interface
from ringfence.site.zone import Zone

ZONES = ("control", "super-vision", "dmz")
WORKLOADS = ("plc-a", "plc-b", "scada", "jump")
PORTS = (22, 500, 501, 502, 503, 504)
YESTERDAY = date(2026, 1, 1)
"""The day before ``factory.NOW``."""

ports = st.tuples(st.sampled_from(PORTS), st.integers(0, 3)).map(lambda two: PortRange(two[0], two[0] + two[1]))
flows = st.builds(
    lambda protocol, ranges, direction: Flow(
        protocol, () if protocol.startswith("icmp") else tuple(ranges), direction=direction
    ),
    st.sampled_from(("tcp", "udp", "icmp", "icmpv6")),
    st.lists(ports, min_size=1, max_size=2),
    st.sampled_from(("forward", "back")),
)
services = st.lists(flows, min_size=1, max_size=2).map(tuple)
endpoints = st.one_of(
    st.sampled_from(WORKLOADS).map(lambda name: Endpoint("workload", name)),
    st.sampled_from(ZONES).map(lambda name: Endpoint("zone", name)),
)


@st.composite
def zones(draw: st.DrawFn) -> dict[str, Zone]:
    found = {}
    for number, name in enumerate(ZONES, 1):
        made = factory.zone(name, number, peers=draw(st.sampled_from(("isolated", "isolated", "open"))))
        family = draw(st.sampled_from(("both", "both", "four", "six")))
        if family == "four":
            made = replace(made, ipv6=None, gateway6=None)
        if family == "six":
            made = replace(made, ipv4=None, gateway4=None)
        found[name] = replace(made, dhcp=draw(st.booleans()))
    return found


@st.composite
def sites(draw: st.DrawFn) -> Site:
    known = {f"s{number}": Service(f"s{number}", draw(services)) for number in range(3)}
    conduits = {}
    for number in range(draw(st.integers(1, 5))):
        name = f"c{number}"
        ends = draw(endpoints), draw(endpoints)
        used = tuple(draw(st.sets(st.sampled_from(sorted(known)), min_size=1, max_size=2)))
        dormant = draw(st.integers(0, 4)) == 0
        end = draw(st.sampled_from((None, None, YESTERDAY, factory.NOW.date())))
        expiry: Literal["report", "close"] = draw(st.sampled_from(("report", "close")))
        conduits[name] = Conduit(
            name, ends[:1], ends[1:], used, "r", "o", expires=end, on_expiry=expiry, dormant=dormant
        )
    if len(conduits) == 1:  # several could name one conversation, which then cannot be limited
        conduits["c0"] = replace(conduits["c0"], rate=draw(st.sampled_from((None, Rate(9), Rate(connections=3)))))
    workloads = [
        factory.workload(
            name,
            interfaces=(Interface("eth0", draw(st.sampled_from(ZONES))),),
            probes=tuple(Probe("tcp", port) for port in draw(st.sets(st.sampled_from(PORTS), max_size=1))),
        )
        for name in WORKLOADS
    ]
    return factory.site(workloads, draw(zones()).values(), services=known, conduits=conduits)


groups = st.sampled_from(("239.1.1.1", "224.0.1.129", "ff05::1")).map(ip_address)
ways: st.SearchStrategy[Literal["forward", "back"]] = st.sampled_from(("forward", "back"))
to_many = st.one_of(
    st.builds(lambda port, way: Flow("udp", (port,), way, "broadcast"), ports, ways),
    st.builds(lambda port, way, group: Flow("udp", (port,), way, "multicast", group), ports, ways, groups),
    st.builds(lambda way: Flow("vrrp", (), way, "multicast", VRRP_GROUP), ways),
)


@st.composite
def gatherings(draw: st.DrawFn) -> Site:
    """Draw a site whose services speak to many, some to one as well."""
    site = draw(sites())
    known = {
        name: replace(service, flows=(*draw(st.lists(to_many, min_size=1, max_size=2)), *service.flows[:1]))
        for name, service in site.services.items()
    }
    return replace(site, services=known)


def bind(site: Site) -> Bindings:
    """Return bindings with addresses of the families that each zone speaks."""
    found = {}
    for number, (name, workload) in enumerate(site.workloads.items(), 10):
        zone = site.zones[workload.interfaces[0].zone]
        place = ZONES.index(zone.name) + 1
        bound = InterfaceBinding(
            f"52:54:00:00:00:{number:02x}",
            IPv4Address(f"10.91.{place}.{number}") if zone.ipv4 else None,
            IPv6Address(f"fd91:0:0:{place}::{number}") if zone.ipv6 else None,
            f"rft-{name}",
        )
        found[name] = replace(factory.binding(workload, number), interfaces={"eth0": bound})
    return found


def compiled(site: Site, bindings: Bindings) -> list[Document]:
    scope = Scope(site.name, "server1", "live", Endpoints.STUB)
    made = fabric_artifacts(site, frozenset(site.workloads), bindings, scope, factory.NOW)
    return [one.document for one in made]
