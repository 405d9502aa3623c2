# SPDX-License-Identifier: Apache-2.0
"""What a site declares as claims, worked out from ``declared`` alone: a third opinion beside compiler and claims."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import ip_address

from tests.packets.declared import Talk, address, talks
from tests.packets.frames import passages

from ringfence.compile.bindings import Bindings
from ringfence.proof import field
from ringfence.proof.box import Box
from ringfence.proof.flow import Claim
from ringfence.proof.values import Values, exactly
from ringfence.site.site import Site

_PROTOCOLS = {"tcp": field.TCP, "udp": field.UDP}
_ANY_STATE = exactly(field.NEW, field.ESTABLISHED, field.UNTRACKED)


def claims(site: Site, bindings: Bindings) -> list[Claim]:
    """Return the claims of conversations, of frames, and of what every port may ask the router."""
    found = [claim for one in sorted(talks(site)) for claim in _talk(site, bindings, one)]
    return [*found, *_passages(site, bindings), *_standing(site)]


def end(site: Site, workload: str) -> str:
    return f"workload/{workload}/{site.workloads[workload].interfaces[0].name}"


def _talk(site: Site, bindings: Bindings, talk: Talk) -> Iterator[Claim]:
    near, far = end(site, talk.source), end(site, talk.target)
    source, target = (int(ip_address(address(bindings, one, talk.version))) for one in (talk.source, talk.target))
    four = talk.version == 4
    here, there = (field.SOURCE4, field.TARGET4) if four else (field.SOURCE6, field.TARGET6)
    ping = field.ICMP if four else field.ICMP6
    same: dict[str, Values] = {
        field.PROTOCOL: exactly(field.IP4 if four else field.IP6),
        field.PROTO: exactly(_PROTOCOLS.get(talk.protocol, ping)),
    }
    echo, answer = ((field.TYPE, field.TYPE), (8, 0) if four else (128, 129)) if talk.protocol == "ping" else ((), ())
    asks, tells = echo or (field.DPORT, field.SPORT)
    asked, told = answer or (talk.port, talk.port)
    forth = {here: exactly(source), there: exactly(target), asks: exactly(asked), field.DIRECTION: exactly(0)}
    back = {here: exactly(target), there: exactly(source), tells: exactly(told), field.DIRECTION: exactly(1)}
    owner = f"conduit/{talk.source}-{talk.target}"
    both = exactly(field.NEW, field.ESTABLISHED)
    yield Claim(owner, near, far, Box({**same, **forth, field.STATE: both}))
    yield Claim(owner, far, near, Box({**same, **back, field.STATE: exactly(field.ESTABLISHED)}))


def _passages(site: Site, bindings: Bindings) -> Iterator[Claim]:
    for one in sorted(passages(site, bindings)):
        ends = (_place(site, one.source), _place(site, one.target))
        heads = {field.ETHER_SOURCE: _mac(one.sender), field.ETHER_TARGET: _mac(one.receiver)}
        box = {**heads, field.PROTOCOL: exactly(one.kind)}
        if not one.vlan:
            yield Claim("conduit/frames", *ends, Box({**box, field.TAG: exactly(0)}))
        tag = {field.TAG: exactly(field.TAGGED), field.VLAN: exactly(one.vlan)}
        yield Claim("conduit/frames", *ends, Box({**box, **tag}))


def _standing(site: Site) -> Iterator[Claim]:
    for workload in site.workloads.values():
        for interface in workload.interfaces:
            port = f"workload/{workload.name}/{interface.name}"
            lease, lease6 = (
                {field.PROTO: exactly(field.UDP), field.SPORT: exactly(near), field.DPORT: exactly(far)}
                for near, far in ((68, 67), (546, 547))
            )
            adverts = {field.PROTO: exactly(field.ICMP6), field.TYPE: exactly(133, 135, 136), field.HOPS: exactly(255)}
            for box in (lease, lease6, adverts):
                yield Claim("standing/router", port, "router", Box({**box, field.STATE: _ANY_STATE}), optional=True)


def _place(site: Site, place: str) -> str:
    kind, _, name = place.partition("/")
    return end(site, name) if kind == "workload" else f"wire/{name}"


def _mac(text: str) -> Values:
    return exactly(int(text.replace(":", ""), 16))
