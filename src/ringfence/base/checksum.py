# SPDX-License-Identifier: Apache-2.0
"""The checksum of IP, UDP, TCP and ICMP (RFC 1071), and of UDP, TCP and ICMPv6 with the pseudo header (RFC 8200)."""

from __future__ import annotations

import struct

TCP, UDP, ICMP, ICMP6 = 6, 17, 1, 58
_AT = {TCP: 16, UDP: 6, ICMP: 2, ICMP6: 2}
"""Where a transport header has its checksum."""


def checksum(data: bytes) -> int:
    """Return the ones' complement of the ones' complement sum."""
    padded = data + b"\0" * (len(data) % 2)
    total: int = sum(struct.unpack(f"!{len(padded) // 2}H", padded))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def summed(ends: bytes, protocol: int, body: bytes) -> bytes:
    """Return a transport header and its data with the checksum in place. ``ends`` are both addresses, packed."""
    at = _AT.get(protocol)
    if at is None:
        return body
    clean = body[:at] + b"\0\0" + body[at + 2 :]
    head = b"" if protocol == ICMP else ends + struct.pack("!II", len(clean), protocol)
    return clean[:at] + struct.pack("!H", checksum(head + clean) or 0xFFFF) + clean[at + 2 :]
