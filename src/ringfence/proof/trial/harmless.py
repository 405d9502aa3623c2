# SPDX-License-Identifier: Apache-2.0
"""What a canary sends on a fabric that carries a plant: packets that harm nobody even if the fabric were broken.

They are for the port of UDP that throws everything away (RFC 863), pings, connections to the router alone, and frames
of a type for experiments. None is in the name of anybody who is there, and none asks or tells who is whose neighbour.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ringfence.proof.field import ICMP, ICMP6, TCP, UDP

from .end import SIX, End
from .frame import BROADCAST, ip
from .ground import Ground
from .quiver import Link, Quiver
from .trial import Sample

_DISCARD, _SSH = (UDP, 9), (TCP, 22)
_EXPERIMENT = 0x88B5
"""EtherType for local experiments (IEEE 802 clause 9.2.3)."""
_STRANGER = "02:00:00:5f:fe:fe"
_FAR, _NEAR, _GATEWAYS = 3, 2, 2
"""So many workloads of other zones, of the own one, and gateways are tried by each canary."""


@dataclass(frozen=True, slots=True)
class Canary:
    """An end that comes for a moment. ``spare`` are addresses that are nobody's and not its own either."""

    end: End
    spare: tuple[str, ...] = ()


def samples(ground: Ground, canaries: Sequence[Canary], open_zones: frozenset[str], nonce: bytes) -> list[Sample]:
    """Return what canaries send, a few packets each. In a zone whose machines may all talk they leave those alone."""
    quiver = Quiver(nonce)
    for number, one in enumerate(canaries):
        others = [end for end in ground.ends if end.name.startswith("workload/")]
        near = [end for end in others if end.zone == one.end.zone and one.end.zone not in open_zones]
        far = [end for end in others if end.zone != one.end.zone]
        turn = number * _FAR % max(1, len(far))
        chosen = [*near[:_NEAR], *(far * 2)[turn : turn + min(_FAR, len(far))]]
        for own in one.end.addresses:
            _one(quiver, ground, one, own, chosen)
        quiver.frame(one.end, Link(one.end.mac, BROADCAST), _EXPERIMENT, "a frame of an experiment (0x88b5)")
        if one.end.bridge:
            quiver.frame(
                one.end, Link(one.end.mac, one.end.bridge), _EXPERIMENT, "a frame of an experiment to the host"
            )
    return quiver.samples


def _one(quiver: Quiver, ground: Ground, canary: Canary, own: str, chosen: Sequence[End]) -> None:
    end, source = canary.end, ip(own)
    router, ping = Link(end.mac, end.near), (ICMP6 if source.version == SIX else ICMP, 0)
    for far in chosen:
        for target in ground.speaks(far, source.version)[:1]:
            ends = (source, ip(target))
            quiver.conversation(end, router, ends, _DISCARD)
            quiver.conversation(end, router, ends, ping)
            if far.zone == end.zone:
                quiver.conversation(end, Link(end.mac, far.mac), ends, _DISCARD)
            for spare in (one for one in canary.spare if ip(one).version == source.version):
                quiver.conversation(end, router, (ip(spare), ip(target)), _DISCARD)
                quiver.conversation(end, Link(_STRANGER, end.near), ends, _DISCARD)
    gateways = [one for one in ground.gateways if ip(one).version == source.version]
    # The own zone's comes first: it shares most of the address.
    gateways.sort(key=lambda one: abs(int(ip(one)) - int(source)))
    for gateway in gateways[:_GATEWAYS]:
        for service in (ping, _SSH):
            quiver.conversation(end, router, (source, ip(gateway)), service)
    if end.bridge:
        host = ip("2001:db8::1" if source.version == SIX else "192.0.2.1")
        quiver.conversation(end, Link(end.mac, end.bridge), (source, host), _DISCARD)
