# SPDX-License-Identifier: Apache-2.0
"""Subnets of zones and their gateways."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Address, IPv4Network, IPv6Address

from ringfence.site.codes import Code
from ringfence.site.problems import Problems
from ringfence.site.site import Site
from ringfence.site.tree import Path
from ringfence.site.zone import Zone

from .ranges import Network


def check_subnets(site: Site, problems: Problems) -> None:
    """Add subnets that overlap and gateways outside their zone to ``problems``."""
    for zone in site.zones.values():
        _zone(zone, problems)
    for version in ("ipv4", "ipv6"):
        _overlaps(list(_networks(site, version)), problems)


def _networks(site: Site, version: str) -> Iterator[tuple[Network, Path]]:
    for name, zone in site.zones.items():
        network = zone.ipv4 if version == "ipv4" else zone.ipv6
        if network is not None:
            yield network, ("zones", name, version)


def _overlaps(networks: list[tuple[Network, Path]], problems: Problems) -> None:
    """Sorted by first address, a subnet that overlaps an earlier one overlaps the one that reaches furthest."""
    networks.sort(key=lambda pair: (int(pair[0].network_address), pair[0].prefixlen, pair[1]))
    furthest: tuple[Network, Path] | None = None
    for network, path in networks:
        if furthest is not None and int(network.network_address) <= int(furthest[0].broadcast_address):
            problem = f"The subnet {network} overlaps {furthest[0]} of the zone '{furthest[1][1]}'."
            if not problems.is_broken(furthest[1]):
                problems.add(Code.OVERLAP, path, problem, "Give each zone a subnet of its own.")
        else:
            furthest = (network, path)


def _zone(zone: Zone, problems: Problems) -> None:
    _gateway(zone, zone.ipv4, zone.gateway4, problems)
    _gateway(zone, zone.ipv6, zone.gateway6, problems)


def _gateway(
    zone: Zone, network: Network | None, gateway: IPv4Address | IPv6Address | None, problems: Problems
) -> None:
    path: Path = ("zones", zone.name, "gateway")
    if network is None and gateway is not None:
        version = f"ipv{gateway.version}"
        if not problems.is_broken(("zones", zone.name, version)):
            problem = f"The gateway {gateway} lies in no subnet of the zone."
            problems.add(Code.OUTSIDE, path, problem, f"Add '{version}:', or remove this address.")
    elif network is not None and gateway is None:
        problem = f"The plant's own gateway has no address in {network}."
        problems.add(Code.MISSING, path, problem, f"Add its IPv{network.version} address: 'gateway: [A, B]'.")
    elif network is not None and gateway is not None:
        _inside(gateway, network, path, problems)


def _inside(gateway: IPv4Address | IPv6Address, network: Network, path: Path, problems: Problems) -> None:
    if gateway not in network:
        problem = f"The gateway {gateway} lies outside the zone's subnet {network}."
        problems.add(Code.OUTSIDE, path, problem, f"Choose an address in {network}.")
    elif why := reserved(gateway, network):
        problems.add(Code.CLASH, path, f"The gateway {gateway} is {why}.", "Choose another address.")


def reserved(address: IPv4Address | IPv6Address, network: Network) -> str | None:
    """Say what an address of a subnet is reserved for (RFC 919; RFC 4291 section 2.6.1), or None."""
    if address == network.network_address:
        what = "names the subnet itself" if isinstance(network, IPv4Network) else "all routers answer to"
        return f"the first address of {network}, which {what}"
    if isinstance(network, IPv4Network) and address == network.broadcast_address:
        return f"the last address of {network}, which reaches all machines"
    return None
