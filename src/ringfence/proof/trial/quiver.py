# SPDX-License-Identifier: Apache-2.0
"""Makes samples: numbers them, writes their frames, and says what they are in the fields of the proof."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass, field

from ringfence.proof.field import (
    ARP,
    ARP_HLEN,
    ARP_HTYPE,
    ARP_OPERATION,
    ARP_PLEN,
    ARP_PTYPE,
    ARP_SOURCE,
    ARP_SOURCE_MAC,
    ARP_TARGET,
    ARP_TARGET_MAC,
    DIRECTION,
    DPORT,
    ESTABLISHED,
    ETHER_SOURCE,
    ETHER_TARGET,
    HOPS,
    ICMP,
    ICMP6,
    IP4,
    LATER,
    NEW,
    ORIGINAL,
    PROTO,
    PROTOCOL,
    REPLY,
    SOURCE4,
    SOURCE6,
    SPORT,
    STATE,
    TAG,
    TARGET4,
    TARGET6,
    TCP,
    TYPE,
    UDP,
    USER,
    VLAN,
    VRRP,
)

from .end import End
from .frame import SYN, Ip, arp, discovery, ether, fragment, icmp, ip, kind_of, mac, packet, transport
from .trial import Sample

NONCE = 7
_NAMES: Mapping[int, str] = {TCP: "TCP", UDP: "UDP", ICMP: "ping", ICMP6: "ping"}
_ECHO: Mapping[int, tuple[int, int]] = {ICMP: (8, 0), ICMP6: (128, 129)}
_PORTED = frozenset({TCP, UDP})
_FIRST_PORT, _PORTS = 20000, 40000


@dataclass(frozen=True, slots=True)
class Link:
    """A frame's own heads: in whose name, for whom, behind which tags (type and value, outermost first)."""

    source: str
    target: str
    tags: tuple[tuple[int, int], ...] = ()

    @property
    def point(self) -> dict[str, int]:
        """Return the fields that it sets. The kernel looks behind one tag."""
        tag, value = self.tags[0] if self.tags else (0, 0)
        found = {ETHER_SOURCE: _number(self.source), ETHER_TARGET: _number(self.target), TAG: tag}
        return found | {VLAN: value & 0xFFF}


@dataclass(slots=True)
class Quiver:
    """Samples so far; ``nonce`` (7 bytes) tells them from anybody else's packets."""

    nonce: bytes
    samples: list[Sample] = field(default_factory=list)
    real: Mapping[tuple[str, str], str] = field(default_factory=dict)
    """By end and address that workloads know somebody by: what he has on his own network, behind a translation."""

    def word(self) -> bytes:
        """Return what the next sample carries: it begins with ``o``, which a stub's answer turns into ``r``."""
        return b"o" + self.nonce + struct.pack("!I", len(self.samples))

    def conversation(
        self, end: End, link: Link, ends: tuple[Ip, Ip], service: tuple[int, int], flags: int = SYN, sport: int = 0
    ) -> Sample:
        """Add the first packet of a conversation; ``service`` is protocol and port, 0 for what has no ports."""
        (source, target), (protocol, port), word = ends, service, self.word()
        near = sport or _FIRST_PORT + len(self.samples) % _PORTS
        if protocol in _ECHO:
            body = icmp(_ECHO[protocol][0], struct.pack("!HH", near, 1), word)
        else:
            body = transport(protocol, (near, port), word, flags)
        point = _asked(source, target, protocol, (near, port))
        name = _NAMES.get(protocol, f"IP protocol {protocol}")
        what = f"{name} from {source} to {target}" + (f" port {port}" if protocol in _PORTED else "")
        sent = ip(self.real.get((end.name, str(source)), str(source)))
        found = packet(sent, target, protocol, body, _hops(protocol))
        return self._add(end, link, what, found, {**point, HOPS: _hops(protocol)}, _answered(point), body)

    def later(self, end: End, link: Link, ends: tuple[Ip, Ip]) -> Sample:
        """Add what is left of a packet behind its first fragment (RFC 791 clause 3.2, RFC 8200 clause 4.5)."""
        source, target = ends
        found = fragment(source, target, UDP, self.word().ljust(24, b"."))
        point = _asked(source, target, UDP, (0, 0)) | {LATER: 1, STATE: NEW}
        plain = {name: value for name, value in point.items() if name not in {SPORT, DPORT}}
        return self._add(end, link, f"a later fragment from {source} to {target}", found, plain, None, b"")

    def message(self, end: End, link: Link, ends: tuple[Ip, Ip], kind: int, rest: bytes, what: str) -> Sample:
        """Add an ICMP message that is no ping."""
        source, target = ends
        protocol = ICMP6 if source.version == 6 else ICMP  # noqa: PLR2004 - IPv6
        body = icmp(kind, b"", rest + self.word())
        point = {**_asked(source, target, protocol, (0, 0)), TYPE: kind}
        return self._add(end, link, what, packet(source, target, protocol, body), point, None, body)

    def neighbour(self, end: End, link: Link, ends: tuple[str, str], kind: int, rest: bytes, what: str) -> Sample:
        """Add a message of neighbour discovery."""
        found = discovery(*ends, kind, rest, self.word())
        point = {**_asked(ip(ends[0]), ip(ends[1]), ICMP6, (0, 0)), TYPE: kind, HOPS: 255}
        return self._add(end, link, what, found, point, None, found[40:])

    def question(
        self, end: End, link: Link, operation: int, sender: tuple[str, str], target: tuple[str, str], what: str
    ) -> Sample:
        """Add an ARP packet; ``sender`` and ``target`` are MAC and address."""
        point = {PROTOCOL: ARP, ARP_HTYPE: 1, ARP_PTYPE: IP4, ARP_HLEN: 6, ARP_PLEN: 4, ARP_OPERATION: operation}
        point |= {ARP_SOURCE_MAC: _number(sender[0]), ARP_SOURCE: int(ip(sender[1]))}
        point |= {ARP_TARGET_MAC: _number(target[0]), ARP_TARGET: int(ip(target[1]))}
        number, asks = len(self.samples), (sender[1], target[1]) if operation == 1 else None
        frame = ether(link.source, link.target, ARP, arp(operation, sender, target, self.word()), link.tags)
        found = Sample(number, end.name, what, frame, {**point, **link.point}, asks=asks)
        self.samples.append(found)
        return found

    def datagram(
        self, end: End, link: Link, ends: tuple[Ip, Ip], ports: tuple[int, int], data: bytes, what: str
    ) -> Sample:
        """Add a UDP datagram with data of its own, which has the word in it."""
        body = transport(UDP, ports, data)
        point = _asked(*ends, UDP, ports)
        return self._add(end, link, what, packet(*ends, UDP, body), point, None, body)

    def frame(self, end: End, link: Link, kind: int, what: str) -> Sample:
        """Add a frame that holds no packet we know."""
        number = len(self.samples)
        found = ether(link.source, link.target, kind, bytes(2) + self.word(), link.tags)
        sample = Sample(number, end.name, what, found, {PROTOCOL: kind, **link.point})
        self.samples.append(sample)
        return sample

    def knock(self, address: Ip, source: Ip, port: int, user: int) -> Sample:
        """Add a TCP connection that the router opens itself; the kernel chooses ``source``."""
        point = {**_asked(source, address, TCP, (0, port)), USER: user}
        what = f"TCP of the router's user {user} to {address} port {port}"
        sample = Sample(
            len(self.samples), "router", what, b"", point, _answered(point), knock=(str(address), port, user)
        )
        self.samples.append(sample)
        return sample

    def _add(
        self,
        end: End,
        link: Link,
        what: str,
        found: bytes,
        point: dict[str, int],
        back: dict[str, int] | None,
        body: bytes,
    ) -> Sample:
        number = len(self.samples)
        frame = ether(link.source, link.target, point[PROTOCOL], found, link.tags)
        sample = Sample(number, end.name, what, frame, {**point, **link.point}, back, body)
        self.samples.append(sample)
        return sample


def _asked(source: Ip, target: Ip, protocol: int, ports: tuple[int, int]) -> dict[str, int]:
    four = source.version == 4  # noqa: PLR2004 - IPv4
    near, far = (SOURCE4, TARGET4) if four else (SOURCE6, TARGET6)
    found = {PROTOCOL: kind_of(source), near: int(source), far: int(target), PROTO: protocol, HOPS: 64, LATER: 0}
    found |= {STATE: NEW, DIRECTION: ORIGINAL}
    if protocol in _ECHO:
        return found | {TYPE: _ECHO[protocol][0]}
    return found | ({SPORT: ports[0], DPORT: ports[1]} if protocol in _PORTED else {})


def _answered(point: Mapping[str, int]) -> dict[str, int] | None:
    """Return the answer to what a stub answers, as a packet of the same conversation."""
    protocol = point[PROTO]
    if protocol not in _ECHO and protocol not in _PORTED:
        return None
    turned = {SOURCE4: TARGET4, TARGET4: SOURCE4, SOURCE6: TARGET6, TARGET6: SOURCE6, SPORT: DPORT, DPORT: SPORT}
    found = {turned.get(name, name): value for name, value in point.items() if name != USER}
    found |= {STATE: ESTABLISHED, DIRECTION: REPLY}
    return found | ({TYPE: _ECHO[protocol][1]} if protocol in _ECHO else {})


def _hops(protocol: int) -> int:
    return 255 if protocol == VRRP else 64  # RFC 5798 clause 5.1.1.3


def _number(link: str) -> int:
    return int.from_bytes(mac(link), "big")
