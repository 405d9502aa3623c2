# SPDX-License-Identifier: Apache-2.0
"""What a stub answers, as bytes: who it is (ARP, RFC 826; neighbour discovery, RFC 4861), and what it was asked."""

from __future__ import annotations

import struct
from collections.abc import Collection
from ipaddress import ip_address

from ringfence.base.checksum import checksum, summed

ANYBODY = "*"
_IP4, _ARP, _IP6 = b"\x08\x00", b"\x08\x06", b"\x86\xdd"
_TCP, _UDP, _ICMP, _ICMP6 = 6, 17, 1, 58
_ECHO, _ECHO6 = (8, 0), (128, 129)
_SOLICIT, _ADVERT = 135, 136
_SYN, _ACK = 2, 16
_ASK, _TELL = 1, 2
_LEAST = 34


def neighbour(frame: bytes, mac: bytes, answers: Collection[str]) -> bytes | None:
    """Return the answer to a question for a neighbour that this stub is; None where it was not asked."""
    if frame[12:14] == _ARP and frame[20:22] == struct.pack("!H", _ASK):
        asked, asker = frame[38:42], frame[28:32]
        if asker == bytes(4) or not _mine(asked, answers):
            return None
        head = struct.pack("!HHBBH", 1, 0x0800, 6, 4, _TELL)
        return frame[6:12] + mac + _ARP + (head + mac + asked + frame[22:28] + asker).ljust(46, b"\0")
    if frame[12:14] == _IP6 and frame[20] == _ICMP6 and frame[54:55] == bytes([_SOLICIT]):
        asked, asker = frame[62:78], frame[22:38]
        if asker == bytes(16) or not _mine(asked, answers):
            return None
        body = struct.pack("!BBHI", _ADVERT, 0, 0, 0x60000000) + asked + bytes((2, 1)) + mac
        body = summed(asked + asker, _ICMP6, body)
        return frame[6:12] + mac + _IP6 + struct.pack("!IHBB", 6 << 28, len(body), _ICMP6, 255) + asked + asker + body
    return None


def told(frame: bytes) -> tuple[str, str] | None:
    """Return who is told by an answer to a question for a neighbour, and about whom; None for anything else."""
    if frame[12:14] == _ARP and frame[20:22] == struct.pack("!H", _TELL):
        return str(ip_address(frame[38:42])), str(ip_address(frame[28:32]))
    if frame[12:14] == _IP6 and frame[20] == _ICMP6 and frame[54:55] == bytes([_ADVERT]):
        return str(ip_address(frame[38:54])), str(ip_address(frame[62:78]))
    return None


def reply(frame: bytes, mac: bytes, token: bytes) -> bytes | None:
    """Return the answer to a packet for this stub, with another token as its data; None where it needs none."""
    kind = frame[12:14]
    if frame[:6] != mac or kind not in {_IP4, _IP6} or len(frame) < _LEAST:
        return None
    four = kind == _IP4
    length = (frame[14] & 15) * 4 if four else 40
    protocol, packet = (frame[23], frame[14:]) if four else (frame[20], frame[14:])
    source, target = (packet[12:16], packet[16:20]) if four else (packet[8:24], packet[24:40])
    body = _body(protocol, packet[length:], token)
    if body is None or target[0] in {224, 255} or ip_address(target).is_multicast:
        return None
    rest = summed(target + source, protocol, body)
    return frame[6:12] + mac + kind + (_four if four else _six)(target, source, protocol, rest)


def syn_of(frame: bytes) -> tuple[int, int] | None:
    """Return source and target port of a TCP packet that opens a connection."""
    four = frame[12:14] == _IP4 and frame[23] == _TCP
    if not four and not (frame[12:14] == _IP6 and frame[20] == _TCP):
        return None
    begin = 14 + ((frame[14] & 15) * 4 if four else 40)
    head = frame[begin : begin + 14]
    if len(head) < 14 or head[13] & (_SYN | _ACK) != _SYN:  # noqa: PLR2004 - flags are the 14th byte (RFC 9293)
        return None
    source, target = struct.unpack("!HH", head[:4])
    return source, target


def _body(protocol: int, body: bytes, token: bytes) -> bytes | None:
    if protocol == _TCP and len(body) >= 20 and body[13] & (_SYN | _ACK) == _SYN:  # noqa: PLR2004 - RFC 9293
        near, far, number = struct.unpack("!HHI", body[:8])
        size = len(body) - (body[12] >> 4) * 4
        known = struct.pack("!HHIIBBHHH", far, near, 1, (number + 1 + size) & 0xFFFFFFFF, 0x50, _SYN | _ACK, 8192, 0, 0)
        return known + token
    if protocol == _UDP and len(body) >= 8:  # noqa: PLR2004 - RFC 768
        near, far = struct.unpack("!HH", body[:4])
        return struct.pack("!HHHH", far, near, 8 + len(token), 0) + token
    for asked, (question, answer) in ((_ICMP, _ECHO), (_ICMP6, _ECHO6)):
        if protocol == asked and body[:1] == bytes([question]):
            return bytes([answer, 0, 0, 0]) + body[4:8] + token
    return None


def _four(source: bytes, target: bytes, protocol: int, body: bytes) -> bytes:
    head = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(body), 1, 0, 64, protocol, 0) + source + target
    return head[:10] + struct.pack("!H", checksum(head)) + head[12:] + body


def _six(source: bytes, target: bytes, protocol: int, body: bytes) -> bytes:
    return struct.pack("!IHBB", 6 << 28, len(body), protocol, 64) + source + target + body


def _mine(address: bytes, answers: Collection[str]) -> bool:
    return ANYBODY in answers or str(ip_address(address)) in answers
