# SPDX-License-Identifier: Apache-2.0
"""Which assets have an address, as workloads see them."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Address, IPv6Address

from ringfence.site.asset import Asset
from ringfence.site.site import Site

from .subnets import Network


def seen(asset: Asset) -> Iterator[tuple[str, int, Network]]:
    """Field, position and range under which workloads see an asset."""
    if asset.seen_as is not None:
        yield "seen_as", 0, asset.seen_as
    else:
        yield from (("ipv4", index, network) for index, network in enumerate(asset.ipv4))
    yield from (("ipv6", index, network) for index, network in enumerate(asset.ipv6))


class Ranges:
    """Small ranges of assets: a range that holds a whole zone is a remote network behind longer routes."""

    def __init__(self, site: Site) -> None:
        self._owners: dict[tuple[int, int, int], list[str]] = {}
        self._lengths: dict[int, set[int]] = {4: set(), 6: set()}
        zones = [network for zone in site.zones.values() for network in (zone.ipv4, zone.ipv6) if network]
        for asset in site.assets.values():
            for _, _, network in seen(asset):
                if not any(_holds(network, zone) for zone in zones):
                    self._add(asset.name, network)

    def _add(self, name: str, network: Network) -> None:
        key = (network.version, network.prefixlen, int(network.network_address))
        self._owners.setdefault(key, []).append(name)
        self._lengths[network.version].add(network.prefixlen)

    def holding(self, address: IPv4Address | IPv6Address) -> Iterator[str]:
        """Names of the assets whose ranges hold an address."""
        for length in self._lengths[address.version]:
            shift = address.max_prefixlen - length
            first = int(address) >> shift << shift
            yield from self._owners.get((address.version, length, first), ())


def _holds(network: Network, zone: Network) -> bool:
    """Tell whether ``network`` is larger than ``zone`` and has it inside."""
    return (
        network.version == zone.version
        and network.prefixlen < zone.prefixlen
        and zone.network_address in network
    )
