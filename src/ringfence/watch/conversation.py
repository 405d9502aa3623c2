# SPDX-License-Identifier: Apache-2.0
"""Conversations: connections of one opener to one target and port, together.

A poller that connects anew every second leaves a hundred closed connections behind; a person wants one line.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from ringfence.facts.connection import Connection

_OVER = frozenset({"FIN_WAIT", "CLOSE_WAIT", "LAST_ACK", "TIME_WAIT", "CLOSE"})
_OPENING = frozenset({"SYN_SENT", "SYN_SENT2", "SYN_RECV"})


class Ends(NamedTuple):
    """Who opened what: addresses as text, ``port`` 0 where the protocol has none."""

    source: str
    target: str
    protocol: str
    port: int


@dataclass(slots=True)
class Conversation:
    """Sums over its connections. ``age_s`` is the oldest one's, ``idle_s`` the youngest's; None: not known."""

    ends: Ends
    connections: int = 0
    over: int = 0
    """Connections that ended: the kernel forgets them in a minute or two."""
    unanswered: int = 0
    """Connections in which nothing came back."""
    sent_packets: int = 0
    sent_bytes: int = 0
    received_packets: int = 0
    received_bytes: int = 0
    age_s: int | None = None
    idle_s: int | None = None

    def add(self, one: Connection) -> None:
        """Count a connection in."""
        self.connections += 1
        self.over += one.state in _OVER
        self.unanswered += one.state == "UNREPLIED" or one.state in _OPENING
        self.sent_packets += one.sent_packets
        self.sent_bytes += one.sent_bytes
        self.received_packets += one.received_packets
        self.received_bytes += one.received_bytes
        if one.age_s is not None:
            self.age_s = max(one.age_s, self.age_s or 0)
        if one.idle_s is not None:
            self.idle_s = one.idle_s if self.idle_s is None else min(one.idle_s, self.idle_s)


class Rate(NamedTuple):
    """What passed in a second: of the opener, and back."""

    sent_packets: float
    sent_bytes: float
    received_packets: float
    received_bytes: float


def conversations(connections: Iterable[Connection]) -> dict[Ends, Conversation]:
    """Return the conversations that connections belong to, by their ends."""
    found: dict[Ends, Conversation] = {}
    for one in connections:
        ends = Ends(one.source, one.target, one.protocol, one.port)
        held = found.get(ends)
        if held is None:
            held = found[ends] = Conversation(ends)
        held.add(one)
    return found


def rate(before: Conversation | None, after: Conversation, seconds: float) -> Rate:
    """Return what passed between two looks. What the kernel forgot in between counts as nothing, never less."""
    old = before or Conversation(after.ends)

    def each(name: str) -> float:
        grown: int = getattr(after, name) - getattr(old, name)
        return max(grown, 0) / seconds

    return Rate(*(each(name) for name in Rate._fields))
