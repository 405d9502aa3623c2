# SPDX-License-Identifier: Apache-2.0
"""Shoots and listens: one process with sockets in all namespaces, one loop, and no waiting for a single packet.

Frames are sent as they are, in turns over all ends, in small groups between which everything that arrived is read: no
queue of the kernel overflows. What should arrive and did not is sent again, twice at most: it may have met a limit, or
the router's question for a neighbour. Nothing that should not arrive is waited for longer than that.
"""

from __future__ import annotations

import socket
import struct
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from ringfence.ports.shadow import Arrival, Fired, Knock, Shot, Tell, Volley

from .ground import Ground, Listener
from .spaces import as_user, inside, packet_socket

_GROUP, _TURNS = 32, 3
_AGAIN_S = 1.1
"""The kernel asks again for a neighbour within a second (kernel ip-sysctl, retrans_time_ms)."""
_RAW4, _RAW6 = (1, 2, 6, 17, 47, 89, 112, 132), (6, 17, 58, 112, 132)
"""IP protocols of which it is noted that the router took a packet itself (IANA)."""
_SERVERS, _ASKED = socket.inet_pton(socket.AF_INET6, "ff02::1:2"), (socket.AF_INET6, 17)
"""Group of all DHCPv6 servers (RFC 8415 clause 7.1), and where its messages come in."""
_FIRST_KNOCK = 40000
_TELL_EACH = 20000


@dataclass(frozen=True, slots=True)
class Spaces:
    """Where it happens. ``ears`` are links that only listen, by namespace: pairs of link and name of the end."""

    router: str
    ends: str
    ears: Mapping[str, Sequence[tuple[str, str]]]


def fire(volley: Volley, spaces: Spaces, tell: Tell) -> Fired:
    """Shoot everything and tell what arrived where. Raises OSError where a link is not there."""
    ground, until = Ground(volley.nonce), time.monotonic() + volley.seconds
    mouths = _open(ground, volley, spaces)
    shots, knocks, sent = list(volley.shots), list(volley.knocks), 0
    for turn in range(_TURNS):
        sent += _shoot(ground, mouths, shots, until, tell) + _knock(ground, knocks, spaces.router, until)
        ground.rest(until)
        shots, knocks = _missing(ground, shots), [one for one in knocks if not _told(ground, one)]
        left = len(shots) + len(knocks)
        if not left or turn == _TURNS - 1 or time.monotonic() + _AGAIN_S > until:
            break
        tell(f"{left} packets that should arrive did not so far; they are sent again.")
        ground.rest(time.monotonic() + _AGAIN_S, quiet=_AGAIN_S)
    return Fired(frozenset(ground.arrivals), sent, answered=frozenset(ground.answered))


def _missing(ground: Ground, shots: Sequence[Shot]) -> list[Shot]:
    """Return the shots of which something should arrive that did not."""
    return [one for one in shots if not _arrived(ground, one)]


def _arrived(ground: Ground, shot: Shot) -> bool:
    everybody = all(ground.seen(shot.number, end) for end in shot.wanted)
    one = not shot.one_of or any(ground.seen(shot.number, end) for end in shot.one_of)
    back = not shot.answered or any(ground.seen(shot.number, end, reply=True) for end in shot.answered)
    return everybody and one and back


def _told(ground: Ground, knock: Knock) -> bool:
    return all(ground.seen(knock.number, end) for end in knock.wanted)


def _shoot(ground: Ground, mouths: Mapping[str, Listener], shots: Sequence[Shot], until: float, tell: Tell) -> int:
    sent = 0
    for first in range(0, len(shots), _GROUP):
        if time.monotonic() > until:
            break
        for shot in shots[first : first + _GROUP]:
            with suppress(OSError):
                sent += mouths[shot.end].sock.send(shot.frame) > 0
        ground.read()
        if first // _TELL_EACH != (first + _GROUP) // _TELL_EACH:
            tell(f"{first + _GROUP} of {len(shots)} packets are sent.")
    return sent


def _knock(ground: Ground, knocks: Sequence[Knock], router: str, until: float) -> int:
    """Open the router's own connections, and note which were answered."""
    held = {}
    for place, one in enumerate(knocks):
        port = _FIRST_KNOCK + place
        ground.knocks[port, one.port] = one.number
        with inside(router), as_user(one.user):
            held[one.number] = socket.socket(
                socket.AF_INET6 if ":" in one.address else socket.AF_INET, socket.SOCK_STREAM
            )
        _connect(held[one.number], port, one)
        ground.read()
    if held:
        ground.rest(until)
    for number, sock in held.items():
        with suppress(OSError):
            sock.getpeername()
            ground.note(Arrival(number, "router", reply=True))
        sock.close()
    return len(held)


def _connect(sock: socket.socket, port: int, knock: Knock) -> None:
    sock.setblocking(False)  # noqa: FBT003 - the standard library's
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    with suppress(OSError):  # an address without a way there is an answer too
        sock.bind(("", port))
        sock.connect_ex((knock.address, knock.port))


def _open(ground: Ground, volley: Volley, spaces: Spaces) -> dict[str, Listener]:
    mouths = {}
    with inside(spaces.ends if volley.posts else ""):
        for post in volley.posts:
            mac = bytes.fromhex(post.mac.replace(":", ""))
            mouths[post.end] = ground.watch(Listener(packet_socket(post.link), post.end, post, mac))
    for space, links in spaces.ears.items():
        with inside(space):
            for link, name in links:
                ground.watch(Listener(packet_socket(link), name))
    if spaces.router:
        with inside(spaces.router):
            _listen_as_router(ground, [link for link, _ in spaces.ears.get(spaces.router, ())])
    return mouths


def _listen_as_router(ground: Ground, legs: Sequence[str]) -> None:
    """Take what the router takes; the address service, which is not copied, would be a member of its group."""
    for version, protocols in ((socket.AF_INET, _RAW4), (socket.AF_INET6, _RAW6)):
        for protocol in protocols:
            sock = socket.socket(version, socket.SOCK_RAW, protocol)
            ground.watch(Listener(sock, "router"))
            for leg in legs if (version, protocol) == _ASKED else ():
                with suppress(OSError):  # a leg without IPv6
                    index = struct.pack("@I", socket.if_nametoindex(leg))
                    sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_JOIN_GROUP, _SERVERS + index)
