# SPDX-License-Identifier: Apache-2.0
"""One packet out of a box: the smallest, where small means plain. It is what a person is shown as a counter-example.

Each field that the box limits gets one value: the one that people meet most (IPv4, TCP, a first packet, no tag), else
the lowest. So the same box always gives the same packet.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from . import field
from .box import Box
from .values import Values, common, exactly

Packet = Mapping[str, int]
"""Values by field. Fields that are not named may hold anything."""

_PLAIN: Final[Mapping[str, tuple[int, ...]]] = {
    field.PROTOCOL: (field.IP4, field.IP6, field.ARP),
    field.PROTO: (field.TCP, field.UDP, field.ICMP, field.ICMP6),
    field.STATE: (field.NEW, field.ESTABLISHED),
    field.DIRECTION: (field.ORIGINAL, field.REPLY),
    field.SPORT: (1024,),
    field.DPORT: (1,),
    field.TYPE: (8, 128, 0, 129),
    field.HOPS: (64,),
    field.ARP_OPERATION: (1, 2),
    field.TAG: (0, field.TAGGED),
    field.LATER: (0,),
}
"""What is taken first, where it is there. Ports: the lowest that anybody may use, and the lowest that there is."""
_BOTH: Final = (field.SOURCE4, field.TARGET4, field.SOURCE6, field.TARGET6)
_ORDER: Final = (field.PROTOCOL, field.TAG, field.VLAN, field.STATE, field.DIRECTION, field.PROTO, field.TYPE)
_REST: Final = (field.DPORT, field.SPORT, *_BOTH)


def smallest(box: Box, likely: Mapping[str, Values] | None = None) -> Packet:
    """Return the plainest packet of a box; ``likely`` are values of addresses that its ends really have."""
    wanted = likely or {}
    return {name: _one(name, values, wanted.get(name)) for name, values in box.limits.items()}


def smaller(packet: Packet) -> tuple[int, ...]:
    """Return a key by which packets are sorted: the plainest first."""
    found = (packet.get(name, 0) for name in _REST)
    return (*(_rank(name, packet.get(name)) for name in _ORDER), *found)


def alone(packet: Packet) -> Box:
    """Return a packet as a box of one."""
    return Box({name: exactly(value) for name, value in packet.items()})


def plainest(boxes: Iterable[Box], likely: Mapping[str, Values] | None = None) -> Packet:
    """Return the plainest packet of several boxes, of which there is one at least."""
    return min((smallest(box, likely) for box in boxes), key=smaller)


def _one(name: str, values: Values, likely: Values | None) -> int:
    if likely and (both := common(values, likely)):
        return both[0][0]
    for value in _PLAIN.get(name, ()):
        if common(values, exactly(value)):
            return value
    return values[0][0]


def _rank(name: str, value: int | None) -> int:
    plain = _PLAIN.get(name, ())
    if value is None:
        return -1
    return plain.index(value) if value in plain else len(plain) + value
