# SPDX-License-Identifier: Apache-2.0
"""Packets whose headers are put together to slip past: fragments, options, extension headers, tunnels, answers."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from ipaddress import IPv4Address, IPv6Address

import pytest
from tests.integration.fabric import frames
from tests.integration.fabric.stage import Stage
from tests.integration.fabric.troupe import Troupe, token
from tests.packets.declared import address

SENDER, PEER, CLIENT = "plc-north", "plc-south", "scada"
"""The sender may speak UDP to ports 5000 to 5005 of its peer; the client reads port 502 of both."""
OPEN, SHUT, MODBUS = 5000, 9999, 502
QUIET_S = 0.4
Frames = Callable[["Sender", bytes], list[str]]


@pytest.fixture(scope="module")
def troupe(stage: Stage) -> Iterator[Troupe]:
    with stage.played("host") as found:
        yield found


class Sender:
    """What the hostile guest knows."""

    def __init__(self, stage: Stage) -> None:
        self.mac = stage.bindings[SENDER].interfaces["eth0"].mac
        self.gateway_mac = stage.document("link", "field").parts["router/mac"]
        zone = stage.site.zones["field"]
        self.gateway = {4: str(zone.gateway4), 6: str(zone.gateway6)}
        self.own, self.peer, self.client = (
            {version: address(stage.bindings, name, version) for version in (4, 6)} for name in (SENDER, PEER, CLIENT)
        )

    def frame(self, packet: bytes) -> str:
        return frames.ether(self.mac, self.gateway_mac, 0x86DD if packet[0] >> 4 == 6 else 0x0800, packet)

    def datagram(self, version: int, port: int, data: bytes) -> bytes:
        """Return a datagram to the peer without its IP header."""
        whole = frames.udp(self.own[version], self.peer[version], (4000, port), data)
        return whole[20:] if version == 4 else whole[40:]


def ip4(source: str, target: str, body: bytes, options: bytes = b"", piece: tuple[int, int, int] = (0, 0, 1)) -> bytes:
    """Return an IPv4 packet with UDP; ``piece`` is offset in bytes, whether more follow, and identification."""
    offset, more, number = piece
    words = 5 + len(options) // 4
    ends = IPv4Address(source).packed + IPv4Address(target).packed
    flags = more << 13 | offset // 8
    head = struct.pack("!BBHHHBBH", 0x40 | words, 0, words * 4 + len(body), number, flags, 64, 17, 0) + ends + options
    return head[:10] + struct.pack("!H", frames.checksum(head)) + head[12:] + body


def ip6(source: str, target: str, kind: int, body: bytes, hops: int = 64) -> bytes:
    ends = IPv6Address(source).packed + IPv6Address(target).packed
    return struct.pack("!IHBB", 6 << 28, len(body), kind, hops) + ends + body


def piece6(kind: int, body: bytes, offset: int, more: int, number: int) -> bytes:
    """Return a fragment header (RFC 8200 clause 4.5) and what follows it."""
    return struct.pack("!BBHI", kind, 0, offset | more, number) + body


def options6(kind: int) -> bytes:
    """Return an extension header with padding alone; ``kind`` comes next."""
    return bytes((kind, 0, 1, 4, 0, 0, 0, 0))


def tcp(me: Sender, flags: int, data: bytes) -> bytes:
    """Return a segment from the Modbus port to the client, which has opened no connection."""
    ends = me.own[4], me.client[4]
    body = struct.pack("!HHIIBBHHH", MODBUS, 40_000 + flags, 1, 1, 0x50, flags, 1024, 0, 0) + data
    return frames.ip(*ends, 6, body[:16] + struct.pack("!H", frames.over_ip(*ends, 6, body)) + body[18:])


def two4(me: Sender, first: bytes, second: bytes, offset: int, number: int) -> list[str]:
    ends = me.own[4], me.peer[4]
    return [
        me.frame(ip4(*ends, first, piece=(0, 1, number))),
        me.frame(ip4(*ends, second, piece=(offset, 0, number))),
    ]


def two6(me: Sender, kind: int, body: bytes, at: int, number: int) -> list[str]:
    ends = me.own[6], me.peer[6]
    return [
        me.frame(ip6(*ends, 44, piece6(kind, body[:at], 0, 1, number))),
        me.frame(ip6(*ends, 44, piece6(kind, body[at:], at, 0, number))),
    ]


def overlapping(me: Sender, word: bytes) -> list[str]:
    """Let a second piece write over the allowed port of the first."""
    ends, lie = (me.own[4], me.peer[4]), me.datagram(4, SHUT, bytes(8) + word)
    return [
        me.frame(ip4(*ends, me.datagram(4, OPEN, bytes(8))[:8], piece=(0, 1, 31))),
        me.frame(ip4(*ends, lie[:16], piece=(0, 1, 31))),
        me.frame(ip4(*ends, lie[8:], piece=(8, 0, 31))),
    ]


def hidden_advert(me: Sender, word: bytes) -> list[str]:
    """Hide a router advertisement behind an extension header, in two pieces."""
    body = frames.icmp6("fe80::66", "ff02::1", 134, bytes(12) + word)[40:]
    packets = (
        ip6("fe80::66", "ff02::1", 60, options6(44) + piece6(58, body[:8], 0, 1, 41), 255),
        ip6("fe80::66", "ff02::1", 60, options6(44) + piece6(58, body[8:], 8, 0, 41), 255),
    )
    return [frames.ether(me.mac, frames.ALL_NODES, 0x86DD, one) for one in packets]


def routed(address: str, loose: bytes = b"\x83\x07\x04") -> bytes:
    """Return a loose source route over one address (RFC 791), padded."""
    return (loose + IPv4Address(address).packed).ljust(8, b"\0")


PASSES: dict[str, Frames] = {
    "datagram": lambda me, word: [me.frame(ip4(me.own[4], me.peer[4], me.datagram(4, OPEN, word)))],
    "datagram6": lambda me, word: [me.frame(ip6(me.own[6], me.peer[6], 17, me.datagram(6, OPEN, word)))],
    "pieces": lambda me, word: two4(me, (whole := me.datagram(4, OPEN, bytes(8) + word))[:16], whole[16:], 16, 11),
    "pieces6": lambda me, word: two6(me, 17, me.datagram(6, OPEN, bytes(8) + word), 16, 12),
}
NEVER: dict[str, Frames] = {
    "opening from the served port": lambda me, word: [me.frame(tcp(me, 0x02, word))],
    "answer nobody asked for": lambda me, word: [me.frame(tcp(me, 0x12, word))],
    "middle of no connection": lambda me, word: [me.frame(tcp(me, 0x18, word))],
    "reset of no connection": lambda me, word: [me.frame(tcp(me, 0x04, word))],
    "source route over the router": lambda me, word: [
        me.frame(ip4(me.own[4], me.gateway[4], me.datagram(4, OPEN, word), routed(me.client[4])))
    ],
    "source route behind the peer": lambda me, word: [
        me.frame(ip4(me.own[4], me.peer[4], me.datagram(4, OPEN, word), routed(me.client[4])))
    ],
    "pieces to a shut port": lambda me, word: two4(
        me, (whole := me.datagram(4, SHUT, bytes(8) + word))[:16], whole[16:], 16, 21
    ),
    "overlapping pieces": overlapping,
    "pieces6 to a shut port": lambda me, word: two6(me, 17, me.datagram(6, SHUT, bytes(8) + word), 16, 22),
    "whole as one piece6": lambda me, word: [
        me.frame(ip6(me.own[6], me.peer[6], 44, piece6(17, me.datagram(6, SHUT, word), 0, 0, 23)))
    ],
    "hop by hop": lambda me, word: [me.frame(ip6(me.own[6], me.peer[6], 0, options6(17) + me.datagram(6, SHUT, word)))],
    "many extension headers": lambda me, word: [
        me.frame(ip6(me.own[6], me.peer[6], 60, options6(60) * 3 + options6(17) + me.datagram(6, SHUT, word)))
    ],
    "routing header over the router": lambda me, word: [
        me.frame(
            ip6(
                me.own[6],
                me.gateway[6],
                43,
                bytes((17, 2, 0, 1, 0, 0, 0, 0)) + IPv6Address(me.client[6]).packed + me.datagram(6, OPEN, word),
            )
        )
    ],
    "hidden router advertisement": hidden_advert,
    "directed broadcast": lambda me, word: [me.frame(frames.udp(me.own[4], "10.10.2.255", (4000, OPEN), word))],
    "multicast": lambda me, word: [
        frames.ether(me.mac, "01:00:5e:01:01:01", 0x0800, frames.udp(me.own[4], "239.1.1.1", (4000, OPEN), word))
    ],
    "loopback": lambda me, word: [me.frame(frames.udp(me.own[4], "127.0.0.1", (4000, OPEN), word))],
    "broadcast frame to a peer": lambda me, word: [
        frames.ether(me.mac, frames.BROADCAST, 0x0800, frames.udp(me.own[4], me.peer[4], (4000, OPEN), word))
    ],
    **{
        f"protocol {number}": lambda me, word, number=number: [  # type: ignore[misc]  # binds its own number
            me.frame(frames.ip(me.own[4], me.peer[4], number, struct.pack("!HHHH", 4000, OPEN, 8, 0) + word))
        ]
        for number in (4, 33, 41, 47, 50, 51, 94, 112, 132, 136)
    },
}


def reached(troupe: Troupe, made: list[str], word: str) -> list[str]:
    troupe.seen(0)
    troupe[SENDER].ask("send", link="eth0", frames=made)
    return [who for who, seen in troupe.seen(QUIET_S).items() if word in seen["tokens"] and who != SENDER]


@pytest.mark.parametrize("name", PASSES)
def test_what_is_declared_passes(stage: Stage, troupe: Troupe, name: str) -> None:
    word = token()
    assert reached(troupe, PASSES[name](Sender(stage), word.encode()), word) == [PEER]


@pytest.mark.parametrize("name", NEVER)
def test_what_only_looks_declared_reaches_nobody(stage: Stage, troupe: Troupe, name: str) -> None:
    word = token()
    assert reached(troupe, NEVER[name](Sender(stage), word.encode()), word) == []
