# SPDX-License-Identifier: Apache-2.0
"""How ``revert`` goes."""

from __future__ import annotations

from functools import partial

from ringfence.app.history import revert, revision_file
from ringfence.app.opening import open_applied
from ringfence.app.planning import plan_report, plan_site
from ringfence.app.restricted import standing

from .desk import desk
from .exits import ASKED
from .root import place_for_root
from .settings import Settings


def revert_job(settings: Settings, number: int | None, destroy_data: frozenset[str], *, yes: bool) -> int:
    """Apply an earlier revision again; return the exit status."""
    place = place_for_root("change what runs here")
    with desk(settings) as at:
        meant = at.which()
        beside = meant.path.parent
        with open_applied(place, meant) as (session, _):
            file = revision_file(session, number, beside)
            if not yes:
                plan = plan_site(session, file, destroy_data).plan
                if not at.consents(plan_report(file.site, plan, standing(session)), "revert"):
                    return ASKED
            return at.run(partial(revert, session, number, beside, destroy_data))
