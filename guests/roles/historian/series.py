# SPDX-License-Identifier: Apache-2.0
"""The newest points of every series, in memory, for questions."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from guests.roles.wire.line import Point, Value

MOST_POINTS = 4096
"""Points kept for each measurement and field; the data disk keeps more."""
MOST_SERIES = 1000


class FullError(Exception):
    """There are too many series already."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One value of one field. ``time`` in nanoseconds since 1970."""

    time: int
    value: Value
    tags: tuple[tuple[str, str], ...]


class Series:
    """Samples by measurement and field of one database."""

    def __init__(self) -> None:
        self._all: dict[tuple[str, str], deque[Sample]] = {}

    def __len__(self) -> int:
        return len(self._all)

    def check(self, points: list[Point]) -> None:
        """Raise FullError when these points bring more series than there may be."""
        new = {(point.measurement, name) for point in points for name, _ in point.fields}
        if len(self._all.keys() | new) > MOST_SERIES:
            raise FullError

    def add(self, point: Point, now: int) -> None:
        """Keep the point; its time is ``now`` when it has none."""
        time = now if point.time is None else point.time
        for name, value in point.fields:
            samples = self._all.setdefault((point.measurement, name), deque(maxlen=MOST_POINTS))
            samples.append(Sample(time, value, point.tags))

    def last(self, measurement: str, field: str, count: int, tags: dict[str, str]) -> list[Sample]:
        """Answer at most ``count`` of the newest samples that carry all ``tags``, oldest first."""
        found: list[Sample] = []
        for sample in reversed(self._all.get((measurement, field), ())):
            if tags.items() <= dict(sample.tags).items():
                found.append(sample)
                if len(found) == count:
                    break
        return found[::-1]
