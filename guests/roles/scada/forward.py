# SPDX-License-Identifier: Apache-2.0
"""Sends points to the historian in batches, and keeps them, up to a limit, while it is away."""

from __future__ import annotations

import threading
import time
from collections import deque
from dataclasses import dataclass
from http import HTTPStatus

from guests.roles.wire.dial import explain
from guests.roles.wire.fetch import fetch, split
from guests.roles.wire.line import Point, encode
from guests.roles.wire.told import say

MOST_WAITING = 20_000
"""Lines kept while the historian is away: more than an hour of five controllers. The oldest are given up first."""
BATCH = 500
PAUSE, LONGEST_PAUSE = 1.0, 10.0
TIMEOUT = 5.0


@dataclass(frozen=True, slots=True)
class Forwarding:
    """How sending goes: counts of lines, and why the last batch was not taken."""

    url: str
    sent: int
    waiting: int
    dropped: int
    error: str | None


class Forwarder:
    """The queue to one historian. ``put`` never waits; ``run`` is a thread's work."""

    def __init__(self, url: str, database: str = "plant") -> None:
        _, self._host, self._port = split(url)
        self.url = url
        self._target = f"{url.rstrip('/')}/write?db={database}"
        self._lock = threading.Lock()
        self._waiting: deque[str] = deque()
        self._sent = self._dropped = 0
        self._error: str | None = None

    def put(self, name: str, values: dict[str, int]) -> None:
        """Queue one reading of one controller, as of now."""
        line = encode(Point("tank", (("plc", name),), tuple(values.items()), time.time_ns()))
        with self._lock:
            if len(self._waiting) >= MOST_WAITING:
                self._waiting.popleft()
                self._dropped += 1
            self._waiting.append(line)

    def state(self) -> Forwarding:
        """Answer how sending goes."""
        with self._lock:
            return Forwarding(self.url, self._sent, len(self._waiting), self._dropped, self._error)

    def flush(self) -> bool:
        """Send one batch; answer whether it was taken. What was not taken stays in its place."""
        with self._lock:
            batch = [self._waiting[i] for i in range(min(BATCH, len(self._waiting)))]
            dropped = self._dropped
        if not batch:
            return True
        error = self._deliver("\n".join(batch).encode())
        with self._lock:
            if error is None:
                # Lines of this batch that the limit pushed out meanwhile are no longer at the front.
                for _ in range(len(batch) - (self._dropped - dropped)):
                    self._waiting.popleft()
                self._sent += len(batch)
            news, self._error = error != self._error, error
        if news:
            say(f"scada: {error or 'the historian takes the values'}")
        return error is None

    def _deliver(self, body: bytes) -> str | None:
        """Answer None when the historian took it, else why not."""
        try:
            status, answer = fetch(self._target, TIMEOUT, body)
        except OSError as error:
            return explain(error, self._host, self._port)
        if status in {HTTPStatus.OK, HTTPStatus.NO_CONTENT}:
            return None
        return f"The historian refused the values ({status}): {answer[:200].decode(errors='replace').strip()}"

    def run(self) -> None:
        """Send for ever, more slowly while nothing is taken."""
        pause = PAUSE
        while True:
            pause = PAUSE if self.flush() else min(2 * pause, LONGEST_PAUSE)
            time.sleep(pause)
