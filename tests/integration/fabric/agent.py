# SPDX-License-Identifier: Apache-2.0
"""Stands in a network namespace and talks: a program on the standard library alone, driven by lines of JSON.

It writes down every token (``RF:`` and eight hexadecimal digits) that arrives at its links, and every first packet of
a TCP connection. A token is in the payload of every packet that a test sends.
"""

from __future__ import annotations

import json
import re
import selectors
import socket
import struct
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

TOKEN = re.compile(rb"RF:[0-9a-f]{8}")
BEAT_S = 0.02
ALL, OUTGOING = 3, 4  # ETH_P_ALL, PACKET_OUTGOING (linux/if_packet.h)
SOL_PACKET, AUXDATA, VLAN_VALID = 263, 8, 1 << 4
"""The kernel takes a frame's tag off and tells it beside the frame (packet(7), struct tpacket_auxdata)."""
Address = tuple[Any, ...]
Copy = tuple[str, str, str, str, int]
"""Token, MAC, sender, target, hops."""


class Agent:
    """Sniffs, serves and asks. Everything happens in one thread; only ``wait`` lets time pass."""

    def __init__(self, links: list[str]) -> None:
        self.selector = selectors.DefaultSelector()
        self.tokens: set[str] = set()
        self.opened: set[tuple[str, str, int]] = set()
        self.answers: set[str] = set()
        self.heard: set[tuple[str, str]] = set()
        self.tags: set[tuple[str, int]] = set()
        self.floods: dict[str, int] = {}
        self.streams: list[Stream] = []
        self.taken: list[Copy] = []
        self.ears: dict[tuple[socket.AddressFamily, int], socket.socket] = {}
        self.told: list[tuple[str, int, str]] = []
        for link in links:
            sniffer = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ALL))
            sniffer.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8 << 20)
            sniffer.setsockopt(SOL_PACKET, AUXDATA, 1)
            sniffer.bind((link, ALL))
            self.watch(sniffer, self.sniff)

    def watch(self, sock: socket.socket, act: Callable[[socket.socket], None]) -> None:
        sock.setblocking(False)
        self.selector.register(sock, selectors.EVENT_READ, act)

    def wait(self, seconds: float, done: Callable[[], bool] = lambda: False) -> None:
        """Handle what happens until time is up or ``done``."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0 and not done():
            for key, _ in self.selector.select(min(left, BEAT_S)):
                key.data(key.fileobj)
            for stream in self.streams:
                stream.beat()

    def sniff(self, sock: socket.socket) -> None:
        while True:
            try:
                data, more, _, (_, _, direction, *_) = sock.recvmsg(4096, 64)
            except OSError:  # nothing more, or the link went down
                return
            if direction != OUTGOING:
                found = [one.decode() for one in TOKEN.findall(data)]
                self.tokens.update(found)
                self.tags.update((one, tag) for one in found for tag in tags(more))
                self.taken += [(one, *ends_of(data)) for one in found if not one.startswith("RF:f")]
                for one in found:
                    if one.startswith("RF:f"):
                        self.floods[one] = self.floods.get(one, 0) + 1
                self.opened.update(openings(data))
                self.heard.update(news(data))

    def serve(self, port: int, kind: int) -> None:
        server = socket.socket(socket.AF_INET6, kind)
        server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        server.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        server.bind(("::", port))
        if kind == socket.SOCK_STREAM:
            server.listen(64)
        self.watch(server, self.accept if kind == socket.SOCK_STREAM else self.echo)

    def accept(self, server: socket.socket) -> None:
        sock, _ = server.accept()
        sock.send(b"hello")
        self.watch(sock, self.hear)

    def hear(self, sock: socket.socket) -> None:
        try:
            data = sock.recv(4096)
        except OSError:
            data = b""
        if data.startswith(b"STREAM"):
            self.selector.unregister(sock)
            self.stream(sock, None)
        elif not data:
            self.selector.unregister(sock)
            sock.close()

    def echo(self, server: socket.socket) -> None:
        data, peer = server.recvfrom(4096)
        if data.startswith(b"STREAM"):
            self.selector.unregister(server)
            self.stream(server, peer)
        else:
            server.sendto(data, peer)

    def stream(self, sock: socket.socket, peer: Address | None) -> None:
        stream = Stream(sock, peer)
        self.streams.append(stream)
        self.watch(sock, stream.hear)

    def connect(self, targets: list[list[Any]], seconds: float, sources: list[str] | None = None) -> list[bool]:
        """Open all connections at once, from ``sources`` where given; True where the far side said hello."""
        socks = [socket.socket(family(address), socket.SOCK_STREAM) for address, _ in targets]
        greeted = [False] * len(socks)

        def hear(sock: socket.socket) -> None:
            with suppress(OSError):
                greeted[socks.index(sock)] = sock.recv(16) == b"hello"
            self.selector.unregister(sock)

        for sock, source in zip(socks, sources or (), strict=bool(sources)):
            sock.bind((source, 0))
        for sock, (address, port) in zip(socks, targets, strict=True):
            self.watch(sock, hear)
            sock.connect_ex((address, port))
        self.wait(seconds, lambda: all(greeted))
        for sock in socks:
            if sock in self.selector.get_map():
                self.selector.unregister(sock)
            sock.close()
        return greeted

    def ask(self, targets: list[list[Any]], seconds: float) -> list[str]:
        """Send a token to each address and port by UDP; return those that came back."""
        sock = {one: socket.socket(one, socket.SOCK_DGRAM) for one in (socket.AF_INET, socket.AF_INET6)}
        for one in sock.values():
            self.watch(one, self.answer)
        for address, port, token in targets:
            self.quietly(sock[family(address)], token.encode(), (address, port))
        return self.collect(sock.values(), [token for *_, token in targets], seconds)

    def ping(self, targets: list[list[Any]], seconds: float) -> list[str]:
        """Send an echo request with a token to each address; return those that came back."""
        kinds = ((socket.AF_INET, socket.IPPROTO_ICMP), (socket.AF_INET6, socket.IPPROTO_ICMPV6))
        sock = {one: socket.socket(one, socket.SOCK_RAW, protocol) for one, protocol in kinds}
        for one in sock.values():
            self.watch(one, self.echoed)
        for number, (address, token) in enumerate(targets):
            request = 8 if family(address) == socket.AF_INET else 128
            body = struct.pack("!BBHHH", request, 0, 0, number + 1, 1) + token.encode()
            body = body[:2] + struct.pack("!H", checksum(body)) + body[4:]
            self.quietly(sock[family(address)], body, (address, 0))
        return self.collect(sock.values(), [token for _, token in targets], seconds)

    def collect(self, socks: Any, tokens: list[str], seconds: float) -> list[str]:
        self.wait(seconds, lambda: self.answers.issuperset(tokens))
        for one in socks:
            self.selector.unregister(one)
            one.close()
        return sorted(self.answers.intersection(tokens))

    def answer(self, sock: socket.socket) -> None:
        self.answers.update(one.decode() for one in TOKEN.findall(sock.recv(4096)))

    def echoed(self, sock: socket.socket) -> None:
        data = sock.recv(4096)
        body = data[(data[0] & 15) * 4 :] if sock.family == socket.AF_INET else data
        if body[0] in {0, 129}:
            self.answers.update(one.decode() for one in TOKEN.findall(body))

    @staticmethod
    def quietly(sock: socket.socket, data: bytes, peer: Address) -> None:
        """Send; an address without a route, or one that answered with an error, is an answer too."""
        with suppress(OSError):
            sock.sendto(data, peer)

    def hold(self, address: str, port: int, kind: str) -> bool:
        """Begin a conversation that streams both ways until the end."""
        sock = socket.socket(family(address), socket.SOCK_STREAM if kind == "tcp" else socket.SOCK_DGRAM)
        sock.settimeout(2)
        try:
            sock.connect((address, port))
            if kind == "tcp" and sock.recv(5) != b"hello":
                return False
        except OSError:
            return False
        sock.send(b"STREAM")
        self.stream(sock, None)
        return True

    def flood(self, address: str, port: int, token: str, seconds: float) -> int:
        """Send as many datagrams with one token as fit into a gentle pace; return how many."""
        sock, sent = socket.socket(family(address), socket.SOCK_DGRAM), 0
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            for _ in range(10):
                with suppress(OSError):
                    sent += bool(sock.sendto(token.encode(), (address, port)))
            self.wait(0.004)
        return sent

    def listen(self, port: int, groups: list[str], links: list[str]) -> None:
        """Open a socket of each version that takes what is said to many, and speaks from the same port."""
        for version in (socket.AF_INET, socket.AF_INET6):
            sock = socket.socket(version, socket.SOCK_DGRAM)
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
            if version == socket.AF_INET6:
                sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            sock.bind(("", port))
            for group in (one for one in groups if family(one) == version):
                join(sock, group, links[0])
            self.ears[version, port] = sock
            self.watch(sock, self.take)

    def take(self, sock: socket.socket) -> None:
        data, (source, *_) = sock.recvfrom(65536)
        self.told += [(one.decode(), len(data), source) for one in TOKEN.findall(data)[:1]]

    def copies(self, seconds: float) -> dict[str, Any]:
        """Return the frames with a token, and what listening sockets took, since the last time."""
        self.wait(seconds)
        taken, told, self.taken, self.told = self.taken, self.told, [], []
        return {"copies": taken, "told": told}

    def cast(self, port: int, target: str, token: str, size: int, hops: int) -> None:
        """Say a token to many, from the socket that listens at the port."""
        sock = self.ears[family(target), port]
        level, options = (
            (socket.IPPROTO_IP, (socket.IP_TTL, socket.IP_MULTICAST_TTL))
            if family(target) == socket.AF_INET
            else (socket.IPPROTO_IPV6, (socket.IPV6_UNICAST_HOPS, socket.IPV6_MULTICAST_HOPS))
        )
        for option in options:
            sock.setsockopt(level, option, hops)
        self.quietly(sock, token.encode().ljust(size, b"."), (target, port))

    def send(self, link: str, frames: list[str]) -> None:
        with socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as sock:
            sock.bind((link, 0))
            for frame in frames:
                sock.send(bytes.fromhex(frame))

    def do(self, order: dict[str, Any]) -> Any:
        match order["do"]:
            case "serve":
                for kind, ports in ((socket.SOCK_STREAM, order["tcp"]), (socket.SOCK_DGRAM, order["udp"])):
                    for port in ports:
                        self.serve(port, kind)
            case "seen":
                self.wait(order["seconds"])
                seen = {key: sorted(getattr(self, key)) for key in ("tokens", "opened", "heard", "tags")}
                self.tokens, self.opened, self.heard, self.tags = set(), set(), set(), set()
                return seen
            case "streams":
                return [stream.heard for stream in self.streams]
            case "floods":
                self.wait(0.2)
                return self.floods
            case "wait":
                self.wait(order["seconds"])
            case name:
                words = {key: value for key, value in order.items() if key != "do"}
                return getattr(self, name)(**words)
        return None


class Stream:
    """One end of a conversation that never stops: sends on every beat, notes when it last heard something."""

    def __init__(self, sock: socket.socket, peer: Address | None) -> None:
        self.sock, self.peer, self.heard, self.next = sock, peer, 0.0, 0.0

    def beat(self) -> None:
        if time.monotonic() >= self.next:
            self.next = time.monotonic() + BEAT_S
            with suppress(OSError):
                self.sock.sendto(b"STREAM", self.peer) if self.peer else self.sock.send(b"STREAM")

    def hear(self, sock: socket.socket) -> None:
        with suppress(OSError):
            if sock.recv(65536):
                self.heard = time.monotonic()


def tags(more: list[tuple[int, int, bytes]]) -> Iterator[int]:
    """Yield the tag that the kernel took off a frame, with its priority (IEEE 802.1Q clause 9.6)."""
    for level, kind, data in more:
        status, *_, tag, _ = struct.unpack("=IIIHHHH", data[:20])
        if (level, kind) == (SOL_PACKET, AUXDATA) and status & VLAN_VALID:
            yield tag


def join(sock: socket.socket, group: str, link: str) -> None:
    index = struct.pack("@I", socket.if_nametoindex(link))
    if sock.family == socket.AF_INET:
        own = bytes(4) + index  # struct ip_mreqn
        sock.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, socket.inet_aton(group) + own)
        sock.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, bytes(8) + index)
    else:
        sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_JOIN_GROUP, socket.inet_pton(sock.family, group) + index)
        sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_IF, index)


def ends_of(frame: bytes) -> tuple[str, str, str, int]:
    """Return the MAC that a frame is for, and sender, target and hops of the packet in it."""
    link = frame[:6].hex(":")
    if frame[12:14] == b"\x86\xdd":
        source, target = (socket.inet_ntop(socket.AF_INET6, end) for end in (frame[22:38], frame[38:54]))
        return link, source, target, frame[21]
    source, target = (socket.inet_ntoa(end) for end in (frame[26:30], frame[30:34]))
    return link, source, target, frame[22]


def family(address: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in address else socket.AF_INET


def checksum(data: bytes) -> int:
    padded = data + b"\0" * (len(data) % 2)
    total: int = sum(struct.unpack(f"!{len(padded) // 2}H", padded))
    total = (total & 0xFFFF) + (total >> 16)
    return ~(total + (total >> 16)) & 0xFFFF


def openings(frame: bytes) -> Iterator[tuple[str, str, int]]:
    """Yield source, target and port of a frame that opens a TCP connection."""
    kind = frame[12:14]
    if kind == b"\x08\x00" and frame[23] == 6:
        tcp, ends = frame[14 + (frame[14] & 15) * 4 :], (frame[26:30], frame[30:34])
        version = socket.AF_INET
    elif kind == b"\x86\xdd" and frame[20] == 6:
        tcp, ends, version = frame[54:], (frame[22:38], frame[38:54]), socket.AF_INET6
    else:
        return
    if tcp[13] & 0x12 == 0x02:
        source, target = (socket.inet_ntop(version, end) for end in ends)
        yield source, target, int.from_bytes(tcp[2:4], "big")


def news(frame: bytes) -> Iterator[tuple[str, str]]:
    """Yield what a frame tells a guest about its network, as a word and a value."""
    if frame[12:14] == b"\x08\x06" and frame[20:22] == b"\0\2":
        yield "claim", f"{socket.inet_ntoa(frame[28:32])} {frame[22:28].hex(':')}"
    elif frame[12:14] == b"\x08\x00" and frame[23] == 17 and frame[34:36] == b"\0\x43":
        yield "offer", socket.inet_ntoa(frame[58:62])
    elif frame[12:14] == b"\x86\xdd" and frame[20] == 58 and frame[54] == 134:
        yield "advert", frame[54:].hex()
    elif frame[12:14] == b"\x86\xdd" and frame[20] == 17 and frame[54:56] == b"\x02\x23":
        yield "offer6", frame[62:].hex()


def main() -> None:
    agent = Agent(sys.argv[1:])
    agent.watch(lines := socket.socket(fileno=0), lambda _: None)
    buffer = b""
    while True:
        agent.wait(3600, lambda: bool(select_now(lines)))
        data = lines.recv(1 << 20)
        if not data:
            return
        buffer += data
        while b"\n" in buffer:
            line, _, buffer = buffer.partition(b"\n")
            lines.setblocking(True)
            lines.sendall(json.dumps({"answer": agent.do(json.loads(line))}).encode() + b"\n")


def select_now(sock: socket.socket) -> bool:
    sock.setblocking(False)
    try:
        return bool(sock.recv(1, socket.MSG_PEEK)) or True
    except BlockingIOError:
        return False


if __name__ == "__main__":
    main()
