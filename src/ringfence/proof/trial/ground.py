# SPDX-License-Identifier: Apache-2.0
"""Who is there in a copy: ends, who is behind those that have no address of their own, gateways and broadcasts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from ipaddress import IPv4Network, ip_interface, ip_network

from ringfence.base.addresses import Address
from ringfence.compile.document import Document, Kind

from .end import EVERYTHING, End

_TRANSLATED = re.compile(r"ip daddr (\S+) dnat (?:ip prefix )?to (\S+)")
_LONGEST = 30
"""Longest prefix of a subnet that has a broadcast address (RFC 3021)."""


@dataclass(frozen=True, slots=True)
class Ground:
    """``behind`` are addresses in the plant, by end; ``real`` what they are there, where they are translated.

    ``gateways`` are the router's own addresses; ``broadcasts`` what an end's subnet calls everybody by.
    """

    ends: Sequence[End]
    behind: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    real: Mapping[tuple[str, str], str] = field(default_factory=dict)
    gateways: tuple[str, ...] = ()
    broadcasts: Mapping[str, str] = field(default_factory=dict)

    def speaks(self, end: End, version: int) -> tuple[str, ...]:
        """Return with which addresses an end speaks."""
        known = (*end.addresses, *self.behind.get(end.name, ()))
        return tuple(one for one in known if one != EVERYTHING and (6 if ":" in one else 4) == version)


def ground_of(ends: Sequence[End], documents: Mapping[Address, Document]) -> Ground:
    """Return who is there, by what was observed."""
    uplinks = {one.address.rsplit("/", 1)[-1]: one.parts for one in documents.values() if one.kind is Kind.UPLINK}
    real = {(f"uplink/{name}", seen): own for name, parts in uplinks.items() for seen, own in _translated(parts)}
    behind = {f"uplink/{name}": tuple(_behind(parts)) for name, parts in uplinks.items()}
    links = {one.address.rsplit("/", 1)[-1]: one.parts for one in documents.values() if one.kind is Kind.LINK}
    nets = {zone: net for zone, parts in links.items() if (net := _network(parts, "router/"))}
    legs = {f"uplink/{name}": net for name, parts in uplinks.items() if (net := _network(parts, ""))}
    casts = {end.name: net for end in ends if (net := nets.get(end.zone) or legs.get(end.name))}
    return Ground(
        ends, behind, real, tuple(_gateways(links)), {end: str(net.broadcast_address) for end, net in casts.items()}
    )


def _behind(parts: Mapping[str, str]) -> Iterator[str]:
    for key in sorted(parts):
        if key.startswith("route/"):
            network = ip_network(key.removeprefix("route/"))
            yield str(network.network_address + (0 if network.num_addresses == 1 else 1))


def _translated(parts: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield the first address of each range that is translated, and what it is behind the translation."""
    for key, rule in parts.items():
        if key.startswith("nat/rule/") and (found := _TRANSLATED.search(rule)):
            seen, own = (ip_network(one) for one in found.groups())
            step = 0 if seen.num_addresses == 1 else 1
            yield str(seen.network_address + step), str(own.network_address + step)


def _network(parts: Mapping[str, str], head: str) -> IPv4Network | None:
    held = [ip_interface(one).network for one in parts.get(f"{head}ipv4", "").split()]
    held += [ip_network(one) for one in parts.get(f"{head}route4", "").split()]
    found = [one for one in held if isinstance(one, IPv4Network) and one.prefixlen <= _LONGEST]
    return found[0] if found else None


def _gateways(links: Mapping[str, Mapping[str, str]]) -> Iterator[str]:
    for parts in links.values():
        for version in ("ipv4", "ipv6"):
            for one in parts.get(f"router/{version}", "").split():
                if not one.startswith("fe80:"):
                    yield one.partition("/")[0]
