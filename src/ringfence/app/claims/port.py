# SPDX-License-Identifier: Apache-2.0
"""What a port may hand to the router's leg of its zone: frames of its own MAC address with its own addresses in them.

IP from bound addresses; ARP of bound addresses and the probe for a conflict (RFC 5227); RARP, which announces a guest
that moved; neighbour discovery from link-local addresses and from none (RFC 4861), adverts for own targets alone; DHCP
for the own MAC address (RFC 2131), and what clients of DHCPv6 say (RFC 8415), but not what gives addresses back; errors
about packets that were sent to it. Never what servers and routers say, nor reports of groups.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ringfence.proof import field
from ringfence.proof.box import Box, Limits
from ringfence.proof.flow import Claim
from ringfence.proof.values import NOTHING, Values, exactly, joined, prefix, whole, without

from .ground import Ground, Stand
from .packet import ERRORS, ip
from .span import ethernet

OWNER = "standing/guard"
LINK_LOCAL = prefix(0xFE80 << 112, 10, 128)
_EVERYBODY4 = exactly((1 << 32) - 1)
_UNSPECIFIED = exactly(0)
_ADVERT, _REDIRECT, _ROUTER_ADVERT = 136, 137, 134
_SOLICITS = exactly(133, 135)
_REPORTS = exactly(131, 143)
"""What listeners to groups report (RFC 2710, RFC 3810)."""
_TARGET, _ABOUT4, _ABOUT6, _ASKER = (f"{field.RAW}{bits}" for bits in (64, 192, 256, 256))
"""Target of an advert; whom the packet was for that an error is about; relay and asker of a DHCP message."""
_MESSAGE6 = f"{field.RAW}64"
"""Type of a DHCPv6 message, its first byte."""
_CLIENT6 = (1, 3, 4, 5, 6, 11)
"""Solicit, request, confirm, renew, rebind, information (RFC 8415 clause 7.3)."""
_FIRST: Limits = {field.LATER: exactly(0)}
_LATER: Limits = {field.LATER: exactly(1)}


def handed(ground: Ground) -> Iterator[Claim]:
    """Yield what each port may hand to its zone's leg."""
    for port in ground.ports:
        if ground.site.zones[port.zone].routed:
            own = {field.ETHER_SOURCE: ethernet(port.mac), field.TAG: exactly(0)}
            for limits in (*four(port), *six(port), *_arp(port), {field.PROTOCOL: exactly(field.RARP)}):
                yield Claim(OWNER, port.place, f"leg/{port.zone}", Box({**own, **limits}))


def leases4(port: Stand) -> Iterator[Limits]:
    """Yield what a client of DHCP says: from no address to everybody, or from an address it has; for its own MAC."""
    mac, length = ethernet(port.mac)[0][0], field.RAW_BITS
    asks = {**udp(68, 67), _ASKER: prefix(mac << 48, 80, length)}
    yield {**ip(4, _UNSPECIFIED, _EVERYBODY4), **asks}
    if own := port.addresses.get(4):
        yield {**ip(4, own), **asks}


def leases6() -> Limits:
    """Return what a client of DHCPv6 says."""
    kinds = joined(span for kind in _CLIENT6 for span in prefix(kind << 120, 8, field.RAW_BITS))
    return {**ip(6, LINK_LOCAL), **udp(546, 547), _MESSAGE6: kinds}


def neighbours(port: Stand) -> Iterator[Limits]:
    """Yield neighbour discovery: questions, and adverts of link-local and of own addresses."""
    own = port.addresses.get(6, NOTHING)
    yield {**ip(6, joined((*_UNSPECIFIED, *LINK_LOCAL, *own))), **icmp6(_SOLICITS)}
    local = prefix(0xFE80 << 112, 16, field.RAW_BITS)
    yield {**ip(6, LINK_LOCAL), **icmp6(exactly(_ADVERT)), _TARGET: local}
    if own:
        yield {**ip(6, joined((*LINK_LOCAL, *own))), **icmp6(exactly(_ADVERT)), _TARGET: own}


def faults(port: Stand) -> Iterator[Limits]:
    """Yield errors about packets that were sent to the port."""
    for version, about in ((4, _ABOUT4), (6, _ABOUT6)):
        if own := port.addresses.get(version):
            protocol, types = ERRORS[version]
            kind = {field.PROTO: exactly(protocol), field.TYPE: types, about: _in_front(own, version), **_FIRST}
            yield {**ip(version, own), **kind}


def four(port: Stand) -> Iterator[Limits]:
    """Yield what a port may say in IPv4."""
    yield from leases4(port)
    if own := port.addresses.get(4):
        yield from _rest(ip(4, own), field.ICMP, ERRORS[4][1], 67)
        yield from (one for one in faults(port) if field.SOURCE4 in one)


def six(port: Stand) -> Iterator[Limits]:
    """Yield what a port may say in IPv6."""
    yield leases6()
    yield from neighbours(port)
    if own := port.addresses.get(6):
        special = joined((*ERRORS[6][1], *_REPORTS, *exactly(_ADVERT, _REDIRECT, _ROUTER_ADVERT)))
        yield from _rest(ip(6, own), field.ICMP6, special, 547)
        yield from (one for one in faults(port) if field.SOURCE6 in one)


def _rest(own: Limits, icmp: int, special: Values, server: int) -> Iterator[Limits]:
    """Yield everything from own addresses that is not looked into: all but ICMP's special types, and no server's.

    Who asks servers of IPv4 is told by his question alone; behind the first fragment there is nothing to look at.
    """
    apart = exactly(icmp, field.UDP)
    yield {**own, field.PROTO: without(whole(8), apart)}
    yield {**own, field.PROTO: apart, **_LATER}
    yield {**own, field.PROTO: exactly(icmp), field.TYPE: without(whole(8), special), **_FIRST}
    others = without(whole(16), exactly(server))
    datagram = {**own, field.PROTO: exactly(field.UDP), field.SPORT: others, **_FIRST}
    yield datagram if icmp == field.ICMP6 else {**datagram, field.DPORT: others}


def _arp(port: Stand) -> Iterator[Limits]:
    plain = {
        field.PROTOCOL: exactly(field.ARP),
        field.ARP_HTYPE: exactly(1),
        field.ARP_PTYPE: exactly(field.IP4),
        field.ARP_HLEN: exactly(6),
        field.ARP_PLEN: exactly(4),
        field.ARP_SOURCE_MAC: ethernet(port.mac),
    }
    yield {**plain, field.ARP_OPERATION: exactly(1), field.ARP_SOURCE: _UNSPECIFIED}
    if own := port.addresses.get(4):
        yield {**plain, field.ARP_SOURCE: own}


def udp(source: int, target: int) -> Limits:
    """Return datagrams from one port to another."""
    ports = {field.SPORT: exactly(source), field.DPORT: exactly(target)}
    return {field.PROTO: exactly(field.UDP), **ports, **_FIRST}


def icmp6(types: Values) -> Limits:
    """Return messages of ICMPv6."""
    return {**ip(6), field.PROTO: exactly(field.ICMP6), field.TYPE: types, **_FIRST}


def _in_front(addresses: Iterable[tuple[int, int]], version: int) -> Values:
    """Return what is 128 bits wide and begins with one of the addresses."""
    rest = field.RAW_BITS - {4: 32, 6: 128}[version]
    return tuple((first << rest, (last + 1 << rest) - 1) for first, last in addresses)
