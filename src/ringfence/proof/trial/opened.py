# SPDX-License-Identifier: Apache-2.0
"""What claims promise, as packets: each claim at the corners of its ranges."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address

from ringfence.proof.box import Box
from ringfence.proof.field import (
    DIRECTION,
    DPORT,
    ESTABLISHED,
    ETHER_SOURCE,
    ETHER_TARGET,
    NEW,
    ORIGINAL,
    PROTO,
    PROTOCOL,
    SOURCE4,
    SOURCE6,
    STATE,
    TAG,
    TARGET4,
    TARGET6,
    TCP,
    USER,
    VLAN,
    VRRP,
)
from ringfence.proof.flow import Claim
from ringfence.proof.values import Values

from .end import End
from .frame import BROADCAST, Ip, group_mac, ip
from .ground import Ground
from .quiver import Link, Quiver
from .trial import Point, Sample

Service = tuple[int, int]
"""Protocol and port; 0 where it has none."""
_FEW = 4
_EVERYBODY = "255.255.255.255"
_ICMPS = frozenset({1, 58})


@dataclass(frozen=True, slots=True)
class Opened:
    """A conversation that a claim lets one open: to which end, with which addresses."""

    end: str
    source: Ip
    target: Ip
    service: Service


def opened(claims: Iterable[Claim]) -> dict[str, list[Opened]]:
    """Return what each end may open, at the corners of the claims' ranges."""
    found: dict[str, list[Opened]] = defaultdict(list)
    for claim in claims:
        if _opens(claim.box):
            found[claim.source] += dict.fromkeys(_corners(claim))
    return found


def services(found: Mapping[str, Iterable[Opened]], most: int) -> dict[str, list[Service]]:
    """Return up to ``most`` services that are open to anybody, by the end that has them."""
    known: dict[str, dict[Service, None]] = defaultdict(dict)
    for one in (one for all_of in found.values() for one in all_of):
        known[one.end][one.service] = None
    return {end: list(all_of)[:most] for end, all_of in known.items()}


def conversations(quiver: Quiver, ground: Ground, found: Mapping[str, Iterable[Opened]]) -> None:
    """Try everything that may be opened, and one port beside it."""
    for end in ground.ends:
        tried: set[tuple[Ip, Ip, Service]] = set()
        for one in found.get(end.name, ()):
            protocol, port = one.service
            beside = [(protocol, port + 1)] if 0 < port < 65535 else []  # noqa: PLR2004 - the last port
            for service in ((protocol, port), *beside):
                if (one.source, one.target, service) not in tried:
                    tried.add((one.source, one.target, service))
                    _try(quiver, ground, end, one, service)


def frames(quiver: Quiver, ground: Ground, claims: Iterable[Claim]) -> None:
    """Try the frames of layer-2 conduits: as they are declared, with another tag, type and receiver."""
    known = {end.name: end for end in ground.ends}
    for claim in claims:
        box = claim.box.limits
        if ETHER_TARGET not in box or TARGET4 in box or TARGET6 in box or claim.source not in known:
            continue
        source, target = (_mac(box[name]) if name in box else "" for name in (ETHER_SOURCE, ETHER_TARGET))
        kind, tag, vlan = (_first(claim.box, name) for name in (PROTOCOL, TAG, VLAN))
        end = known[claim.source]
        tags = ((tag, vlan),) if tag else ()
        for link, of in (
            (Link(source or end.mac, target, tags), kind),
            (Link(source or end.mac, target, ((0x8100, vlan + 1),)), kind),
            (Link(source or end.mac, BROADCAST, tags), kind),
            (Link(source or end.mac, target, tags), kind + 1),
            (Link("02:00:00:00:00:77", target, tags), kind),
        ):
            said = "".join(f" behind tag 0x{one:04x} VLAN {value}" for one, value in link.tags)
            quiver.frame(end, link, of, f"a frame 0x{of:04x} from {link.source} to {link.target}{said}")


def knocks(quiver: Quiver, claims: Iterable[Claim]) -> None:
    """Try what the router asks by itself: as its prober, as anybody else, and at a port beside."""
    tried: set[tuple[Ip, int]] = set()
    for claim in claims:
        users = claim.box.limits.get(USER)
        if claim.source != "router" or not users or _first(claim.box, PROTO) != TCP:
            continue
        for one in _corners(claim):
            if (one.target, one.service[1]) not in tried:
                tried.add((one.target, one.service[1]))
                for user, port in (
                    (users[0][0], one.service[1]),
                    (0, one.service[1]),
                    (users[0][0], one.service[1] + 1),
                ):
                    quiver.knock(one.target, one.source, port, user)


def _try(quiver: Quiver, ground: Ground, end: End, one: Opened, service: Service) -> None:
    everybody = set(ground.broadcasts.values())
    if str(one.target) == _EVERYBODY:
        quiver.conversation(end, Link(end.mac, BROADCAST), (one.source, one.target), service)
    elif str(one.target) in everybody:
        _to_subnet(quiver, ground, end, one, service)
    else:
        near = group_mac(one.target) if one.target.is_multicast else end.near
        quiver.conversation(end, Link(end.mac, near or BROADCAST), (one.source, one.target), service)


def _to_subnet(quiver: Quiver, ground: Ground, end: End, one: Opened, service: Service) -> None:
    """Speak to everybody of the end's own subnet: the router addresses it anew for those of others."""
    own = ground.broadcasts.get(end.name)
    if own is None:
        return
    sample = quiver.conversation(end, Link(end.mac, BROADCAST), (one.source, ip(own)), service)
    points: tuple[Point, ...] = tuple(
        {**sample.point, TARGET4: int(ip(there))} for there in sorted(set(ground.broadcasts.values()) - {own})
    )
    quiver.samples[-1] = _with(sample, points)


def _with(sample: Sample, points: tuple[Point, ...]) -> Sample:
    return Sample(
        sample.number, sample.source, sample.what, sample.frame, sample.point, sample.back, sample.header, also=points
    )


def _opens(box: Box) -> bool:
    """Tell whether a box has the first packets of conversations between addresses in it."""
    state, way = box.limits.get(STATE), box.limits.get(DIRECTION)
    begins = (
        state is None or any(first <= NEW <= last for first, last in state) or state == ((ESTABLISHED, ESTABLISHED),)
    )
    forth = way is None or any(first <= ORIGINAL <= last for first, last in way)
    near, far = (SOURCE4 in box.limits or SOURCE6 in box.limits), (TARGET4 in box.limits or TARGET6 in box.limits)
    return bool(begins and forth and near and far and _asks(box))


def _asks(box: Box) -> bool:
    """Tell whether it is one of the protocols that a trial speaks, and of ICMP a ping."""
    protocol = _first(box, PROTO)
    if protocol in _ICMPS:
        kinds = box.limits.get("icmp type")
        return kinds is None or any(first <= echo <= last for first, last in kinds for echo in (8, 128))
    return True


def _corners(claim: Claim) -> Iterator[Opened]:
    box = claim.box
    four = TARGET4 in box.limits
    near, far = (SOURCE4, TARGET4) if four else (SOURCE6, TARGET6)
    for source in _hosts(box.limits.get(near, ()))[:_FEW]:
        for target in _hosts(box.limits.get(far, ()))[:_FEW]:
            read = IPv4Address if four else IPv6Address
            for service in _services(box):
                yield Opened(claim.target, read(source), read(target), service)


def _services(box: Box) -> list[Service]:
    protocol = _first(box, PROTO)
    if PROTO not in box.limits:
        return [(TCP, 22)]
    if protocol == VRRP or protocol in _ICMPS:
        return [(protocol, 0)]
    return [(protocol, port) for port in _ends(box.limits.get(DPORT, ((22, 22),)))]


def _ends(values: Values) -> list[int]:
    """Return the first and the last number of each span."""
    return list(dict.fromkeys(one for span in values for one in span))


def _hosts(values: Values) -> list[int]:
    """Return addresses at the ends of each span; of a network neither its own nor that of everybody in it."""
    inner = [(first + 1, last - 1) if last - first > 1 else (first, last) for first, last in values]
    return list(dict.fromkeys(one for span in inner for one in span))


def _first(box: Box, name: str) -> int:
    values = box.limits.get(name)
    return values[0][0] if values else 0


def _mac(values: Values) -> str:
    return values[0][0].to_bytes(6, "big").hex(":")
