# SPDX-License-Identifier: Apache-2.0
"""Use case: where an intruder who holds something could go on, upon a map of the site."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from ringfence.base.errors import BadInput, RingfenceError
from ringfence.facts.unseen import Unseen
from ringfence.messages.site_map import AttackPaths, AttackRoute, AttackStep, SiteMap
from ringfence.ports.verifications import LastVerdict
from ringfence.proof.intruder import paths
from ringfence.proof.known import Known
from ringfence.proof.paths import NEVER, How, Paths, Step
from ringfence.site.site import Site

from .intruder import assets_of, barriers_of, hardware_of
from .session import Session
from .status import facts_of
from .verify.claimed import claimed
from .verify.ground import Ground, declared
from .verify.looking import look
from .verify.outcome import FACTS, PACKETS, PROOF
from .verify.reached import declared_of, reached

_SHOWN_BY: Mapping[How, tuple[str, ...]] = {
    How.NETWORK: (PACKETS, PROOF),
    How.ANSWER: (PACKETS, PROOF),
    How.DOOR: (PROOF,),
    How.HOST: (FACTS,),
}
"""Parts of a verification that look at such a step, the one that shows most first."""
_ENDS = frozenset({"workload", "asset", "uplink", "wire"})
"""Ends that people speak of; the router's legs are its own parts."""


def attacked(session: Session, site: Site, found: SiteMap, held: str) -> SiteMap:
    """Return the map with the ways on from ``held``, or why they are not known. Raises BadInput for no such end."""
    end = _end(site, held)
    try:
        ways = paths(end, _known(session, site))
        shown = {(one.of.subject, one.of.part): one for one in session.store.verifications.last()}
    except RingfenceError as error:
        return replace(found, paths_unknown=f"{error.problem} {error.next_step}")
    return replace(found, paths=as_message(ways, shown))


def as_message(ways: Paths, shown: Mapping[tuple[str, str], LastVerdict] | None = None) -> AttackPaths:
    """Return attack paths as a message; ``shown`` is the last verdict of each part on each subject."""
    last = shown or {}

    def step(one: Step) -> AttackStep:
        by = _shown(one, last) if one.shown_by == NEVER else one.shown_by
        return AttackStep(
            one.source, one.target, str(one.how), one.through, one.what, str(one.state), one.blocked_by, by
        )

    routes = (AttackRoute(one.target, one.barriers, tuple(map(step, one.steps))) for one in ways.routes)
    beyond = tuple(end for end in ways.beyond if end == "host" or end.partition("/")[0] in _ENDS)
    return AttackPaths(ways.held, tuple(dict.fromkeys(map(step, ways.direct))), tuple(routes), beyond)


def _shown(step: Step, last: Mapping[tuple[str, str], LastVerdict]) -> str:
    """Return the last verification that looked at a step's ends: what it said, when, and at which revision."""
    for part in _SHOWN_BY.get(step.how, ()):
        for end in (step.source, step.target):
            one = last.get((end, part))
            if one is not None:
                return f"{part} ({one.of.verdict}), {one.at:%Y-%m-%d %H:%M} UTC, revision {one.revision}"
    return NEVER


def _known(session: Session, site: Site) -> Known:
    """Look at everything that stands, and work out what it lets happen."""
    should = declared(session, site)
    ground = Ground(session, should, look(session, should.scope))
    running = session.plant.facts.observe(should.scope, tuple(site.workloads))
    listeners = () if isinstance(running.host.listeners, Unseen) else running.host.listeners
    return Known(
        reached(ground, hardware_of(facts_of(session, site).devices, listeners)),
        claimed(ground),
        declared_of(ground),
        assets=assets_of(site, should.scope),
        workloads=tuple(site.workloads),
        barriers=barriers_of(running),
    )


def _end(site: Site, held: str) -> str:
    """Return the end that somebody means: ``workload/scada`` for ``scada``."""
    ends = list(_ends(site))
    found = [one for one in ends if held in {one, one.partition("/")[2]}]
    if not found:
        raise BadInput(f"The applied site has nothing called {held}.", f"It has: {', '.join(ends)}.")
    return found[0]


def _ends(site: Site) -> Iterator[str]:
    yield from (f"workload/{name}" for name in site.workloads)
    yield from (f"asset/{name}" for name in site.assets)
    yield from (f"{'wire' if one.layer2 else 'uplink'}/{one.name}" for one in site.uplinks.values())
    yield from ("host", "router", "management")
