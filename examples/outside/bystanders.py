# SPDX-License-Identifier: Apache-2.0
"""Two devices of the plant that have nothing to do with Ringfence, and must never notice it.

They know each other's hardware address and hold a conversation. ``same`` says whether both are, byte for byte, what
they were when the block began.
"""

from __future__ import annotations

import socket
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from examples.outside.lan import Device

PORT = 4321
PATIENCE_S = 10.0
TCP_INFO, RETRANSMITS_AT = 11, 100
"""linux/tcp.h: tcpi_total_retrans is the 24th number of struct tcp_info, behind 8 bytes."""


@dataclass
class Bystanders:
    """``caller`` asks, ``answerer`` at ``address`` echoes."""

    caller: Device
    answerer: Device
    address: str
    port: int = PORT
    said: bytearray = field(default_factory=bytearray)
    heard: bytearray = field(default_factory=bytearray)

    def __enter__(self) -> Self:
        listener = self.answerer.inside(lambda: socket.create_server((self.address, self.port)))
        listener.settimeout(PATIENCE_S)
        self.near = self.caller.inside(lambda: socket.create_connection((self.address, self.port), PATIENCE_S))
        self.far, _ = listener.accept()
        self.far.settimeout(PATIENCE_S)
        listener.close()
        self.exchange(b"good morning")
        self.began = self.view()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.near.close()
        self.far.close()

    def exchange(self, words: bytes) -> None:
        """Let the caller say something over the connection that stands, and the answerer echo it."""
        self.near.sendall(words)
        taken = _whole(self.far, len(words))
        self.far.sendall(taken)
        self.said += words
        self.heard += _whole(self.near, len(words))

    def view(self) -> tuple[object, ...]:
        """Return what must not change: whom both know, between which ports they speak, what was lost on the way."""
        ends = tuple((end.getsockname(), end.getpeername()) for end in (self.near, self.far))
        return (self.caller.neighbours(), self.answerer.neighbours(), ends, self.retransmitted())

    def retransmitted(self) -> int:
        """Return how many segments had to be sent again."""
        return sum(
            int.from_bytes(end.getsockopt(socket.IPPROTO_TCP, TCP_INFO, 192)[RETRANSMITS_AT:][:4], "little")
            for end in (self.near, self.far)
        )

    def same(self) -> bool:
        """Tell whether nothing changed: the tables, the connection, and every byte that passed over it."""
        self.exchange(b"still there?")
        return self.view() == self.began and self.said == self.heard


def _whole(end: socket.socket, length: int) -> bytes:
    found = b""
    while len(found) < length:
        part = end.recv(length - len(found))
        if not part:
            raise ConnectionError("A bystander's conversation ended.")
        found += part
    return found
