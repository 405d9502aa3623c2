# SPDX-License-Identifier: Apache-2.0
"""One job per site at a time."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Held:
    """The site is held by this process: proof for whoever may only work while nobody else does."""

    what: str
    """What it is held for: ``apply``, ``revert`` ..."""
    pid: int
    since: datetime


class SiteLock(Protocol):
    """Keeps a second job away from a site. The lock ends with the process that holds it, also by SIGKILL."""

    def hold(self, what: str) -> AbstractContextManager[Held]:
        """Hold the site while the context lasts. Raises Busy, which says who holds it and since when."""
        ...

    def holder(self) -> Held | None:
        """Return who holds the site now, as far as that can be told without touching it."""
        ...
