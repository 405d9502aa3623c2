# SPDX-License-Identifier: Apache-2.0
"""What the router itself hears and says: neighbours, leases, groups in the plant, and the questions of probes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from ipaddress import IPv4Address, IPv6Address

from ringfence.compile.prober import PROBE_UID
from ringfence.proof import field
from ringfence.proof.box import Box, Limits
from ringfence.proof.flow import Claim
from ringfence.proof.values import Values, exactly
from ringfence.site.workload import Workload
from ringfence.site.zone import Zone

from .calendar import Calendar
from .fault import OWNER, ROUTER
from .ground import Ground, Stand
from .owned import routed, translated
from .packet import OPENED, UNRELATED, ip
from .port import LINK_LOCAL, faults, icmp6, leases4, leases6, neighbours, udp
from .reply import speaks_six

NEIGHBOURS, LEASES, GROUPS = "standing/neighbours", "standing/leases", "standing/groups"
_SOLICITS, _IN_PLANT, _ADVERTS = exactly(133, 135, 136), exactly(135, 136), exactly(134, 135, 136)
"""Neighbour discovery (RFC 4861): what the router hears of guests, hears and says in the plant, and says to guests."""
_QUERY, _REPORT = 130, 143
"""Who listens to which group (RFC 3810)."""
Ip = IPv4Address | IPv6Address
_FROM_HERE: Limits = {field.HOPS: exactly(255)}
"""Neighbour discovery that no router has passed on (RFC 4861 clause 3.1)."""
_LOOKED_AT = (field.LATER,)
"""The router sees whole packets: fragments were put together before."""


def standing(ground: Ground, calendar: Calendar) -> Iterator[Claim]:
    """Yield what zones and uplinks need to be a network at all. An uplink has IPv6 where somebody speaks it there."""
    for port in ground.ports:
        zone = ground.site.zones[port.zone]
        if zone.routed:
            yield from _with_zone(port, zone)
    for uplink in routed(ground.site, ground.scope):
        needed = not translated(ground.site, uplink)
        versions = (4, 6) if not needed or speaks_six(ground, calendar, uplink) else (4,)
        yield from _with_plant(f"uplink/{uplink.name}", versions, needed=needed)


def probes(ground: Ground) -> Iterator[Claim]:
    """Yield the questions of probes, their answers, and errors that may come instead of an answer."""
    for name, ports in ground.workloads.items():
        for port, numbers in _asked(ground.site.workloads[name], ports):
            zone, bound = ground.site.zones[port.zone], ground.bindings[name].interfaces[port.interface]
            for asker, own in ((zone.asker4, bound.ipv4), (zone.asker6, bound.ipv6)):
                if asker is not None and own is not None:
                    yield from _probe(f"probe/{name}", port.place, numbers, asker, own)


def _asked(workload: Workload, ports: Iterable[Stand]) -> Iterator[tuple[Stand, Values]]:
    """Yield the ports that a workload is asked at, each with the numbers of its TCP ports."""
    first = workload.interfaces[0].name
    for port in ports:
        numbers = {one.port for one in workload.probes if (one.interface or first) == port.interface}
        if numbers:
            yield port, exactly(*numbers)


def _probe(owner: str, place: str, numbers: Values, asker: Ip, own: Ip) -> Iterator[Claim]:
    near, far = exactly(int(asker)), exactly(int(own))
    tcp, version = {field.PROTO: exactly(field.TCP)}, own.version
    question = {**ip(version, near, far), **tcp, field.DPORT: numbers, field.DIRECTION: exactly(field.ORIGINAL)}
    # Only the prober begins; what follows may come from the kernel, which answers for a socket that was closed.
    begun = {field.STATE: exactly(field.NEW), field.USER: exactly(PROBE_UID)}
    yield Claim(owner, ROUTER, place, Box({**question, **begun}))
    yield Claim(owner, ROUTER, place, Box({**question, field.STATE: exactly(field.ESTABLISHED)}))
    answer = {field.SPORT: numbers, field.STATE: exactly(field.ESTABLISHED), field.DIRECTION: exactly(field.REPLY)}
    yield Claim(owner, place, ROUTER, Box({**ip(version, far, near), **tcp, **answer}))


def faults_to_router(ground: Ground) -> Iterator[Claim]:
    """Yield what a port may tell the router instead of an answer to a probe or to a lease."""
    for port in ground.ports:
        for limits in faults(port):
            box = Box({**limits, field.STATE: exactly(field.RELATED)}).free(*_LOOKED_AT)
            yield Claim(OWNER, port.place, ROUTER, box, optional=True)


def _with_zone(port: Stand, zone: Zone) -> Iterator[Claim]:
    if zone.ipv6 is not None and zone.dhcp:
        yield _heard(LEASES, port.place, leases6())
        yield from _leased(port.place, {**ip(6, None, LINK_LOCAL), **udp(547, 546)})
    if zone.ipv6 is not None:
        for limits in neighbours(port):
            yield _heard(NEIGHBOURS, port.place, {**limits, **_FROM_HERE})
        yield _said(NEIGHBOURS, port.place, {**icmp6(_ADVERTS), **_FROM_HERE})
    if zone.dhcp:
        yield from (_heard(LEASES, port.place, limits) for limits in leases4(port))
        yield from _leased(port.place, {**ip(4), **udp(67, 68)})


def _leased(place: str, limits: Limits) -> Iterator[Claim]:
    """Yield what servers of addresses say; the kernel tracks it as any datagram, and need not."""
    box = _judged(limits)
    yield Claim(LEASES, ROUTER, place, box.given(field.STATE, OPENED))
    yield Claim(LEASES, ROUTER, place, box.given(field.STATE, exactly(field.UNTRACKED)), optional=True)


def _with_plant(place: str, versions: tuple[int, ...], *, needed: bool) -> Iterator[Claim]:
    """Yield what goes on with an uplink; behind a translator it is let, and of no use."""
    for version in versions:
        groups = {**ip(version), field.PROTO: exactly(field.IGMP)}
        yield _heard(GROUPS, place, groups, needed=needed)
        yield _said(GROUPS, place, groups, needed=needed)
    if 6 not in versions:  # noqa: PLR2004 - a version of IP
        return
    yield _heard(GROUPS, place, {**icmp6(exactly(_QUERY)), field.HOPS: exactly(1)}, needed=needed)
    yield _said(GROUPS, place, icmp6(exactly(_REPORT)), needed=needed)
    yield _heard(NEIGHBOURS, place, {**icmp6(_IN_PLANT), **_FROM_HERE}, needed=needed)
    yield _said(NEIGHBOURS, place, {**icmp6(_IN_PLANT), **_FROM_HERE}, needed=needed)


def _heard(owner: str, place: str, limits: Limits, *, needed: bool = True) -> Claim:
    return Claim(owner, place, ROUTER, _judged(limits), optional=not needed)


def _said(owner: str, place: str, limits: Limits, *, needed: bool = True) -> Claim:
    return Claim(owner, ROUTER, place, _judged(limits), optional=not needed)


def _judged(limits: Limits) -> Box:
    return Box({**limits, field.STATE: UNRELATED}).free(*_LOOKED_AT)
