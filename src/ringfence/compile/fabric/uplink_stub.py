# SPDX-License-Identifier: Apache-2.0
"""What stands for the plant behind an uplink of a fabric that is not live: a namespace with the assets' addresses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from ipaddress import ip_network

from ringfence.base.identity import mac
from ringfence.compile.scope import Scope
from ringfence.site.site import Site
from ringfence.site.uplink import Uplink

from .names import Network
from .ranges import covers
from .shell import Parts, addresses, below, identity, inside, sysctls

WIRE = "wire"
_HOP = {4: "169.254.0.1", 6: "fe80::ff"}
"""What the stub sends everything to that is not on its network; its hardware address is the leg's."""


def stub_parts(site: Site, scope: Scope, uplink: Uplink, routes: Mapping[str, str]) -> dict[str, str]:
    """Return the parts of the plant's side. ``routes`` are targets with their next hop, empty on the network."""
    found = {
        "namespace": scope.outside(uplink.name),
        "name": WIRE,
        "mac": mac(scope.site, scope.host, scope.fabric, "plant", uplink.name),
        "up": "yes",
        "inet6.conf.accept_ra": "0",
    }
    held = {4: set[str](), 6: set[str]()}
    for target, hop in routes.items():
        network = ip_network(target)
        length = network.max_prefixlen if hop else _length(site, uplink, network)
        first = network.network_address + (0 if network.num_addresses == 1 else 1)
        held[network.version].add(f"{first}/{length}")
    return found | {f"ipv{version}": " ".join(sorted(texts)) for version, texts in held.items() if texts}


def stub_lines(space: str, name: str, parts: Parts) -> str:
    """Return sh that makes the leg and the plant behind it."""
    stub = below(parts, "stub")
    there = f"ip -n {space} link show dev {name} >/dev/null 2>&1"
    pair = f"ip link add name {name} netns {space} type veth peer name {stub['name']} netns {stub['namespace']}"
    up = ("ip link set lo up", *identity(stub), *sysctls(stub), f"ip link set dev {stub['name']} up")
    lines = (
        f"[ -e /run/netns/{stub['namespace']} ] || ip netns add {stub['namespace']}",
        f"{there} || {pair}",
        f'ip -n {space} link set dev {name} alias "{parts["owner"]}/stub/up"',
        inside(stub["namespace"], (*up, *addresses(stub), *_routes(stub, parts["mac"]))),
    )
    return "\n".join(lines) + "\n"


def _routes(stub: Parts, leg: str) -> Iterator[str]:
    for version, hop in _HOP.items():
        if f"ipv{version}" in stub:
            yield f"ip neigh replace {hop} lladdr {leg} dev {stub['name']} nud permanent"
            yield f"ip -{version} route replace default via {hop} dev {stub['name']} onlink"


def _length(site: Site, uplink: Uplink, network: Network) -> int:
    """Return the length of the network that an asset is on."""
    own = (one.network for one in (uplink.ipv4, uplink.ipv6) if one is not None)
    zones = (net for zone in site.zones.values() for net in (zone.ipv4, zone.ipv6) if net is not None)
    return next((net.prefixlen for net in (*own, *zones) if covers(net, network)), network.max_prefixlen)
