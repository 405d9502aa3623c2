# SPDX-License-Identifier: Apache-2.0
"""Rules about the ways to assets: next hops, overlapping ranges, and gateways of the plant."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Network, IPv6Network
from typing import NamedTuple

from ringfence.assure.ground import Ground
from ringfence.assure.rule import Found, rule
from ringfence.base.diagnostics import Severity
from ringfence.compile.fabric.reach import next_hop, on_network
from ringfence.site.asset import Asset
from ringfence.site.site import Site

Network = IPv4Network | IPv6Network


@rule(
    "RF-UPL-012",
    Severity.HIGH,
    fix="Write the plant's router as 'gateway:' of the uplink, or the uplink's own address with its length as 'ipv4:'.",
)
def without_way(ground: Ground) -> Iterator[Found]:
    """An asset is on no network of its uplink, and the uplink has no gateway.

    Packets to it would be sent to nobody: it lies neither in the subnet of a zone nor in that of the uplink's own
    address, and no router of the plant is named that leads on. Where several zones have their gateways there, the
    uplink has to say which of them leads on.
    """
    for asset in ground.site.assets.values():
        for network in _networks(asset):
            if not _has_way(ground.site, asset, network):
                problem = f"Asset '{asset.name}' at {network} is not on the network of uplink '{asset.uplink}'."
                yield Found(f"asset/{asset.name}", problem, f"ipv{network.version}")


def _networks(asset: Asset) -> tuple[Network, ...]:
    return (*asset.ipv4, *asset.ipv6)


def _has_way(site: Site, asset: Asset, network: Network) -> bool:
    uplink = site.uplinks[asset.uplink]
    return on_network(site, uplink, network) or next_hop(site, uplink, network.version) is not None


class _Range(NamedTuple):
    network: Network
    asset: str
    uplink: str


def _seen(asset: Asset) -> tuple[Network, ...]:
    """Return the ranges under which workloads see an asset."""
    four = asset.ipv4 if asset.seen_as is None else (asset.seen_as,)
    return (*four, *asset.ipv6)


@rule(
    "RF-UPL-013",
    Severity.HIGH,
    "IEC 62443-3-3 SR 5.2",
    fix="Give the asset smaller ranges that leave the other one out, or translate one of them with 'seen_as'.",
)
def ambiguous(ground: Ground) -> Iterator[Found]:
    """Assets behind different uplinks overlap.

    The narrower range wins. Whoever speaks to the wider one in between reaches another device than he means.
    """
    for version in (4, 6):
        found = (
            _Range(network, asset.name, asset.uplink)
            for asset in ground.site.assets.values()
            for network in _seen(asset)
            if network.version == version
        )
        yield from _overlaps(sorted(found, key=_first))


def _first(one: _Range) -> tuple[int, int, str]:
    return int(one.network.network_address), one.network.prefixlen, one.asset


def _overlaps(ranges: list[_Range]) -> Iterator[Found]:
    """Ranges come by their beginnings, the wider first: those that hold the present one lie on a stack."""
    around: list[_Range] = []
    for one in ranges:
        while around and int(around[-1].network.broadcast_address) < int(one.network.network_address):
            around.pop()
        other = next((wide for wide in reversed(around) if wide.uplink != one.uplink), None)
        if other is not None:
            problem = (
                f"Asset '{other.asset}' covers {other.network} behind uplink '{other.uplink}', and asset '{one.asset}' "
                f"is {one.network} behind '{one.uplink}'."
            )
            yield Found(f"asset/{other.asset}", problem, f"ipv{other.network.version}")
        around.append(one)


@rule(
    "RF-UPL-014",
    Severity.MEDIUM,
    "IEC 62443-3-3 SR 7.6",
    fix="Write 'dhcp: false', or leave it out.",
)
def second_dhcp(ground: Ground) -> Iterator[Found]:
    """Ringfence hands out addresses in a zone whose gateway is the plant's own.

    Such a zone is the plant's to number. Where the plant's firewall hands out addresses too, two servers answer, and
    a guest gets either's.
    """
    for zone in ground.site.zones.values():
        if zone.gateway == "external" and zone.dhcp:
            yield Found(
                f"zone/{zone.name}", f"Zone '{zone.name}' has the plant's gateway and Ringfence's DHCP.", "dhcp"
            )
