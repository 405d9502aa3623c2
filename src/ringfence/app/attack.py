# SPDX-License-Identifier: Apache-2.0
"""Use case: where an intruder who holds something could go on, upon a map of the site."""

from __future__ import annotations

from dataclasses import replace

from ringfence.base.errors import BadInput, Refused, RingfenceError
from ringfence.messages.site_map import AttackPaths, AttackRoute, AttackStep, SiteMap
from ringfence.proof.paths import Paths, Step
from ringfence.site.site import Site

from .session import Session


def attacked(session: Session, site: Site, found: SiteMap, held: str) -> SiteMap:
    """Return the map with the ways on from ``held``, or why they are not known. Raises BadInput for no such end."""
    end = _end(site, held)
    try:
        paths = _paths(session, site, end)
    except RingfenceError as error:
        return replace(found, paths_unknown=f"{error.problem} {error.next_step}")
    return replace(found, paths=as_message(paths))


def _paths(session: Session, site: Site, held: str) -> Paths:  # noqa: ARG001 - until paths are found
    raise Refused("Attack paths are not known.", "")


def as_message(paths: Paths) -> AttackPaths:
    """Return attack paths as a message."""
    routes = (AttackRoute(one.target, one.barriers, tuple(map(_step, one.steps))) for one in paths.routes)
    return AttackPaths(paths.held, tuple(map(_step, paths.direct)), tuple(routes), paths.beyond)


def _step(one: Step) -> AttackStep:
    return AttackStep(
        one.source, one.target, str(one.how), one.through, one.what, str(one.state), one.blocked_by, one.shown_by
    )


def _end(site: Site, held: str) -> str:
    """Return the end that somebody means: ``workload/scada`` for ``scada``."""
    ends = [f"workload/{name}" for name in site.workloads]
    ends += [f"asset/{name}" for name in site.assets] + [f"uplink/{name}" for name in site.uplinks] + ["host", "router"]
    found = [one for one in ends if held in {one, one.partition("/")[2]}]
    if not found:
        raise BadInput(f"The applied site has nothing called {held}.", f"It has: {', '.join(ends)}.")
    return found[0]
