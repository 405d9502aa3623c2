# SPDX-License-Identifier: Apache-2.0
"""A bay's protection: its breaker opens at once when another bay trips it, and closes again some time after. Pure.

Values of its messages: the breaker's position, and whether it trips others.
"""

from __future__ import annotations

from dataclasses import dataclass

from guests.roles.goose.message import Message
from guests.roles.mms.read import OFF, ON

RECLOSE_S = 3.0
"""After the last trip; real reclosers take a fraction of this."""
FIRST_S, LONGEST_S = 0.004, 1.0
"""A change is repeated after the first time, then ever more slowly (IEC 61850-8-1 clause 18.1)."""


@dataclass
class Bay:
    """One bay. Times are seconds on any one clock."""

    control_block: str
    closed: bool = True
    tripped_at: float = 0.0
    state: int = 1
    sequence: int = 0
    due: float = 0.0
    pause: float = FIRST_S

    def heard(self, message: Message, now: float) -> None:
        """Take what another bay said."""
        if message.values[1:2] == (True,):
            self.tripped_at = now
            self._move(closed=False, now=now)

    def tick(self, now: float) -> Message | None:
        """Answer what is to be said now, if anything."""
        if not self.closed and now - self.tripped_at >= RECLOSE_S:
            self._move(closed=True, now=now)
        if now < self.due:
            return None
        message = Message(self.control_block, self.state, self.sequence, (self.position, False))
        self.sequence += 1
        self.due, self.pause = now + self.pause, min(2 * self.pause, LONGEST_S)
        return message

    @property
    def position(self) -> str:
        """The breaker's."""
        return ON if self.closed else OFF

    def _move(self, *, closed: bool, now: float) -> None:
        if self.closed != closed:
            self.closed = closed
            self.state, self.sequence = self.state + 1, 0
            self.due, self.pause = now, FIRST_S
