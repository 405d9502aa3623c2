# SPDX-License-Identifier: Apache-2.0
"""Assets and uplinks."""

from __future__ import annotations

from collections.abc import Iterator

from ringfence.site import place
from ringfence.site.asset import Asset
from ringfence.site.codes import Code
from ringfence.site.problems import Problems
from ringfence.site.site import Site
from ringfence.site.tree import Path

from .ranges import Network, Subnets, named, seen


def check_assets(site: Site, problems: Problems) -> None:
    """Add assets without address or with one in a foreign zone, and uplinks named twice, to ``problems``."""
    taken: dict[Network, str] = {}
    subnets = Subnets(site)
    for asset in place.as_written(problems.tree, "assets", site.assets):
        _asset(asset, problems)
        for path, network in _places(asset, problems):
            _once(asset.name, network, path, taken, problems)
            _at_home(asset, network, path, subnets, problems)
    _uplinks(site, problems)


def _places(asset: Asset, problems: Problems) -> Iterator[tuple[Path, Network]]:
    for field, index, network in seen(asset):
        yield place.member(problems.tree, ("assets", asset.name, field), index), network


def _asset(asset: Asset, problems: Problems) -> None:
    path: Path = ("assets", asset.name)
    if any(problems.is_broken((*path, field)) for field in ("ipv4", "ipv6", "mac", "seen_as")):
        return
    if not (asset.ipv4 or asset.ipv6 or asset.mac):
        fix = "Add 'ipv4:' or 'ipv6:'; 'mac:' is enough for layer-2 conduits."
        problems.add(Code.MISSING, path, "The asset has no address.", fix, key=True)
    lengths = [network.prefixlen for network in asset.ipv4]
    if asset.seen_as is not None and lengths != [asset.seen_as.prefixlen]:
        problem = f"The range {asset.seen_as} cannot stand for the asset's addresses one to one."
        fix = "Give the asset one range under 'ipv4' that is as long as 'seen_as'."
        problems.add(Code.CONTRADICTION, (*path, "seen_as"), problem, fix)


def _once(name: str, network: Network, path: Path, taken: dict[Network, str], problems: Problems) -> None:
    if network in taken:
        other = "this asset twice" if taken[network] == name else f"the asset '{taken[network]}' too"
        fix = "Give each asset addresses of its own; 'seen_as:' translates a range."
        problems.add(Code.CLASH, path, f"{named(network)} belongs to {other}.", fix)
    taken.setdefault(network, name)


def _at_home(asset: Asset, network: Network, path: Path, subnets: Subnets, problems: Problems) -> None:
    """Refuse an asset in another zone's subnet: it could not be told from that zone's machines."""
    if problems.is_broken(("assets", asset.name, "zone")):
        return
    for zone, length in subnets.ranges.holding(network.network_address, network.prefixlen):
        if zone != asset.zone:
            problem = f"{named(network)} lies in the zone '{zone}', whose subnet is a /{length}."
            fix = f"Write 'zone: {zone}', or choose another subnet for that zone."
            problems.add(Code.OVERLAP, path, problem, fix)


def _uplinks(site: Site, problems: Problems) -> None:
    taken: dict[tuple[str, str, int | None], str] = {}
    for uplink in place.as_written(problems.tree, "uplinks", site.uplinks):
        key = (uplink.host, uplink.interface, uplink.vlan)
        if key in taken:
            problem = f"The interface '{uplink.interface}' is the uplink '{taken[key]}' already."
            problems.add(Code.CLASH, ("uplinks", uplink.name, "interface"), problem, "Name one uplink in both places.")
        taken.setdefault(key, uplink.name)
