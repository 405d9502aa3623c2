# SPDX-License-Identifier: Apache-2.0
"""How ``start``, ``stop`` and ``restart`` go."""

from __future__ import annotations

from functools import partial

from ringfence.app.opening import open_applied
from ringfence.app.planning import plan_report
from ringfence.app.power import Wish, plan_power, power

from .desk import desk
from .exits import ASKED
from .root import place_for_root
from .settings import Settings


def power_job(settings: Settings, wish: Wish, names: tuple[str, ...], *, yes: bool) -> int:
    """Bring workloads to the wished state; ask before one is interrupted. Return the exit status."""
    place = place_for_root("change what runs here")
    with desk(settings) as at, open_applied(place, at.which()) as (session, file):
        if wish != "start" and not yes:
            plan = plan_power(session, file, wish, names)
            if not at.consents(plan_report(file.site, plan), f"{wish} {' '.join(names)}"):
                return ASKED
        return at.run(partial(power, session, file, wish, names))
