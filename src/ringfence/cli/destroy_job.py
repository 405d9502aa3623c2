# SPDX-License-Identifier: Apache-2.0
"""How ``destroy`` goes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path

from ringfence.app.destroying import destroy, plan_destroy
from ringfence.app.opening import open_known
from ringfence.app.planning import plan_report
from ringfence.app.prepare import scope_of

from .desk import desk
from .exits import ASKED
from .root import place_for_root
from .settings import Settings


@dataclass(frozen=True, slots=True)
class Options:
    """What the person said besides the site."""

    destroy_data: frozenset[str]
    all_data: bool
    forget: bool
    yes: bool


def destroy_job(settings: Settings, argument: Path | None, options: Options) -> int:
    """Take a site away; return the exit status."""
    place, data = place_for_root("change what runs here"), options.destroy_data
    with desk(settings) as at, open_known(place, at.which(argument)) as (session, file):
        scope = scope_of(file.site)
        if not options.yes:
            plan = plan_destroy(session, scope, data, all_data=options.all_data)
            if not at.consents(plan_report(file.site, plan), "destroy"):
                return ASKED
        return at.run(partial(destroy, session, scope, data, all_data=options.all_data, forget=options.forget))
