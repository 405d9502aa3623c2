# SPDX-License-Identifier: Apache-2.0
"""Names inside a fabric: links, chains and maps of a zone. Identity that is the same on every host comes from here."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

from ringfence.base.identity import LINK_NAME_BYTES, link_name, mac
from ringfence.compile.bindings import InterfaceBinding
from ringfence.compile.scope import Scope

_TAKEN = frozenset({"lo", "all", "default"})
"""Names that the kernel uses itself, for the loopback link and for sysctl folders."""

Ip = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network


def router_leg(scope: Scope, zone: str) -> str:
    """Return the name of a zone's leg inside the router namespace: the zone's own where it fits."""
    if len(zone.encode()) <= LINK_NAME_BYTES and zone not in _TAKEN:
        return zone
    return link_name(zone, scope.site, "router-leg", zone)


def uplink_leg(scope: Scope, uplink: str) -> str:
    """Return the name of an uplink's leg inside the router namespace: ``plant.up``, which no zone can have."""
    name = f"{uplink}.up"
    return name if len(name.encode()) <= LINK_NAME_BYTES else link_name(uplink, scope.site, "uplink-leg", uplink)


def uplink_word(uplink: str) -> str:
    """Return what the maps and chains of an uplink's leg are called; those of zones have no capital letters."""
    return f"U_{word(uplink)}"


def port_name(scope: Scope, workload: str, interface: str, binding: InterfaceBinding) -> str:
    """Return the host's end of a workload's port: the bound tap on the live fabric, a derived name elsewhere."""
    return binding.tap if scope.fabric == "live" else scope.link("tap", workload, interface)


def gateway_mac(site: str, zone: str) -> str:
    """Return the MAC of a zone's gateway, equal on every host and in every fabric, so that a workload may move."""
    return mac(site, "gateway", zone)


def word(name: str) -> str:
    """Return a declared name as nft reads it everywhere. Names have no underscore, so no two become one."""
    return name.replace("-", "_")


def quoted(link: str) -> str:
    """Return a link's name as nft reads and prints it as an element; unquoted, ``tcp`` would be a protocol."""
    return f'"{link}"'


def version(of: Ip | Network) -> str:
    """Return ``4`` or ``6``, with which the names of maps end."""
    return str(of.version)
