# SPDX-License-Identifier: Apache-2.0
"""What a comparison of what can happen with what may comes to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from .flow import Door, Place, Unread
from .packet import Packet

Word = Literal["proven", "wrong", "unproven"]
Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Undeclared:
    """A counter-example: the smallest packet that gets from one end to another although nothing declares it.

    ``path`` has the rules and elements that let it, in order; ``rule`` is the one of them that no declared packet
    passes by, or the last. ``more`` are other ends between which the same rule lets something undeclared through.
    """

    source: str
    target: str
    packet: Packet
    path: tuple[Place, ...] = ()
    rule: Place | None = None
    more: tuple[Pair, ...] = ()


@dataclass(frozen=True, slots=True)
class Unreachable:
    """The smallest packet that was declared by ``owner`` and that nothing lets through. ``more`` as above."""

    owner: str
    source: str
    target: str
    packet: Packet
    more: tuple[Pair, ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """All of it. ``flows`` and ``claims`` say how much was compared."""

    undeclared: tuple[Undeclared, ...] = ()
    unreachable: tuple[Unreachable, ...] = ()
    doors: tuple[Door, ...] = ()
    """Side doors that are there and that nothing declares."""
    missing: tuple[Door, ...] = ()
    """Side doors that are declared and not there. Nothing leaks by them, so they are no fault."""
    unproven: tuple[Unread, ...] = ()
    flows: int = 0
    claims: int = 0

    @property
    def word(self) -> Word:
        """Return the verdict in a word: what is not understood is never proven."""
        if self.undeclared or self.unreachable or self.doors:
            return "wrong"
        return "unproven" if self.unproven else "proven"
