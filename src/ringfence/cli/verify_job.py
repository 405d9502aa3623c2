# SPDX-License-Identifier: Apache-2.0
"""How ``verify`` goes."""

from __future__ import annotations

from dataclasses import dataclass

from ringfence.app.opening import open_applied
from ringfence.app.verify.parts import chosen
from ringfence.app.verifying import history, require_known, verify

from .desk import desk
from .exits import ASKED, FINE, INTERRUPTED, REFUSED
from .interrupt import waiting
from .root import place_for_root
from .say import answer
from .settings import Settings
from .show.verification import history_lines, verification_lines

KEPT = 100
_STATUS = {"proven": FINE, "wrong": ASKED, "unproven": REFUSED}


@dataclass(frozen=True, slots=True)
class Options:
    """What the person wants to have verified, and shown."""

    workload: str | None
    only: str | None
    packets: bool


def verify_job(settings: Settings, options: Options) -> int:
    """Verify the running system, tell what was found, and return the exit status."""
    parts = chosen(options.only, () if options.packets else ("packets",))
    place = place_for_root("look at what runs here")
    with desk(settings) as at, open_applied(place, at.which()) as (session, file):
        require_known(file.site, options.workload)
        with waiting(at.cancel):
            found = verify(session, file.site, parts, at.narrator.hear)
        at.narrator.close()
        answer(settings, found, verification_lines(found, settings.paint, options.workload))
    return INTERRUPTED if at.cancel.requested else _STATUS[found.verdict]


def history_job(settings: Settings) -> int:
    """Show what was kept."""
    place = place_for_root("look at what was verified here")
    with desk(settings) as at, open_applied(place, at.which()) as (session, file):
        found = history(session, file.site, KEPT)
    answer(settings, found, history_lines(found, settings.paint))
    return FINE
