# SPDX-License-Identifier: Apache-2.0
"""Work that is under way in threads of its own, each with a deadline.

A thread cannot be stopped: one that passed its deadline is left to itself, and what it comes to is not heard any more.
The threads are daemons, so that a hung call never keeps the process from ending.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import Generic, TypeVar

from ringfence.ports.clock import Clock

Key = TypeVar("Key")
Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Landed(Generic[Key, Value]):
    """Work that ended: with a value, or without one because its deadline passed."""

    key: Key
    value: Value | None


class Flights(Generic[Key, Value]):
    """Keeps count of what is under way."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._queue: SimpleQueue[tuple[int, Value]] = SimpleQueue()
        self._under_way: dict[int, tuple[Key, float]] = {}
        self._count = 0

    def __len__(self) -> int:
        return len(self._under_way)

    def under_way(self) -> list[Key]:
        """Return what is under way."""
        return [key for key, _ in self._under_way.values()]

    def start(self, key: Key, work: Callable[[], Value], seconds: float) -> None:
        """Start work, which must not raise, in a thread of its own."""
        self._count += 1
        number = self._count
        self._under_way[number] = (key, self._clock.monotonic() + seconds)
        threading.Thread(target=lambda: self._queue.put((number, work())), daemon=True).start()

    def landed(self, wait: float) -> list[Landed[Key, Value]]:
        """Return what ended, waiting at most ``wait`` seconds for the first; also what passed its deadline."""
        found: list[Landed[Key, Value]] = []
        try:
            self._take(self._queue.get(timeout=wait), found)
            while True:
                self._take(self._queue.get_nowait(), found)
        except Empty:
            return found + self._overdue()

    def _take(self, result: tuple[int, Value], found: list[Landed[Key, Value]]) -> None:
        number, value = result
        if number in self._under_way:
            found.append(Landed(self._under_way.pop(number)[0], value))

    def _overdue(self) -> list[Landed[Key, Value]]:
        now = self._clock.monotonic()
        late = [number for number, (_, until) in self._under_way.items() if now >= until]
        return [Landed(self._under_way.pop(number)[0], None) for number in late]
