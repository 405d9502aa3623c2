# SPDX-License-Identifier: Apache-2.0
"""Casts: what a conduit lets one sender say to many, and the named members who get it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from ipaddress import IPv4Network
from itertools import product
from typing import NamedTuple

from ringfence.base.addresses import own_name
from ringfence.compile.part.relay import RELAY4, RELAY6, VRRP4
from ringfence.site.service import Flow, PortRange
from ringfence.site.site import Site

from .conversation import NO_PORTS
from .endpoints import Stand
from .names import Network
from .ranges import named
from .reach import translated

EVERYBODY = "255.255.255.255"
"""The limited broadcast (RFC 919)."""
_FOUR = 4
_LONGEST = 30
"""Longest prefix of a subnet that has a broadcast address (RFC 3021)."""


class Cast(NamedTuple):
    """One sender's address, the group or broadcast address that it speaks to, and the sender's leg (leg.py)."""

    lookup: str
    leg: str
    source: str
    target: str


class Member(NamedTuple):
    """Who gets a copy: address and leg, and the broadcast address there; empty where the target stays as it is."""

    address: str
    leg: str
    target: str = ""


Casting = tuple[Cast, PortRange, Member]
"""Ports are 0-0 for VRRP."""


def casts(pairs: Iterable[tuple[Stand, Stand]], flows: Iterable[Flow], site: Site) -> Iterator[Casting]:
    """Yield who may say what to many, and each member; some more than once. Ranges of addresses are nobody here."""
    to_many = [flow for flow in flows if flow.reach != "unicast"]
    for near, far in pairs if to_many else ():
        for flow in to_many:
            ends = (near, far) if flow.direction == "forward" else (far, near)
            yield from _flow(*ends, flow, site)


def broadcast_of(network: IPv4Network | None) -> str:
    """Return the address of everybody in a subnet; empty where it has none."""
    return str(network.broadcast_address) if network and network.prefixlen <= _LONGEST else ""


def _everybody(stand: Stand, site: Site) -> str:
    """Return what a workload's zone, or an asset's network in the plant, calls everybody by; empty where unknown."""
    if stand.workload:
        return broadcast_of(site.zones[stand.zone].ipv4)
    asset = site.assets[own_name(stand.end)]
    network = site.uplinks[asset.uplink].ipv4
    on_link = network and all(one.subnet_of(network.network) for one in asset.ipv4)
    return broadcast_of(network.network) if network and on_link else broadcast_of(site.zones[stand.zone].ipv4)


def _single(stand: Stand, version: int, site: Site) -> list[str]:
    """Return the addresses that are one machine each: of an asset those that are declared so, and not translated.

    What is left of a range, because the rest of it belongs to other assets, is a range as before.
    """
    texts = [text for found, text in stand.addresses if found == version]
    if stand.workload:
        return texts
    asset = site.assets[own_name(stand.end)]
    if translated(site, site.uplinks[asset.uplink]):
        return []
    ranges: tuple[Network, ...] = (*asset.ipv4, *asset.ipv6)
    alone = {named(one) for one in ranges if one.num_addresses == 1}
    return [text for text in texts if text in alone]


def _flow(sender: Stand, member: Stand, flow: Flow, site: Site) -> Iterator[Casting]:
    version = flow.group.version if flow.group else _FOUR
    lookup = VRRP4 if flow.protocol == "vrrp" else RELAY4 if version == _FOUR else RELAY6
    for source, address in product(_single(sender, version, site), _single(member, version, site)[:1]):
        for target, there in _targets(sender, member, flow, site):
            for ports in flow.ports or NO_PORTS:
                yield Cast(lookup, sender.leg, source, target), ports, Member(address, member.leg, there)


def _targets(sender: Stand, member: Stand, flow: Flow, site: Site) -> Iterator[tuple[str, str]]:
    """Yield what the sender may address, and what the member's copy is addressed to."""
    if flow.group:
        yield str(flow.group), ""
        return
    yield EVERYBODY, ""
    here, there = _everybody(sender, site), _everybody(member, site)
    if here:
        yield here, there or EVERYBODY
