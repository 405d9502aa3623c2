# SPDX-License-Identifier: Apache-2.0
"""The frame that a trace injects: the first packet of a conversation, as its opener would send it.

TCP begins with ports, sequence number and acknowledgement (RFC 9293), UDP with ports, length and checksum and then our
payload (RFC 768), an echo request with type, checksum and identifier (RFC 792, RFC 4443). The first 16 bytes are known
to be ours by random numbers in them.
"""

from __future__ import annotations

import secrets
import struct
from dataclasses import dataclass
from ipaddress import ip_address

_TTL = 64
_WINDOW = 64240
_LOWEST, _PORTS = 32768, 28000
_SYN, _NO_OPTIONS = 2, 5 << 4
_NUMBERS = {"icmp": 1, "tcp": 6, "udp": 17, "icmpv6": 58}
_ECHO = {"icmp": 8, "icmpv6": 128}
_TYPES = {4: 0x0800, 6: 0x86DD}
MARK_BYTES = 16


@dataclass(frozen=True, slots=True)
class Ends:
    """Addresses as text; MACs as ``52:54:00:00:00:01``."""

    source: str
    target: str
    source_mac: str
    target_mac: str


def frame(ends: Ends, protocol: str, port: int) -> tuple[bytes, bytes]:
    """Return an Ethernet frame, and the 16 bytes its transport begins with. Raises ValueError for other protocols."""
    near, far = ip_address(ends.source), ip_address(ends.target)
    number = _NUMBERS.get(protocol)
    if number is None or near.version != far.version:
        message = f"There is no first packet of {protocol} from {near} to {far}."
        raise ValueError(message)
    body = _transport(protocol, port)
    place = {"tcp": 16, "udp": 6, "icmp": 2, "icmpv6": 2}[protocol]
    summed = body if protocol == "icmp" else _pseudo(near.packed, far.packed, number, len(body)) + body
    # Zero means "no checksum" in UDP, and all ones is the same sum (RFC 768).
    check = _checksum(summed) or (0xFFFF if protocol == "udp" else 0)
    body = body[:place] + struct.pack("!H", check) + body[place + 2 :]
    head = _ip4(near.packed, far.packed, number, body) if near.version == 4 else b""  # noqa: PLR2004 - IP's version
    head = head or struct.pack("!IHBB", 6 << 28, len(body), number, _TTL) + near.packed + far.packed
    link = bytes.fromhex((ends.target_mac + ends.source_mac).replace(":", "")) + struct.pack("!H", _TYPES[near.version])
    return link + head + body, body[:MARK_BYTES]


def _transport(protocol: str, port: int) -> bytes:
    """Return the transport's packet with an empty checksum."""
    opener, known = _LOWEST + secrets.randbelow(_PORTS), secrets.token_bytes(MARK_BYTES)
    if protocol == "tcp":
        return struct.pack("!HH4sIBBHHH", opener, port, known[:4], 0, _NO_OPTIONS, _SYN, _WINDOW, 0, 0)
    if protocol == "udp":
        return struct.pack("!HHHH", opener, port, 8 + len(known), 0) + known
    return struct.pack("!BBH", _ECHO[protocol], 0, 0) + known


def _ip4(near: bytes, far: bytes, number: int, body: bytes) -> bytes:
    head = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(body), 0, 0, _TTL, number, 0, near, far)
    return head[:10] + struct.pack("!H", _checksum(head)) + head[12:]


def _pseudo(near: bytes, far: bytes, number: int, length: int) -> bytes:
    """Return the pseudo header (RFC 9293 clause 3.1, RFC 8200 clause 8.1)."""
    form = "!BBH" if len(near) == 4 else "!I3xB"  # noqa: PLR2004 - bytes of an IPv4 address
    tail = struct.pack(form, *((0, number, length) if form == "!BBH" else (length, number)))
    return near + far + tail


def _checksum(data: bytes) -> int:
    """Return the Internet checksum (RFC 1071)."""
    padded = data + b"\0" * (len(data) % 2)
    total: int = sum(struct.unpack(f"!{len(padded) // 2}H", padded))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF
