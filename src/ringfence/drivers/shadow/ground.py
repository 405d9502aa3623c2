# SPDX-License-Identifier: Apache-2.0
"""All sockets of a trial, and what was seen at them so far. Stubs answer by themselves."""

from __future__ import annotations

import selectors
import socket
import struct
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

from ringfence.ports.shadow import Arrival, Post

from .answers import neighbour, reply, syn_of, told

REPLIED = b"r"
"""What stands before the nonce in the answer to a packet."""
_NONCE, _NUMBER = 7, 4
_QUIET_S, _BEAT_S = 0.3, 0.02
_RCVBUFFORCE, _BUFFER = 33, 4 << 20
_FRAME = 2048


@dataclass(slots=True)
class Listener:
    """A socket, and what it tells of. ``post`` is None where nobody answers."""

    sock: socket.socket
    name: str
    post: Post | None = None
    mac: bytes = b""


@dataclass(slots=True)
class Ground:
    """``knocks`` are numbers of the router's own connections, by source and target port."""

    nonce: bytes
    selector: selectors.BaseSelector = field(default_factory=selectors.DefaultSelector)
    arrivals: set[Arrival] = field(default_factory=set)
    answered: set[tuple[str, str, str]] = field(default_factory=set)
    knocks: dict[tuple[int, int], int] = field(default_factory=dict)
    last: float = 0.0

    def watch(self, listener: Listener) -> Listener:
        """Take a socket in."""
        listener.sock.setblocking(False)  # noqa: FBT003 - the standard library's
        listener.sock.setsockopt(socket.SOL_SOCKET, _RCVBUFFORCE, _BUFFER)
        self.selector.register(listener.sock, selectors.EVENT_READ, listener)
        return listener

    def seen(self, number: int, end: str, *, reply: bool = False) -> bool:
        """Tell whether a packet, or its answer, arrived at an end."""
        return Arrival(number, end, reply) in self.arrivals

    def read(self, seconds: float = 0) -> None:
        """Take what came, or comes within so many seconds."""
        for key, _ in self.selector.select(seconds):
            self._drain(key.data)

    def rest(self, until: float, done: Callable[[], bool] = lambda: False, quiet: float = _QUIET_S) -> None:
        """Listen until nothing new came for a while, or it is done, or late."""
        self.last = time.monotonic()
        while (now := time.monotonic()) < until and now - self.last < quiet and not done():
            self.read(_BEAT_S)

    def _drain(self, listener: Listener) -> None:
        while True:
            try:
                data = listener.sock.recv(_FRAME)
            except OSError:  # nothing more, or the link went down
                return
            self._take(listener, data)

    def _take(self, listener: Listener, data: bytes) -> None:
        at = data.find(self.nonce)
        if at > 0 and len(data) >= at + _NONCE + _NUMBER:
            token = data[at : at + _NONCE + _NUMBER]
            (number,) = struct.unpack("!I", token[_NONCE:])
            back = data[at - 1 : at] == REPLIED
            self.note(Arrival(number, listener.name, back))
            if listener.post and not back:
                _send(listener, reply(data, listener.mac, REPLIED + token))
        if listener.post:
            self._answer(listener, listener.post, data)

    def _answer(self, listener: Listener, post: Post, data: bytes) -> None:
        """Answer a question for a neighbour, and a knock; note what others answered."""
        if (said := told(data)) is not None:
            self.answered.add((post.end, *said))
        elif self.knocks and (ports := syn_of(data)) is not None and ports in self.knocks:
            self.note(Arrival(self.knocks[ports], post.end, reply=False))
            _send(listener, reply(data, listener.mac, b""))
        else:
            _send(listener, neighbour(data, listener.mac, post.answers))

    def note(self, arrival: Arrival) -> None:
        """Note what arrived."""
        if arrival not in self.arrivals:
            self.arrivals.add(arrival)
            self.last = time.monotonic()


def _send(listener: Listener, frame: bytes | None) -> None:
    if frame is not None:
        with suppress(OSError):
            listener.sock.send(frame)
