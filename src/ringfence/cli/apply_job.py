# SPDX-License-Identifier: Apache-2.0
"""How ``apply`` goes: read, plan, show, ask, run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from ringfence.app.applying import apply_plan, apply_site
from ringfence.app.opening import open_wanted
from ringfence.app.plan_file import is_plan_file, read_plan
from ringfence.app.planning import plan_report, plan_site
from ringfence.app.restricted import standing
from ringfence.app.session import Session
from ringfence.app.site_file import SiteFile
from ringfence.messages.apply import JobReport

from .desk import Desk, desk
from .exits import ASKED
from .root import place_for_root
from .settings import Settings


@dataclass(frozen=True, slots=True)
class Options:
    """What the person said besides the file."""

    destroy_data: frozenset[str]
    yes: bool
    keep: bool
    workers: int


def apply_job(settings: Settings, file: Path | None, options: Options) -> int:
    """Apply a site file or a plan; return the exit status."""
    place = place_for_root("change what runs here")
    plan_file = file if file is not None and is_plan_file(file) else None
    with desk(settings) as at, open_wanted(place, at.which(None if plan_file else file)) as (session, site):
        work = _agreed(at, session, site, plan_file, options)
        return ASKED if work is None else at.run(work)


def _agreed(
    at: Desk, session: Session, site: SiteFile, plan_file: Path | None, options: Options
) -> Callable[[], JobReport] | None:
    """Return what to do, or None when the person does not want it."""
    if plan_file is None and options.yes:
        return partial(
            apply_site, session, site, destroy_data=options.destroy_data, keep=options.keep, workers=options.workers
        )
    plan = plan_site(session, site, options.destroy_data).plan if plan_file is None else read_plan(plan_file)
    shown = plan_report(site.site, plan, standing(session))
    if not options.yes and not at.consents(shown, "apply"):
        return None
    return partial(apply_plan, session, site, plan, keep=options.keep, workers=options.workers)
