# SPDX-License-Identifier: Apache-2.0
"""A zone's link: an address-less bridge on the host and one leg into the router, which owns the gateway addresses.

A layer-2 zone, which has no addresses, is the bridge alone.
"""

from __future__ import annotations

from ipaddress import IPv4Interface, IPv6Interface

from ringfence.base.identity import mac
from ringfence.compile.document import Artifact, Document, Kind
from ringfence.compile.part.alias import owner
from ringfence.compile.part.link import BRIDGE, LEG, LINK_LOCAL, ROUTER
from ringfence.compile.scope import Scope
from ringfence.site.zone import Zone

from .names import gateway_mac, router_leg
from .shell import Parts, addresses, below, identity, inside, port_flags, sysctls, unless_link

_BRIDGE_OPTIONS = ("stp_state", "mcast_snooping")


def link_artifact(site: str, scope: Scope, zone: Zone) -> Artifact:
    """Return one zone's bridge, and its leg where the zone is routed."""
    parts = {f"bridge/{key}": value for key, value in _bridge(scope, zone).items()}
    if zone.routed:
        parts |= {f"leg/{key}": value for key, value in _leg(site, scope, zone).items()}
        parts |= {f"router/{key}": value for key, value in _router(site, scope, zone).items()}
    address = scope.address("link", zone.name)
    document = Document(address, Kind.LINK, parts, link_script(scope, parts))
    return Artifact(document, (f"zone/{zone.name}",), (scope.address("namespace", "router"),))


def link_script(scope: Scope, parts: Parts) -> str:
    """Return sh that makes a zone's links, or mends them."""
    bridge = below(parts, "bridge")
    name = bridge["name"]
    options = " ".join(f"{key} {bridge[key]}" for key in _BRIDGE_OPTIONS)
    legs = _leg_lines(scope, parts) if "leg/name" in parts else ()
    lines = (
        unless_link(name, f"ip link add name {name} type bridge"),
        f"ip link set dev {name} type bridge {options}",
        *identity(bridge),
        *sysctls(bridge),
        *legs,
        f"ip link set dev {name} up",
        *([f"ip link set dev {parts['leg/name']} up"] if legs else []),
    )
    return "\n".join(lines) + "\n"


def _leg_lines(scope: Scope, parts: Parts) -> tuple[str, ...]:
    leg, router = below(parts, "leg"), below(parts, "router")
    end = leg["name"]
    pair = f"ip link add name {end} type veth peer name {router['name']} netns {scope.namespace}"
    return (
        unless_link(end, pair),
        *identity(leg),
        *sysctls(leg),
        f"ip link set dev {end} master {leg['master']}",
        *port_flags(leg),
        inside(scope.namespace, _router_lines(router)),
    )


def _router_lines(router: Parts) -> tuple[str, ...]:
    up = f"ip link set dev {router['name']} up"
    name = router["name"]
    routes = (f"ip route replace {router[key]} dev {name}" for key in ("route4", "route6") if key in router)
    return (*identity(router), *sysctls(router), up, *addresses(router), *routes)


def _bridge(scope: Scope, zone: Zone) -> dict[str, str]:
    return {
        "name": scope.link("bridge", zone.name),
        "alias": owner(scope, "zone", zone.name, "bridge"),
        "mac": mac(scope.site, scope.host, scope.fabric, "bridge", zone.name),
        "up": "yes",
        **BRIDGE,
    }


def _leg(site: str, scope: Scope, zone: Zone) -> dict[str, str]:
    return {
        "name": scope.link("leg", zone.name),
        "alias": owner(scope, "zone", zone.name, "leg"),
        "mac": mac(scope.site, scope.host, scope.fabric, "leg", zone.name),
        "master": scope.link("bridge", zone.name),
        "up": "yes",
        "fdb": gateway_mac(site, zone.name),
        **LEG,
    }


def _router(site: str, scope: Scope, zone: Zone) -> dict[str, str]:
    found = {
        "name": router_leg(scope, zone.name),
        "alias": owner(scope, "zone", zone.name, "router"),
        "mac": gateway_mac(site, zone.name),
        "up": "yes",
        "inet6.conf.disable_ipv6": "0" if zone.ipv6 else "1",
        "inet6.conf.proxy_ndp": "1" if zone.ipv6 and zone.gateway == "external" else "0",
        **ROUTER,
    }
    if zone.ipv4 and zone.asker4:
        found["ipv4"] = str(IPv4Interface((zone.asker4, zone.ipv4.prefixlen)))
    elif zone.ipv4:
        found["route4"] = str(zone.ipv4)
    if zone.ipv6:
        own = f"{IPv6Interface((zone.asker6, zone.ipv6.prefixlen))} " if zone.asker6 else ""
        found["ipv6"] = f"{own}{LINK_LOCAL}/64"
        found |= {} if own else {"route6": str(zone.ipv6)}
    return found
