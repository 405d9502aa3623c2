# SPDX-License-Identifier: Apache-2.0
"""Frames byte by byte, so that a trial can lie in any field (IEEE 802.3, RFC 791, RFC 8200, RFC 826, RFC 4861)."""

from __future__ import annotations

import struct
from ipaddress import IPv4Address, IPv6Address, ip_address

from ringfence.base.checksum import checksum, summed
from ringfence.proof.field import ARP, ICMP6, IP4, IP6, TCP, UDP

Ip = IPv4Address | IPv6Address
BROADCAST, NOBODY = "ff:ff:ff:ff:ff:ff", "00:00:00:00:00:00"
SYN, ACK, SYN_ACK, RST = 2, 16, 18, 4
_LEAST = 46
"""Bytes of payload below which Ethernet pads a frame."""


def mac(text: str) -> bytes:
    """Return a MAC address as bytes."""
    return bytes.fromhex(text.replace(":", ""))


def ether(source: str, target: str, kind: int, payload: bytes, tags: tuple[tuple[int, int], ...] = ()) -> bytes:
    """Return a frame; ``tags`` are type and value of each VLAN tag, outermost first."""
    heads = b"".join(struct.pack("!HH", *tag) for tag in tags)
    return mac(target) + mac(source) + heads + struct.pack("!H", kind) + payload.ljust(_LEAST, b"\0")


def packet(source: Ip, target: Ip, protocol: int, body: bytes, hops: int = 64) -> bytes:
    """Return an IP packet with the checksums of both headers; the ends' version is its own."""
    near, far = source.packed, target.packed
    body = summed(near + far, protocol, body)
    if source.version == 6:  # noqa: PLR2004 - IPv6
        return struct.pack("!IHBB", 6 << 28, len(body), protocol, hops) + near + far + body
    head = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(body), 1, 0, hops, protocol, 0) + near + far
    return head[:10] + struct.pack("!H", checksum(head)) + head[12:] + body


def fragment(source: Ip, target: Ip, protocol: int, data: bytes) -> bytes:
    """Return the last fragment of a packet, whose others nobody sent."""
    if source.version == 6:  # noqa: PLR2004 - IPv6
        body = struct.pack("!BBHI", protocol, 0, 8 << 3, 0x1234) + data
        return struct.pack("!IHBB", 6 << 28, len(body), 44, 64) + source.packed + target.packed + body
    head = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(data), 0x1234, 8, 64, protocol, 0) + source.packed + target.packed
    return head[:10] + struct.pack("!H", checksum(head)) + head[12:] + data


def kind_of(address: Ip) -> int:
    """Return the EtherType of packets with such an address."""
    return IP6 if address.version == 6 else IP4  # noqa: PLR2004 - IPv6


def transport(protocol: int, ports: tuple[int, int], data: bytes, flags: int = SYN) -> bytes:
    """Return a TCP or UDP header with data; any other protocol has the data alone."""
    if protocol == TCP:
        return struct.pack("!HHIIBBHHH", *ports, 1000, 0 if flags == SYN else 1, 0x50, flags, 8192, 0, 0) + data
    if protocol == UDP:
        return struct.pack("!HHHH", *ports, 8 + len(data), 0) + data
    return data


def icmp(kind: int, rest: bytes, data: bytes) -> bytes:
    """Return an ICMP or ICMPv6 message; ``rest`` are the four bytes behind its checksum."""
    return struct.pack("!BBH", kind, 0, 0) + rest + data


def arp(operation: int, sender: tuple[str, str], target: tuple[str, str], data: bytes = b"") -> bytes:
    """Return an ARP packet; ends are MAC and IPv4 address, ``data`` lies in what pads the frame."""
    head = struct.pack("!HHBBH", 1, IP4, 6, 4, operation)
    ends = b"".join(mac(link) + IPv4Address(address).packed for link, address in (sender, target))
    return head + ends + data


def discovery(source: str, target: str, kind: int, rest: bytes, data: bytes) -> bytes:
    """Return a packet of neighbour discovery, with the data in an option that nobody knows (RFC 4861 clause 4.6)."""
    own = data.ljust(14, b"\0")
    body = icmp(kind, b"", rest + bytes((253, 2)) + own)
    return packet(IPv6Address(source), IPv6Address(target), ICMP6, body, hops=255)


def dhcp(link: str, data: bytes, operation: int = 1) -> bytes:
    """Return DHCPDISCOVER, or what a server would say, with the data in ``sname`` (RFC 2131 clause 2)."""
    head = struct.pack("!BBBBIHH", operation, 1, 6, 0, 0x1234, 0, 0x8000) + bytes(16) + mac(link) + bytes(10)
    return head + data.ljust(64, b"\0") + bytes(128) + b"\x63\x82\x53\x63\x35\x01\x01\xff"


def dhcp6(link: str, data: bytes, kind: int = 1) -> bytes:
    """Return SOLICIT, or another message, with the data in an option that nobody knows (RFC 8415)."""
    duid = struct.pack("!HH", 3, 1) + mac(link)
    known = struct.pack("!HH", 1, len(duid)) + duid + struct.pack("!HHIII", 3, 12, 7, 0, 0)
    return bytes((kind, 0, 0x12, 0x34)) + known + struct.pack("!HH", 65500, len(data)) + data


def group_mac(target: Ip) -> str:
    """Return the MAC of a group's frames (RFC 1112 clause 6.4, RFC 2464 clause 7)."""
    packed = target.packed
    if target.version == 6:  # noqa: PLR2004 - IPv6
        return "33:33:" + packed[-4:].hex(":")
    return "01:00:5e:" + bytes((packed[1] & 0x7F, *packed[2:])).hex(":")


def ip(text: str) -> Ip:
    """Return an address."""
    return ip_address(text)


ARP_KIND = ARP
