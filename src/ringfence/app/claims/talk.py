# SPDX-License-Identifier: Apache-2.0
"""Conversations: what conduits, grants and open peers let be opened, and the answers to it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from itertools import permutations

from ringfence.proof import field
from ringfence.proof.box import Box, Limits
from ringfence.proof.flow import Claim
from ringfence.proof.values import Span, exactly, joined, without
from ringfence.site.service import Flow
from ringfence.site.site import Site

from .calendar import Calendar
from .ground import Addresses, Ground, Stand, Way, differing
from .packet import ECHO, OPENED, ip
from .speech import spoken

_PORTED = {"tcp": field.TCP, "udp": field.UDP}
_PINGS = {"icmp": 4, "icmpv6": 6}
_ORIGINAL: Limits = {field.STATE: OPENED, field.DIRECTION: exactly(field.ORIGINAL)}
_REPLY: Limits = {field.STATE: exactly(field.ESTABLISHED), field.DIRECTION: exactly(field.REPLY)}


@dataclass(frozen=True, slots=True)
class Talk:
    """What is said in a conversation, and what is answered. ``back``: the far side opens it."""

    versions: tuple[int, ...]
    opening: Limits
    answer: Limits
    back: bool = False


class Talks:
    """The conversations of services, each list of services read once."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._known: dict[tuple[str, ...], tuple[Talk, ...]] = {}

    def of(self, services: tuple[str, ...]) -> tuple[Talk, ...]:
        """Return what services let be opened from one to one."""
        if services not in self._known:
            flows = [flow for name in services for flow in self._site.services[name].flows]
            self._known[services] = tuple(_talks(flow for flow in flows if flow.reach == "unicast"))
        return self._known[services]


def conversations(ground: Ground, calendar: Calendar) -> Iterator[Claim]:
    """Yield every conversation that conduits let be opened, and its answers. A rate does not matter here."""
    talks = Talks(ground.site)
    for conduit in ground.site.conduits.values():
        owner = calendar.owner(conduit)
        said = talks.of(conduit.services) if owner else ()
        for near, far in ground.pairs(conduit) if said else ():
            for talk in said:
                yield from between(str(owner), ground, talk, far if talk.back else near, near if talk.back else far)


def peers(ground: Ground) -> Iterator[Claim]:
    """Yield what everybody may say to everybody else in a zone whose peers are open.

    Whoever is on an island that the zone is not, or the other way round, speaks to nobody there.
    """
    for zone in ground.site.zones.values():
        if zone.peers == "open":
            owner, ports = f"peers/{zone.name}", _at_home(ground, zone.name)
            for (near, mine), (far, theirs) in permutations(ports, 2):
                for version in mine.keys() & theirs.keys():
                    packets = ip(version, mine[version], theirs[version])
                    for box in spoken(near, version, packets):
                        yield Claim(owner, near.place, far.place, Box({**box.limits, **_ORIGINAL}))
                        yield Claim(owner, near.place, far.place, Box({**box.limits, **_REPLY}))


def between(owner: str, ground: Ground, talk: Talk, opener: Stand, other: Stand) -> Iterator[Claim]:
    """Yield one conversation from one to another, with either version of IP that both have."""
    for way in ground.ways(opener, other):
        for version in talk.versions:
            if version in way.near and version in way.far:
                yield from _both(owner, ground, talk, version, way)


def _both(owner: str, ground: Ground, talk: Talk, version: int, way: Way) -> Iterator[Claim]:
    opener, other = ground.places.get(way.source), ground.places.get(way.target)
    for near, far in differing(way.near[version], way.far[version]):
        for box in spoken(opener, version, {**ip(version, near, far), **talk.opening}):
            yield Claim(owner, way.source, way.target, box)
        for box in spoken(other, version, {**ip(version, far, near), **talk.answer}):
            yield Claim(owner, way.target, way.source, box)


def _at_home(ground: Ground, zone: str) -> list[tuple[Stand, Addresses]]:
    """Return the ports in a zone that its border does not part from it, with addresses that all who share them have."""
    islands = ground.border.restrictions.islands
    ports = [one for one in ground.zones[zone] if one.mac]
    away = [one for one in ports if ground.border.zones[one.end] & islands != {zone} & islands]
    gone = {version: joined(span for one in away for span in one.addresses.get(version, ())) for version in (4, 6)}
    home = [(one, {v: without(mine, gone[v]) for v, mine in one.addresses.items()}) for one in ports if one not in away]
    return [(one, {v: left for v, left in own.items() if left}) for one, own in home]


def _talks(flows: Iterable[Flow]) -> Iterator[Talk]:
    """Yield a talk for each protocol and direction, with all of its ports."""
    ports: dict[tuple[str, bool], list[Span]] = {}
    for flow in flows:
        known = ports.setdefault((flow.protocol, flow.direction == "back"), [])
        known += [(one.first, one.last) for one in flow.ports]
    for (protocol, back), spans in ports.items():
        yield _talk(protocol, spans, back=back)


def _talk(protocol: str, ports: Collection[Span], *, back: bool) -> Talk:
    if protocol in _PORTED:
        number, found = exactly(_PORTED[protocol]), joined(ports)
        said, answered = {field.PROTO: number, field.DPORT: found}, {field.PROTO: number, field.SPORT: found}
        return Talk((4, 6), {**said, **_ORIGINAL}, {**answered, **_REPLY}, back)
    if protocol in _PINGS:
        version = _PINGS[protocol]
        icmp, question, reply = ECHO[version]
        ping, pong = ({field.PROTO: exactly(icmp), field.TYPE: exactly(one)} for one in (question, reply))
        return Talk((version,), {**ping, **_ORIGINAL}, {**pong, **_REPLY}, back)
    other = {field.PROTO: exactly(field.VRRP)}
    return Talk((4, 6), {**other, **_ORIGINAL}, {**other, **_REPLY}, back)
