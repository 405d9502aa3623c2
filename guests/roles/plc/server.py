# SPDX-License-Identifier: Apache-2.0
"""Serves the registers on TCP with one thread: many peers, hostile ones among them, never stop the plant's clock."""

from __future__ import annotations

import selectors
import socket
import time
from dataclasses import dataclass, field

from guests.roles.plc.answer import answer
from guests.roles.plc.registers import Registers
from guests.roles.wire.frames import Frame, FrameError, encode, take

MOST_PEERS = 64
MOST_UNSENT = 16 * 1024
"""Bytes that may wait for a peer that does not read; then it is cut off."""
IDLE_SECONDS = 300.0
MOST_MISSED = 10
"""Seconds of physics made good after the whole guest stood still."""


@dataclass(slots=True, eq=False)
class Peer:
    """One connection: what came and is not a whole frame yet, what was not taken yet, when it last spoke."""

    connection: socket.socket
    heard: float
    received: bytearray = field(default_factory=bytearray)
    unsent: bytearray = field(default_factory=bytearray)


class Server:
    """Answers Modbus requests and steps the registers once a second."""

    def __init__(self, registers: Registers, listener: socket.socket) -> None:
        self.registers = registers
        self._listener = listener
        self._peers: list[Peer] = []
        self._selector = selectors.DefaultSelector()
        listener.settimeout(0)
        self._selector.register(listener, selectors.EVENT_READ)
        self._due = time.monotonic() + 1

    def run(self) -> None:
        """Serve for ever."""
        while True:
            self.turn()

    def close(self) -> None:
        """End every connection and stop listening."""
        for peer in list(self._peers):
            self._drop(peer)
        self._selector.close()
        self._listener.close()

    def turn(self) -> None:
        """Wait for the next event, at most until the next second, and deal with it."""
        for key, _ in self._selector.select(max(0.0, self._due - time.monotonic())):
            if key.data is None:
                self._accept()
            else:
                self._serve(key.data)
        now = time.monotonic()
        if now >= self._due:
            self._tick(now)

    def _tick(self, now: float) -> None:
        passed = int(now - self._due) + 1
        for _ in range(min(passed, MOST_MISSED)):
            self.registers.tick()
        self._due += passed
        for peer in [peer for peer in self._peers if now - peer.heard > IDLE_SECONDS]:
            self._drop(peer)

    def _accept(self) -> None:
        try:
            connection, _ = self._listener.accept()
        except OSError:  # the peer was gone before it was greeted, or the guest is short of descriptors
            return
        if len(self._peers) >= MOST_PEERS:
            self._drop(min(self._peers, key=lambda peer: peer.heard))
        connection.settimeout(0)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        peer = Peer(connection, time.monotonic())
        self._peers.append(peer)
        self._selector.register(connection, selectors.EVENT_READ, peer)

    def _serve(self, peer: Peer) -> None:
        if peer not in self._peers:  # dropped earlier in this very turn
            return
        try:
            self._receive(peer)
            self._send(peer)
        except BlockingIOError:
            pass
        except (OSError, FrameError):
            self._drop(peer)

    def _receive(self, peer: Peer) -> None:
        if peer.unsent:  # first it takes what it asked for
            return
        part = peer.connection.recv(4096)
        if not part:
            raise ConnectionResetError
        peer.heard = time.monotonic()
        peer.received += part
        while (frame := take(peer.received)) is not None:
            response = answer(self.registers, frame.pdu)
            peer.unsent += encode(Frame(frame.transaction, frame.unit, response))
            if len(peer.unsent) > MOST_UNSENT:
                self._send(peer)

    def _send(self, peer: Peer) -> None:
        """Send what can be sent; a peer that leaves too much behind is cut off."""
        try:
            while peer.unsent:
                del peer.unsent[: peer.connection.send(peer.unsent)]
        except BlockingIOError:
            if len(peer.unsent) > MOST_UNSENT:
                raise ConnectionAbortedError from None
        wanted = selectors.EVENT_WRITE if peer.unsent else selectors.EVENT_READ
        self._selector.modify(peer.connection, wanted, peer)

    def _drop(self, peer: Peer) -> None:
        self._peers.remove(peer)
        self._selector.unregister(peer.connection)
        peer.connection.close()
