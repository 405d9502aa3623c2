# SPDX-License-Identifier: Apache-2.0
"""The whole declaration as claims."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from ringfence.compile.bindings import Bindings
from ringfence.compile.restrictions import UNRESTRICTED, Restrictions
from ringfence.compile.scope import Scope
from ringfence.proof.flow import Claim
from ringfence.site.site import Site

from .calendar import Calendar
from .cast import casts
from .fault import errors, of_router
from .frame import frames
from .gateway import faults_to_router, probes, standing
from .ground import ground_of
from .port import handed
from .reply import replies
from .talk import conversations, peers


def claims(
    site: Site,
    hosted: frozenset[str],
    bindings: Bindings,
    scope: Scope,
    now: datetime,
    restrictions: Restrictions = UNRESTRICTED,
    grants: Collection[str] = (),
) -> tuple[Claim, ...]:
    """Return everything that may flow on a host, whose workloads are ``hosted``; what is not here may not.

    ``now`` (UTC) decides which conduits have closed by themselves: for what was applied, when that was. ``grants`` are
    the dormant conduits that somebody has opened for a time.
    """
    ground = ground_of(site, hosted, bindings, scope, restrictions)
    calendar = Calendar(now, frozenset(grants))
    talks = (*conversations(ground, calendar), *peers(ground))
    return (
        *talks,
        *errors(ground, talks),
        *of_router(ground),
        *casts(ground, calendar),
        *frames(ground, calendar),
        *probes(ground),
        *faults_to_router(ground),
        *standing(ground, calendar),
        *handed(ground),
        *replies(ground, calendar),
    )
