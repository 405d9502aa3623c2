# SPDX-License-Identifier: Apache-2.0
"""The newest reading of every controller, shared by the threads that poll and those that show."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field, replace

FRESH_SECONDS = 10.0
"""A reading older than this no longer says how the plant is."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One controller as last seen. ``at`` is on the monotonic clock; None before the first answer."""

    address: str
    values: dict[str, int] = field(default_factory=dict)
    at: float | None = None
    error: str | None = None

    def age(self, now: float) -> float | None:
        """Answer seconds since the last answer."""
        return None if self.at is None else now - self.at

    def fresh(self, now: float) -> bool:
        """Answer whether the controller answered recently."""
        return self.at is not None and now - self.at <= FRESH_SECONDS


class Readings:
    """All controllers by name."""

    def __init__(self, addresses: dict[str, str]) -> None:
        self._lock = threading.Lock()
        self._all = {name: Reading(address) for name, address in addresses.items()}

    def answered(self, name: str, values: dict[str, int], now: float) -> None:
        """Keep what the controller answered."""
        with self._lock:
            self._all[name] = replace(self._all[name], values=values, at=now, error=None)

    def failed(self, name: str, sentence: str) -> bool:
        """Keep why it did not answer, beside the values it had; answer whether that is news."""
        with self._lock:
            news = self._all[name].error != sentence
            self._all[name] = replace(self._all[name], error=sentence)
        return news

    def all(self) -> dict[str, Reading]:
        """Answer a copy, by name."""
        with self._lock:
            return dict(self._all)
