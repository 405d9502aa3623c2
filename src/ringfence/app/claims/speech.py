# SPDX-License-Identifier: Apache-2.0
"""What of a conversation a guest can say at all: nobody speaks as a server of addresses, or asks one for somebody else.

A conduit that names those ports (67 of DHCP, 547 of DHCPv6) opens them for the plant, and not for guests.
"""

from __future__ import annotations

from collections.abc import Iterator

from ringfence.proof import field
from ringfence.proof.box import Box, Limits
from ringfence.proof.values import common, exactly, whole, without

from .ground import Stand
from .port import four, leases4, six

_UDP = exactly(field.UDP)
_ANY = whole(16)
_NO_SERVER = {4: without(_ANY, exactly(67)), 6: without(_ANY, exactly(547))}
_WHOLE: Limits = {field.LATER: exactly(0)}


def spoken(port: Stand | None, version: int, packets: Limits) -> Iterator[Box]:
    """Yield what of packets may come from a port; None stands for an uplink, where anything may."""
    protocol = packets.get(field.PROTO)
    if port is None or (protocol is not None and protocol != _UDP):
        yield Box(packets)
    elif protocol is None:
        yield from _anything(port, version, packets)
    else:
        yield from _datagrams(port, version, packets)


def _datagrams(port: Stand, version: int, packets: Limits) -> Iterator[Box]:
    sources = common(packets.get(field.SPORT, _ANY), _NO_SERVER[version])
    wanted = packets.get(field.DPORT, _ANY)
    targets = common(wanted, _NO_SERVER[version]) if version == 4 else wanted  # noqa: PLR2004 - a version of IP
    if sources and targets:
        box = Box({**packets, field.SPORT: sources})
        yield box if targets == _ANY else box.given(field.DPORT, targets)
    if targets != wanted:
        yield from _within(leases4(port), packets)


def _anything(port: Stand, version: int, packets: Limits) -> Iterator[Box]:
    yield from _within(four(port) if version == 4 else six(port), packets)  # noqa: PLR2004 - a version of IP


def _within(said: Iterator[Limits], packets: Limits) -> Iterator[Box]:
    """Yield what is both; the router sees whole packets, fragments were put together before."""
    for one in said:
        found = Box(packets).limited({**one, **_WHOLE} if field.LATER not in one else one)
        if found is not None and found.at(field.LATER) == _WHOLE[field.LATER]:
            yield found.free(field.LATER)
