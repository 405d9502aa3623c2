# SPDX-License-Identifier: Apache-2.0
"""A connection as the router's kernel tracks it."""

from __future__ import annotations

from typing import NamedTuple


class Connection(NamedTuple):
    """One entry of the connection table. ``source`` opened it; a tuple, because there may be tens of thousands.

    ``port`` is what was opened, 0 for protocols without ports. ``sent`` counts what the opener sent, ``received`` what
    came back; all are 0 where the kernel did not count. ``age_s`` and ``idle_s`` (since the last packet) are None where
    it does not tell.
    """

    protocol: str
    """``tcp``, ``udp``, ``icmp``, ``icmpv6``, or the kernel's name or number of another."""
    source: str
    target: str
    port: int
    state: str
    """TCP's state, ``UNREPLIED`` where nothing came back yet, else empty."""
    sent_packets: int
    sent_bytes: int
    received_packets: int
    received_bytes: int
    age_s: int | None
    idle_s: int | None
