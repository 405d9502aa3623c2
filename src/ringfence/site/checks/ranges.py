# SPDX-License-Identifier: Apache-2.0
"""Ranges of addresses, found by an address or a range inside them, however many there are."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

from ringfence.site.asset import Asset
from ringfence.site.site import Site

Network = IPv4Network | IPv6Network


class Ranges:
    """Named ranges. A look-up costs one step per length of prefix in use."""

    def __init__(self) -> None:
        self._owners: dict[tuple[int, int, int], list[str]] = {}
        self._lengths: dict[int, set[int]] = {4: set(), 6: set()}

    def add(self, name: str, network: Network) -> None:
        """Remember a range."""
        key = (network.version, network.prefixlen, int(network.network_address))
        self._owners.setdefault(key, []).append(name)
        self._lengths[network.version].add(network.prefixlen)

    def holding(self, address: IPv4Address | IPv6Address, longest: int = 128) -> Iterator[tuple[str, int]]:
        """Names and prefix lengths (up to ``longest``) of the ranges that hold an address."""
        for length in self._lengths[address.version]:
            shift = address.max_prefixlen - length
            key = (address.version, length, int(address) >> shift << shift)
            if length <= longest:
                yield from ((name, length) for name in self._owners.get(key, ()))


class Subnets:
    """The subnets of all zones."""

    def __init__(self, site: Site) -> None:
        self.ranges = Ranges()
        self._firsts: dict[int, list[int]] = {4: [], 6: []}
        for name, zone in site.zones.items():
            for network in (zone.ipv4, zone.ipv6):
                if network is not None:
                    self.ranges.add(name, network)
                    self._firsts[network.version].append(int(network.network_address))
        for firsts in self._firsts.values():
            firsts.sort()

    def inside(self, network: Network) -> bool:
        """Tell whether a zone's subnet begins in ``network``."""
        firsts = self._firsts[network.version]
        next_one = bisect_left(firsts, int(network.network_address))
        return next_one < len(firsts) and firsts[next_one] <= int(network.broadcast_address)


def named(network: Network) -> str:
    """Write a range, or the address where it is a single one."""
    return str(network.network_address if network.num_addresses == 1 else network)


def seen(asset: Asset) -> Iterator[tuple[str, int, Network]]:
    """Field, position and range under which workloads see an asset."""
    if asset.seen_as is not None:
        yield "seen_as", 0, asset.seen_as
    else:
        yield from (("ipv4", index, network) for index, network in enumerate(asset.ipv4))
    yield from (("ipv6", index, network) for index, network in enumerate(asset.ipv6))


def machines(site: Site) -> Ranges:
    """Ranges of assets that are machines: one that holds a whole zone is a network behind longer routes."""
    subnets, found = Subnets(site), Ranges()
    for asset in site.assets.values():
        for _, _, network in seen(asset):
            if not subnets.inside(network):
                found.add(asset.name, network)
    return found
