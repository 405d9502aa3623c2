# SPDX-License-Identifier: Apache-2.0
"""What conduits let one say to many: from the sender to each member, addressed as the member gets it.

A broadcast is addressed to everybody (RFC 919) or to everybody in the sender's subnet; to a member in another subnet
the second becomes that of his own. Members are single machines: a range of addresses, and what lies behind a
translator, takes no part (ADR 0018).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from ipaddress import IPv4Network

from ringfence.base.addresses import address, own_name
from ringfence.proof import field
from ringfence.proof.flow import Claim
from ringfence.proof.values import NOTHING, Values, common, exactly, joined
from ringfence.site.service import Flow

from .calendar import Calendar
from .ground import Ground, Stand
from .owned import translated
from .packet import ip
from .span import span
from .speech import spoken

_EVERYBODY = (1 << 32) - 1
_LONGEST = 30
"""Longest prefix of a subnet that has an address of everybody (RFC 3021)."""


def casts(ground: Ground, calendar: Calendar) -> Iterator[Claim]:
    """Yield everything that may be said to many, once for each member. Dormant conduits never do."""
    flows = _to_many(ground)
    for conduit in ground.site.conduits.values():
        said = (
            [] if conduit.dormant or calendar.over(conduit) else [one for of in conduit.services for one in flows[of]]
        )
        for near, far in ground.pairs(conduit) if said else ():
            if _is_behind_translator(ground, near) or _is_behind_translator(ground, far):
                continue
            for flow in said:
                ends = (near, far) if flow.direction == "forward" else (far, near)
                yield from _said(ground, address("conduit", conduit.name), flow, *ends)


def _to_many(ground: Ground) -> Mapping[str, Sequence[Flow]]:
    services = ground.site.services.items()
    return {name: [flow for flow in service.flows if flow.reach != "unicast"] for name, service in services}


def _said(ground: Ground, owner: str, flow: Flow, sender: Stand, member: Stand) -> Iterator[Claim]:
    """Yield one flow to one member: one copy for him, to his first address, which is his own where he has one."""
    version = flow.group.version if flow.group else 4
    first, speakers = exactly(*member.singles.get(version, ())[:1]), exactly(*sender.singles.get(version, ()))
    for way in ground.ways(sender, member) if first and speakers else ():
        near = common(way.near.get(version, NOTHING), speakers)
        if near and common(way.far.get(version, NOTHING), first):
            for target in _targets(ground, flow, sender, member):
                packets = {**ip(version, near, exactly(target)), **_what(flow)}
                for box in spoken(ground.places.get(way.source), version, packets):
                    yield Claim(owner, way.source, way.target, box)


def _what(flow: Flow) -> Mapping[str, Values]:
    if flow.protocol == "vrrp":
        return {field.PROTO: exactly(field.VRRP)}
    return {field.PROTO: exactly(field.UDP), field.DPORT: joined((one.first, one.last) for one in flow.ports)}


def _targets(ground: Ground, flow: Flow, sender: Stand, member: Stand) -> Iterator[int]:
    if flow.group is not None:
        yield int(flow.group)
        return
    yield _EVERYBODY
    if _everybody(ground, sender) is not None:
        there = _everybody(ground, member)
        yield _EVERYBODY if there is None else there


def _everybody(ground: Ground, stand: Stand) -> int | None:
    """Return what a machine's own network calls everybody by: a zone's, or one in the plant that the router is in."""
    network: IPv4Network | None = ground.site.zones[stand.zone].ipv4
    if not stand.mac:
        asset = ground.site.assets[own_name(stand.end)]
        own = ground.site.uplinks[asset.uplink].ipv4
        if own is not None and all(one.subnet_of(own.network) for one in asset.ipv4):
            network = own.network
    return span(network)[1] if network is not None and network.prefixlen <= _LONGEST else None


def _is_behind_translator(ground: Ground, stand: Stand) -> bool:
    return not stand.mac and translated(ground.site, ground.site.uplinks[own_name(stand.place)])
