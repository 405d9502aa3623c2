# SPDX-License-Identifier: Apache-2.0
"""Bay 2 of the substation: hears what bay 1 says, says how it is itself, and trips bay 1 when somebody tells it to."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import Self

from examples.outside.lan import CARD, Device
from guests.roles.goose.message import Message
from guests.roles.goose.port import Port
from guests.roles.mms.read import ON

BAY_1, BAY_2 = "01:0c:cd:01:00:01", "01:0c:cd:01:00:02"
"""The groups that each bay speaks to."""
CONTROL_BLOCK = "IED2LD0/LLN0$GO$gcb1"
INTERVAL_S = 0.5
STEP_S = 0.02


class BayTwo:
    """Speaks and listens on its own thread while the block lasts. ``heard`` has what bay 1 said, with the time."""

    def __init__(self, device: Device) -> None:
        self.heard: list[tuple[float, Message]] = []
        self._port = device.inside(lambda: Port(CARD, BAY_1))
        self._tripping = False
        self._changed = threading.Event()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._thread.join()
        self._port.close()

    def trip(self, *, on: bool) -> None:
        """Say from now on that bay 1 has to open its breaker, or no longer."""
        self._tripping = on
        self._changed.set()

    def wait(self, wanted: Callable[[Message], bool], seconds: float) -> float | None:
        """Answer after how many seconds bay 1 said something like that, None when it did not."""
        began, seen = time.monotonic(), len(self.heard)
        while time.monotonic() - began < seconds:
            for at, message in self.heard[seen:]:
                if wanted(message):
                    return at - began
            seen = len(self.heard)
            time.sleep(STEP_S / 4)
        return None

    def _run(self) -> None:
        state = sequence = 0
        due = 0.0
        while not self._over.is_set():
            now = time.monotonic()
            if self._changed.is_set():
                self._changed.clear()
                state, sequence, due = state + 1, 0, now
            if now >= due:
                self._port.send(Message(CONTROL_BLOCK, state, sequence, (ON, self._tripping)), BAY_2)
                sequence, due = sequence + 1, now + INTERVAL_S
            message = self._port.hear(STEP_S)
            if message:
                self.heard.append((time.monotonic(), message))
