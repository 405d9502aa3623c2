# SPDX-License-Identifier: Apache-2.0
"""Private address ranges that a host does not use itself (RFC 1918, RFC 4193)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from ipaddress import IPv4Network, IPv6Network, ip_interface, ip_network

from ringfence.facts.nic import Nic

_ANYWHERE = 0


def free_networks(nics: Iterable[Nic], count: int) -> tuple[IPv4Network, ...]:
    """Return ``count`` neighbouring /24 networks (at most 100) that overlap none of ``nics``, if there are any."""
    taken = [ip_interface(address).network for nic in nics for address in nic.addresses]
    used = [one for one in taken if isinstance(one, IPv4Network) and one.prefixlen != _ANYWHERE]
    for group in _groups(count):
        if not any(network.overlaps(other) for network in group for other in used):
            return group
    # Every range is in use somewhere here: the smallest overlap is the owner's to choose.
    return next(iter(_groups(count)))


def private_prefix(name: str) -> str:
    """Return a unique local /48, such as ``fd12:3456:789a``, derived from a name instead of drawn (RFC 4193)."""
    digits = hashlib.sha256(name.encode()).hexdigest()
    prefix = ip_network(f"fd{digits[:2]}:{digits[2:6]}:{digits[6:10]}::/48")
    if not isinstance(prefix, IPv6Network):
        raise TypeError("A /48 of fd00::/8 is an IPv6 network.")
    return str(prefix.network_address).removesuffix("::")


def _groups(count: int) -> Iterator[tuple[IPv4Network, ...]]:
    """Yield groups of neighbouring networks, those that few people use first."""
    for second in (*range(20, 255), *range(1, 20)):
        yield tuple(IPv4Network(f"10.{second}.{third}.0/24") for third in range(1, count + 1))
    for second in range(31, 15, -1):
        yield tuple(IPv4Network(f"172.{second}.{third}.0/24") for third in range(1, count + 1))
    for first in range(100, 255 - count):
        yield tuple(IPv4Network(f"192.168.{third}.0/24") for third in range(first, first + count))
