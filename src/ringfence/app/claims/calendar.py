# SPDX-License-Identifier: Apache-2.0
"""Which conduits are open at a time, and as what."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from ringfence.base.addresses import address
from ringfence.site.conduit import Conduit


@dataclass(frozen=True, slots=True)
class Calendar:
    """``now`` is UTC, ``grants`` are the dormant conduits that somebody has opened for a time."""

    now: datetime
    grants: frozenset[str]

    def over(self, conduit: Conduit) -> bool:
        """Tell whether a conduit has closed by itself: behind its last day, if it says so."""
        return conduit.on_expiry == "close" and conduit.expires is not None and conduit.expires < self.now.date()

    def owner(self, conduit: Conduit) -> str | None:
        """Return as what a conduit is open: ``conduit/poll``, ``grant/program``; None where it is closed."""
        if self.over(conduit):
            return None
        if conduit.dormant:
            return address("grant", conduit.name) if conduit.name in self.grants else None
        return address("conduit", conduit.name)
