# SPDX-License-Identifier: Apache-2.0
"""Random sites with a plant outside: uplinks of every kind, assets in assets, several interfaces, shared addresses."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import IPv4Address, IPv4Interface, IPv4Network, IPv6Address, IPv6Interface, IPv6Network, ip_network

from hypothesis import strategies as st
from tests import factory
from tests.packets.cases import PORTS, YESTERDAY

from ringfence.compile.bindings import Bindings, InterfaceBinding
from ringfence.site.asset import Asset
from ringfence.site.conduit import Conduit, Endpoint
from ringfence.site.service import VRRP_GROUP, Flow, PortRange, Service
from ringfence.site.site import Site
from ringfence.site.uplink import Uplink
from ringfence.site.workload import Interface, Workload
from ringfence.site.zone import Zone

ZONES = ("control", "office", "far")
WORKLOADS = ("plc-a", "plc-b", "scada")
UPLINKS = {
    "plain": Uplink("plain", "server1", "eno1"),
    "own": Uplink("own", "server1", "eno2", ipv4=IPv4Interface("10.255.0.2/29"), gateway4=IPv4Address("10.255.0.1")),
    "both": Uplink("both", "server1", "eno3", ipv4=IPv4Interface("10.254.0.2/29"), ipv6=IPv6Interface("fd54::2/64")),
    "hop": Uplink("hop", "server1", "eno4", gateway4=IPv4Address("10.91.1.250"), gateway6=IPv6Address("fe80::99")),
    "skid": Uplink("skid", "server1", "eno5", ipv4=IPv4Interface("192.168.0.250/24")),
    "away": Uplink("away", "server2", "eno1"),
}
INSIDE = ("10.91.{0}.200", "10.91.{0}.208/29", "10.91.{0}.209", "fd91:0:0:{0}::200", "fd91:0:0:{0}::300/126")
"""Ranges of assets in the subnet of a zone."""
WIDE = "10.0.0.0/8"
OUTSIDE = (
    WIDE,
    "10.255.0.4",
    "172.16.0.0/16",
    "172.16.5.0/24",
    "172.16.5.9",
    "172.16.5.12/30",
    "fd77::/48",
    "fd77::5",
)
PORTED = (67, 68, 547, *PORTS)

_ports = st.sampled_from(PORTED).map(lambda first: (PortRange(first, first + 1),))
_to_one = st.builds(
    lambda protocol, ports, way: Flow(protocol, ports if protocol in {"tcp", "udp"} else (), way),
    st.sampled_from(("tcp", "udp", "udp", "icmp", "icmpv6", "vrrp")),
    _ports,
    st.sampled_from(("forward", "back")),
)
_groups = st.sampled_from((IPv4Address("239.1.1.1"), IPv6Address("ff05::1")))
_to_many = st.one_of(
    st.builds(lambda ports, way: Flow("udp", ports, way, "broadcast"), _ports, st.sampled_from(("forward", "back"))),
    st.builds(lambda ports, group: Flow("udp", ports, "forward", "multicast", group), _ports, _groups),
    st.just(Flow("vrrp", (), "forward", "multicast", VRRP_GROUP)),
)


@st.composite
def plants(draw: st.DrawFn) -> Site:
    """Draw a site that the checks of a site file would take."""
    zones = {name: _zone(draw, name, number) for number, name in enumerate(ZONES, 1)}
    assets = _assets(draw, wide=all(one.gateway == "ringfence" for one in zones.values()))
    services = {
        f"s{number}": Service(
            f"s{number}", (*draw(st.lists(_to_one, min_size=1, max_size=2)), *draw(st.lists(_to_many, max_size=1)))
        )
        for number in range(2)
    }
    workloads = [_workload(draw, name, zones) for name in WORKLOADS]
    conduits = {f"c{number}": _conduit(draw, f"c{number}", workloads, tuple(assets)) for number in range(3)}
    return factory.site(
        workloads,
        zones.values(),
        services=services,
        conduits=conduits,
        assets=assets,
        uplinks=dict(sorted(UPLINKS.items())),
    )


def bind(site: Site) -> Bindings:
    """Return bindings with addresses of the versions that each zone speaks; partners share what they declare."""
    found = {}
    for number, (name, workload) in enumerate(site.workloads.items(), 10):
        nics = {}
        for place, nic in enumerate(workload.interfaces):
            zone, octet = site.zones[nic.zone], ZONES.index(nic.zone) + 1
            nics[nic.name] = InterfaceBinding(
                f"52:54:00:00:{place:02x}:{number:02x}",
                IPv4Address(f"10.91.{octet}.{number + 20 * place}") if zone.ipv4 else None,
                IPv6Address(f"fd91:0:0:{octet}::{number + 20 * place}") if zone.ipv6 else None,
                f"rft{number}-{place}",
            )
        found[name] = replace(factory.binding(workload, number), interfaces=nics)
    return found


def _zone(draw: st.DrawFn, name: str, number: int) -> Zone:
    made = factory.zone(name, number, peers=draw(st.sampled_from(("isolated", "isolated", "open"))))
    family = draw(st.sampled_from(("both", "both", "four", "six")))
    gateway = draw(st.sampled_from(("ringfence", "ringfence", "external")))
    if gateway == "external":
        router = IPv4Address(f"10.91.{number}.2") if draw(st.booleans()) else None
        made = replace(
            made,
            gateway="external",
            gateway4=IPv4Address(f"10.91.{number}.254"),
            gateway6=IPv6Address(f"fd91:0:0:{number}::fe"),
            router4=router,
            dhcp=False,
        )
    if family == "four":
        made = replace(made, ipv6=None, gateway6=None, router6=None)
    if family == "six":
        made = replace(made, ipv4=None, gateway4=None, router4=None)
    return replace(made, dhcp=made.dhcp and draw(st.booleans()))


def _assets(draw: st.DrawFn, *, wide: bool) -> dict[str, Asset]:
    """Draw assets; one around the zones, ``wide``, is not where their gateways are: those would be two things."""
    found: dict[str, Asset] = {}
    inside = [(text.format(number), zone) for number, zone in enumerate(ZONES, 1) for text in INSIDE]
    places = [*inside, *((text, "") for text in OUTSIDE if wide or text != WIDE)]
    for number, (text, home) in enumerate(draw(st.lists(st.sampled_from(places), max_size=5, unique=True))):
        network: IPv4Network | IPv6Network = ip_network(text)
        zone = home or draw(st.sampled_from(ZONES))
        uplink = draw(st.sampled_from(("plain", "own", "both", "away", *(() if text == WIDE else ("hop",)))))
        four, six = ((network,), ()) if isinstance(network, IPv4Network) else ((), (network,))
        found[f"a{number}"] = Asset(f"a{number}", zone, uplink, ipv4=four, ipv6=six)
    for number in range(draw(st.integers(0, 1))):
        length = draw(st.sampled_from((30, 32)))
        seen, real = (IPv4Network(f"{net}.0.{16 * number}/{length}") for net in ("10.201", "192.168"))
        found[f"skid-{number}"] = Asset(
            f"skid-{number}", draw(st.sampled_from(ZONES)), "skid", ipv4=(real,), seen_as=seen
        )
    return found


def _workload(draw: st.DrawFn, name: str, zones: dict[str, Zone]) -> Workload:
    nics = []
    for place in range(draw(st.sampled_from((1, 1, 2)))):
        zone = draw(st.sampled_from(ZONES))
        octet = ZONES.index(zone) + 1
        pool: list[IPv4Address | IPv6Address] = []
        if zones[zone].ipv4:
            pool.append(IPv4Address(f"10.91.{octet}.99"))
        if zones[zone].ipv6:
            pool.append(IPv6Address(f"fd91:0:0:{octet}::99"))
        shared = tuple(draw(st.lists(st.sampled_from(pool), max_size=1))) if place == 0 else ()
        nics.append(Interface(f"eth{place}", zone, shared=shared))
    return factory.workload(name, interfaces=tuple(nics))


def _conduit(draw: st.DrawFn, name: str, workloads: list[Workload], assets: tuple[str, ...]) -> Conduit:
    pool = [Endpoint("zone", zone) for zone in ZONES]
    pool += [Endpoint("workload", one.name) for one in workloads]
    pool += [Endpoint("workload", one.name, nic.name) for one in workloads for nic in one.interfaces[1:]]
    pool += [Endpoint("asset", one) for one in assets] * 2
    near, far = draw(st.sampled_from(pool)), draw(st.sampled_from(pool))
    used = tuple(draw(st.sets(st.sampled_from(("s0", "s1")), min_size=1, max_size=2)))
    made = Conduit(name, (near,), (far,), used, "r", "o", dormant=draw(st.sampled_from((False, False, False, True))))
    over = draw(st.sampled_from((False, False, False, True)))
    return replace(made, expires=YESTERDAY, on_expiry="close") if over else made
