# SPDX-License-Identifier: Apache-2.0
"""What may happen by itself: the one place that everything automatic asks before it acts.

While a person's ``hold`` stands, nothing does: no conduit closes because its time has come, no failed job is undone.
What a person said beforehand goes on: a grant ends when its time is over, as the kernel was told.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from ringfence.ports.restrictions import Restriction

from .session import Session


@dataclass(frozen=True, slots=True)
class Automatic:
    """``hold`` is the person's wish that nothing happens by itself; None where there is none."""

    hold: Restriction | None = None

    @property
    def allowed(self) -> bool:
        """True when things may happen by themselves."""
        return self.hold is None

    def time(self, now: datetime) -> datetime:
        """Return the time that expiry goes by: it stands still while a hold stands."""
        return now if self.hold is None else min(now, self.hold.since)


def automatic(standing: Iterable[Restriction]) -> Automatic:
    """Return what restrictions say about it."""
    return Automatic(next((one for one in standing if one.kind == "hold"), None))


def automatic_now(session: Session) -> Automatic:
    """Return what holds at this moment. Raises Refused when the state cannot be read."""
    return automatic(session.store.restrictions.standing())
