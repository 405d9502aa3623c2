# SPDX-License-Identifier: Apache-2.0
"""What a zone's watch has counted since it began."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple


class Seen(NamedTuple):
    """Packets of an opener to a target and port, 0 where the protocol has none.

    ``beats`` are those that say something: of TCP the openings and the ends of what was written (SYN, PSH), of others
    all. ``passed``: some of them went through the router.
    """

    source: str
    target: str
    protocol: str
    port: int
    packets: int
    bytes: int
    beats: int
    passed: bool


class SeenFrame(NamedTuple):
    """Frames that are neither IP nor ARP, by sender, destination and EtherType."""

    source: str
    target: str
    ethertype: int
    packets: int


class SeenQuestion(NamedTuple):
    """ARP questions of one address for another."""

    source: str
    target: str
    packets: int


@dataclass(frozen=True, slots=True)
class Sight:
    """One look at all counters. ``missed``: packets of conversations that no longer fit."""

    seen: tuple[Seen, ...] = ()
    frames: tuple[SeenFrame, ...] = ()
    questions: tuple[SeenQuestion, ...] = ()
    missed: int = 0
