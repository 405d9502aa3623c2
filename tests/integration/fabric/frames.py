# SPDX-License-Identifier: Apache-2.0
"""Ethernet frames byte by byte, so that a test can lie in any field."""

from __future__ import annotations

import struct
from ipaddress import IPv4Address, IPv6Address, ip_address

BROADCAST = "ff:ff:ff:ff:ff:ff"
ALL_NODES = "33:33:00:00:00:01"
UDP, ICMPV6 = 17, 58
Ip = IPv4Address | IPv6Address


def mac(text: str) -> bytes:
    return bytes.fromhex(text.replace(":", ""))


def ether(source: str, target: str, kind: int, payload: bytes) -> str:
    """Return a frame in hexadecimal."""
    return (mac(target) + mac(source) + struct.pack("!H", kind) + payload.ljust(46, b"\0")).hex()


def tagged(vlan: int, kind: int, payload: bytes) -> bytes:
    """Return what follows EtherType 0x8100."""
    return struct.pack("!HH", vlan, kind) + payload


def ip(source: str, target: str, protocol: int, body: bytes, hops: int = 64) -> bytes:
    """Return an IPv4 or IPv6 packet, as the addresses say."""
    near, far = ip_address(source), ip_address(target)
    if near.version == 6:
        return struct.pack("!IHBB", 6 << 28, len(body), protocol, hops) + near.packed + far.packed + body
    head = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(body), 1, 0, hops, protocol, 0) + near.packed + far.packed
    return head[:10] + struct.pack("!H", checksum(head)) + head[12:] + body


def udp(source: str, target: str, ports: tuple[int, int], data: bytes) -> bytes:
    """Return an IP packet that holds a datagram."""
    body = struct.pack("!HHHH", *ports, 8 + len(data), 0) + data
    body = body[:6] + struct.pack("!H", over_ip(source, target, UDP, body) or 0xFFFF) + body[8:]
    return ip(source, target, UDP, body)


def icmp6(source: str, target: str, kind: int, rest: bytes) -> bytes:
    """Return a neighbour discovery packet: hop limit 255, correct checksum."""
    body = struct.pack("!BBH", kind, 0, 0) + rest
    body = body[:2] + struct.pack("!H", over_ip(source, target, ICMPV6, body)) + body[4:]
    return ip(source, target, ICMPV6, body, hops=255)


def arp(operation: int, sender: tuple[str, str], target: tuple[str, str], tail: bytes = b"") -> bytes:
    """Return an ARP packet; ends are MAC and IPv4 address."""
    head = struct.pack("!HHBBH", 1, 0x0800, 6, 4, operation)
    ends = b"".join(mac(link) + IPv4Address(address).packed for link, address in (sender, target))
    return head + ends + tail


def target_link(kind: int, link: str) -> bytes:
    """Return a neighbour discovery option with a link-layer address (RFC 4861 clause 4.6.1)."""
    return bytes((kind, 1)) + mac(link)


def dhcp_discover(link: str) -> bytes:
    """Return DHCPDISCOVER with the broadcast flag (RFC 2131)."""
    head = struct.pack("!BBBBIHH", 1, 1, 6, 0, 0x1234, 0, 0x8000) + bytes(16) + mac(link) + bytes(10 + 192)
    return head + b"\x63\x82\x53\x63" + b"\x35\x01\x01\xff"


def dhcp6_solicit(link: str) -> bytes:
    """Return SOLICIT with a DUID-LL and one IA_NA (RFC 8415)."""
    duid = struct.pack("!HH", 3, 1) + mac(link)
    options = struct.pack("!HH", 1, len(duid)) + duid + struct.pack("!HHIII", 3, 12, 7, 0, 0)
    return b"\x01\x00\x12\x34" + options


def checksum(data: bytes) -> int:
    """RFC 1071."""
    padded = data + b"\0" * (len(data) % 2)
    total: int = sum(struct.unpack(f"!{len(padded) // 2}H", padded))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def over_ip(source: str, target: str, protocol: int, body: bytes) -> int:
    """Return the checksum with the pseudo header (RFC 8200 clause 8.1; for IPv4 RFC 768)."""
    near, far = ip_address(source).packed, ip_address(target).packed
    form = "!HH" if len(near) == 4 else "!II"
    tail = struct.pack(form, protocol, len(body)) if len(near) == 4 else struct.pack(form, len(body), protocol)
    return checksum(near + far + tail + body)
