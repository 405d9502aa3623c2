# SPDX-License-Identifier: Apache-2.0
"""Frames that drawn rules of family bridge may look at, as bytes and as numbers by field."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from ipaddress import ip_address
from random import Random

from tests.oracle.terms import ARP, BITS, ICMP, ICMP6, IP4, IP6, TCP, UDP

_MACS = ("52:54:00:00:00:0a", "52:54:00:00:00:0b", "52:54:00:00:00:0c")
_TARGETS = (*_MACS[:2], "01:0c:cd:01:00:01", "ff:ff:ff:ff:ff:ff")
_FOUR = ("10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.9", "10.9.0.1", "192.0.2.1")
_SIX = ("fd00::1", "fd00::2", "fd00::7", "fe80::1", "2001:db8::1")
_PORTS = (21, 22, 502, 505, 8080, 9000)
_BROADCAST, _MULTICAST, _OTHERS = 1, 2, 3


@dataclass(slots=True)
class Frame:
    """``number`` stands in the IPv4 identification, the IPv6 flow label, or the target's address of ARP."""

    number: int
    port: str
    raw: bytes
    values: dict[str, int] = field(default_factory=dict)


def frames(chance: Random, count: int, ports: tuple[str, ...]) -> list[Frame]:
    return [_frame(chance, number, chance.choice(ports)) for number in range(1, count + 1)]


def _mac(text: str) -> bytes:
    return bytes.fromhex(text.replace(":", ""))


def _frame(chance: Random, number: int, port: str) -> Frame:
    source, target = _mac(chance.choice(_MACS)), _mac(chance.choice(_TARGETS))
    kind, payload, values = chance.choice((_four, _four, _six, _six, _said))(chance, number)
    cast = _OTHERS if not target[0] & 1 else _BROADCAST if target == b"\xff" * 6 else _MULTICAST
    known = {
        "iifname": int.from_bytes(port.encode().ljust(16, b"\0"), "big"),
        "ether saddr": int.from_bytes(source, "big"),
        "ether daddr": int.from_bytes(target, "big"),
        "meta protocol": kind,
        "meta pkttype": cast,
    }
    raw = target + source + struct.pack("!H", kind) + payload
    return Frame(number, port, raw.ljust(60, b"\0"), {**dict.fromkeys(BITS, 0), "@th,64": 0, **known, **values})


def _body(chance: Random, ping: int) -> tuple[int, bytes, dict[str, int]]:
    """Return a protocol, what stands behind the header of IP, and its fields."""
    protocol = chance.choice((TCP, UDP, ping))
    behind = bytes(chance.choice(((0xFE, 0x80), (0, 1), (1, 0)))).ljust(24, b"\7")
    raw = int.from_bytes(behind[:16], "big")
    if protocol == ping:
        kind = chance.choice((8, 0, 3, 11) if ping == ICMP else (128, 2, 136, 135, 137))
        return protocol, struct.pack("!BBHI", kind, 0, 0, 0) + behind, {"icmp type": kind, "@th,64": raw}
    ports = chance.choice(_PORTS), chance.choice(_PORTS)
    header = struct.pack("!HHHH", *ports, 32, 0)
    return protocol, header + behind, {"th sport": ports[0], "th dport": ports[1], "@th,64": raw}


def _four(chance: Random, number: int) -> tuple[int, bytes, dict[str, int]]:
    protocol, body, values = _body(chance, ICMP)
    ends = [int(ip_address(chance.choice(_FOUR))) for _ in "ab"]
    later = int(chance.random() < 0.1)
    hops = chance.choice((1, 3, 64))
    header = struct.pack("!BBHHHBBHII", 0x45, 0, 20 + len(body), number, later * 5, hops, protocol, 0, *ends)
    total = sum(struct.unpack("!10H", header))
    total = (total & 0xFFFF) + (total >> 16)
    header = header[:10] + struct.pack("!H", ~(total + (total >> 16)) & 0xFFFF) + header[12:]
    fields = {"ip saddr": ends[0], "ip daddr": ends[1], "hops": hops, "later fragment": later}
    return IP4, header + body, {**values, **fields, "meta l4proto": protocol}


def _six(chance: Random, number: int) -> tuple[int, bytes, dict[str, int]]:
    protocol, body, values = _body(chance, ICMP6)
    ends = [ip_address(chance.choice(_SIX)) for _ in "ab"]
    hops = chance.choice((1, 64, 255))
    header = struct.pack("!IHBB", 0x60000000 | number, len(body), protocol, hops) + ends[0].packed + ends[1].packed
    fields = {"ip6 saddr": int(ends[0]), "ip6 daddr": int(ends[1]), "hops": hops, "meta l4proto": protocol}
    return IP6, header + body, {**values, **fields}


def _said(chance: Random, number: int) -> tuple[int, bytes, dict[str, int]]:
    operation, sender = chance.choice((1, 2)), _mac(chance.choice(_MACS))
    source = int(ip_address(chance.choice(_FOUR)))
    payload = struct.pack("!HHBBH", 1, IP4, 6, 4, operation) + sender + struct.pack("!I", source)
    payload += bytes(6) + struct.pack("!I", number)
    fields = {"arp htype": 1, "arp ptype": IP4, "arp hlen": 6, "arp plen": 4, "arp operation": operation}
    fields |= {"arp saddr ether": int.from_bytes(sender, "big"), "arp saddr ip": source, "arp daddr ip": number}
    return ARP, payload, fields
