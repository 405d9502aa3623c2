# SPDX-License-Identifier: Apache-2.0
"""Addresses of workloads: inside their zone, and nobody else's."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Address, IPv6Address

from ringfence.site import place
from ringfence.site.codes import Code
from ringfence.site.problems import Problems
from ringfence.site.site import Site
from ringfence.site.tree import Path, Tree
from ringfence.site.workload import Interface, Workload
from ringfence.site.zone import Zone

from .ranges import Network, Ranges, machines
from .subnets import reserved

Address = IPv4Address | IPv6Address


Placed = tuple[Address, Path]


def check_addresses(site: Site, problems: Problems) -> None:
    """Add addresses outside their zone, and addresses that two things would have, to ``problems``."""
    taken = dict(_gateways(site))
    shared: list[Placed] = []
    assets = machines(site)
    for zone in site.zones.values():
        _gateways_beside_assets(zone, assets, problems)
    for workload in place.as_written(problems.tree, "workloads", site.workloads):
        for index, interface in enumerate(workload.interfaces):
            at = site.zones.get(interface.zone)
            for address, path in _own(problems.tree, workload, index, interface):
                if _in_zone(address, at, path, problems):
                    _nobody_elses(address, f"the workload '{workload.name}'", path, taken, problems)
                    _beside_assets(address, assets, path, problems)
                taken.setdefault(address, f"the workload '{workload.name}'")
            for address, path in _shared(problems.tree, workload, index, interface):
                if _in_zone(address, at, path, problems):
                    _beside_assets(address, assets, path, problems)
                shared.append((address, path))
    _shared_by_several(shared, taken, problems)


def _gateways(site: Site) -> Iterator[tuple[Address, str]]:
    for zone in site.zones.values():
        for gateway in (zone.gateway4, zone.gateway6):
            if gateway is not None:
                yield gateway, f"the gateway of the zone '{zone.name}'"


def _own(tree: Tree, workload: Workload, index: int, interface: Interface) -> Iterator[tuple[Address, Path]]:
    if interface.ipv4 is not None:
        yield interface.ipv4, place.interface(tree, workload.name, index, "ipv4")
    if interface.ipv6 is not None:
        yield interface.ipv6, place.interface(tree, workload.name, index, "ipv6")


def _shared(tree: Tree, workload: Workload, index: int, interface: Interface) -> Iterator[tuple[Address, Path]]:
    whole = place.interface(tree, workload.name, index, "shared")
    for position, address in enumerate(interface.shared):
        yield address, place.member(tree, whole, position)


def _in_zone(address: Address, zone: Zone | None, path: Path, problems: Problems) -> bool:
    """Tell a problem and False where the address cannot be one of the zone; say nothing about a zone not declared."""
    if zone is None:
        return False
    network: Network | None = zone.ipv4 if isinstance(address, IPv4Address) else zone.ipv6
    version = f"ipv{address.version}"
    if problems.is_broken(("zones", zone.name, version)):
        return False
    if network is None:
        problem = f"The zone '{zone.name}' has no IPv{address.version} subnet for {address}."
        problems.add(Code.OUTSIDE, path, problem, f"Add '{version}:' to the zone, or remove the address.")
    elif address not in network:
        problem = f"{address} lies outside the subnet {network} of the zone '{zone.name}'."
        problems.add(Code.OUTSIDE, path, problem, f"Choose an address in {network}.")
    elif why := reserved(address, network):
        problems.add(Code.CLASH, path, f"{address} is {why}.", "Choose another address.")
    else:
        return True
    return False


def _nobody_elses(address: Address, whose: str, path: Path, taken: dict[Address, str], problems: Problems) -> None:
    if address in taken:
        other = taken[address] if taken[address] != whose else "another interface of the same workload"
        problems.add(Code.CLASH, path, f"{address} is already the address of {other}.", "Choose another address.")


def _beside_assets(address: Address, assets: Ranges, path: Path, problems: Problems) -> None:
    for name, _ in assets.holding(address):
        problem = f"{address} is already an address of the asset '{name}'."
        problems.add(Code.CLASH, path, problem, "Choose another address, or make the asset's range smaller.")


def _gateways_beside_assets(zone: Zone, assets: Ranges, problems: Problems) -> None:
    """Check the addresses of Ringfence's router; the plant's own firewall may well be declared as an asset too."""
    for gateway in (zone.gateway4, zone.gateway6):
        if gateway is not None and zone.gateway == "ringfence":
            _beside_assets(gateway, assets, ("zones", zone.name, "gateway"), problems)


def _shared_by_several(shared: list[Placed], taken: dict[Address, str], problems: Problems) -> None:
    """Refuse a shared address that somebody has alone; it belongs to several workloads in turn."""
    for address, path in shared:
        if address in taken:
            problem = f"The shared address {address} is already the address of {taken[address]}."
            problems.add(Code.CLASH, path, problem, "Choose an address that nobody has alone.")
