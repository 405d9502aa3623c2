# SPDX-License-Identifier: Apache-2.0
"""Addresses, networks and MAC addresses of the declaration as numbers."""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

from ringfence.proof.values import Span, Values, exactly


def span(network: IPv4Network | IPv6Network) -> Span:
    """Return first and last address of a network."""
    first = int(network.network_address)
    return (first, first + (1 << (network.max_prefixlen - network.prefixlen)) - 1)


def ethernet(mac: str) -> Values:
    """Return a MAC address."""
    return exactly(int(mac.replace(":", ""), 16))


def by_version(addresses: Iterable[IPv4Address | IPv6Address]) -> dict[int, Values]:
    """Return addresses by version of IP; a version without any is not there."""
    known = tuple(addresses)
    found = {version: exactly(*(int(one) for one in known if one.version == version)) for version in (4, 6)}
    return {version: values for version, values in found.items() if values}
