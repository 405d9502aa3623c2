# SPDX-License-Identifier: Apache-2.0
"""What was learned: counters that were looked at many times become conversations with their rhythm.

Memory is bounded: of every conversation a few dozen gaps are kept, and no more conversations than ``most``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from ringfence.facts.seen import Seen, SeenFrame, SeenQuestion, Sight

from .regularity import Rhythm

MOST = 65536
Key = tuple[str, str, str, int]
"""Source, target, protocol and port."""


class _Count(NamedTuple):
    packets: int
    bytes: int
    beats: int


_NOTHING = _Count(0, 0, 0)


@dataclass(slots=True)
class Talk:
    """One conversation: sums, and whether it ever passed."""

    key: Key
    rhythm: Rhythm = field(default_factory=Rhythm)
    packets: int = 0
    bytes: int = 0
    passed: bool = False
    _before: _Count = _NOTHING

    def look(self, at: float, seen: Seen) -> None:
        """Add what came since the last look. Counters that fell began anew: the kernel had forgotten them."""
        now = _Count(seen.packets, seen.bytes, seen.beats)
        before = self._before if now.packets >= self._before.packets else _NOTHING
        self.packets += now.packets - before.packets
        self.bytes += now.bytes - before.bytes
        self.passed |= seen.passed
        # What was open before the watch began may say nothing: it is there all the same.
        self.rhythm.look(at, max(now.beats - before.beats, 0) or int(not self.rhythm.times))
        self._before = now


@dataclass(slots=True)
class Learned:
    """Everything since the watch began."""

    most: int = MOST
    talks: dict[Key, Talk] = field(default_factory=dict)
    frames: dict[tuple[str, str, int], SeenFrame] = field(default_factory=dict)
    questions: dict[tuple[str, str], SeenQuestion] = field(default_factory=dict)
    missed: int = 0
    """Packets, and conversations of our own, that did not fit."""
    _full: int = 0

    def look(self, at: float, sight: Sight) -> None:
        """Take one look at the counters into account."""
        for seen in sight.seen:
            key = seen[:4]
            talk = self.talks.get(key)
            if talk is None:
                if len(self.talks) >= self.most:
                    self._full += 1
                    continue
                talk = self.talks[key] = Talk(key)
            talk.look(at, seen)
        self.frames |= {one[:3]: one for one in sight.frames}
        self.questions |= {one[:2]: one for one in sight.questions}
        self.missed = sight.missed + self._full
