# SPDX-License-Identifier: Apache-2.0
"""How ``island``, ``cut``, ``hold`` and ``release`` go: nothing is asked, and what came of it is told."""

from __future__ import annotations

from typing import Literal

from ringfence.app.opening import open_applied
from ringfence.app.releasing import release, standing_list
from ringfence.app.restricting import cut, hold, island
from ringfence.app.session import Session
from ringfence.app.site_file import SiteFile
from ringfence.messages.restrictions import RestrictionReport

from .exits import FINE, REFUSED
from .root import place_for_root
from .say import answer
from .settings import Settings
from .show.restrictions import list_lines, release_lines, restriction_lines
from .which import which

Wish = Literal["island", "cut", "hold"]


def emergency(settings: Settings, wish: Wish, name: str, reason: str) -> int:
    """Restrict at once; return the exit status."""
    with open_applied(place_for_root("close what is open"), which(settings)) as (session, file):
        found = _restrict(session, file, wish, name, reason)
    answer(settings, found, restriction_lines(found, settings.paint))
    return FINE if found.reach == "done" else REFUSED


def release_or_list(settings: Settings, name: str | None) -> int:
    """Release by name, or list what stands; return the exit status."""
    with open_applied(place_for_root("open what is closed"), which(settings)) as (session, file):
        if name is None:
            standing = standing_list(session)
            answer(settings, standing, list_lines(standing, settings.paint))
            return FINE
        found = release(session, file, name)
    answer(settings, found, release_lines(found, settings.paint))
    return FINE if found.reach == "done" else REFUSED


def _restrict(session: Session, file: SiteFile, wish: Wish, name: str, reason: str) -> RestrictionReport:
    if wish == "island":
        return island(session, file, name, reason)
    return cut(session, file, name, reason) if wish == "cut" else hold(session, reason)
