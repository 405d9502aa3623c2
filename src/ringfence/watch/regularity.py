# SPDX-License-Identifier: Apache-2.0
"""How regular something is that is looked at now and then: only how often it happened since the last look is known."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from statistics import median
from typing import NamedTuple

_KEPT = 64
"""Gaps that are remembered of each conversation."""
_ENOUGH = 3
_STEADY = 0.25
"""Spread (median deviation from the median, against the median) up to which something is called regular."""


class Regularity(NamedTuple):
    """``every_s`` is the median gap and ``spread`` how far gaps lie from it, as a part of it; None: not known."""

    times: int
    every_s: float | None
    spread: float | None

    @property
    def regular(self) -> bool:
        """Tell whether it comes at equal intervals."""
        return self.spread is not None and self.spread <= _STEADY


@dataclass(slots=True)
class Rhythm:
    """Gaps between happenings, of looks at ``at`` (seconds of any clock that never goes backwards)."""

    times: int = 0
    first: float | None = None
    last: float | None = None
    gaps: deque[float] = field(default_factory=lambda: deque(maxlen=_KEPT))

    def look(self, at: float, more: int) -> None:
        """Note that it happened ``more`` times since the last look."""
        if more <= 0:
            return
        if self.last is not None and at > self.last:
            self.gaps.append((at - self.last) / more)
        if self.first is None:
            self.first = at
        self.times += more
        self.last = at

    @property
    def regularity(self) -> Regularity:
        """Return what the gaps say; too few say nothing."""
        if len(self.gaps) < _ENOUGH:
            return Regularity(self.times, None, None)
        middle = median(self.gaps)
        return Regularity(self.times, middle, median(abs(one - middle) for one in self.gaps) / middle)
