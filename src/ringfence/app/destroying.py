# SPDX-License-Identifier: Apache-2.0
"""Use case: take a whole site away."""

from __future__ import annotations

import shutil

from ringfence.base.addresses import own_name
from ringfence.compile.document import Document, Kind
from ringfence.compile.domain import tolerated
from ringfence.compile.scope import Scope
from ringfence.engine.deadlines import Deadlines
from ringfence.engine.job import Job
from ringfence.engine.recovery import set_aside
from ringfence.engine.run import run_job
from ringfence.engine.world import World
from ringfence.facts.host import Versions
from ringfence.messages.apply import JobReport
from ringfence.plan.intent import Intent
from ringfence.plan.plan import Plan
from ringfence.plan.planner import make_plan
from ringfence.ports.gate import OpenGate

from .applying import job_report
from .planning import generation, last_artifacts, observe_scope
from .session import Session


def plan_destroy(session: Session, scope: Scope, destroy_data: frozenset[str], *, all_data: bool) -> Plan:
    """Return the plan that leaves nothing of the site, except disks with data that nobody agreed to destroy."""
    observed = observe_scope(session, scope)
    data = destroy_data | (_volumes(observed) if all_data else frozenset())
    intent = Intent(session.name, generation(session), "", data, last_artifacts(session), {})
    return make_plan(intent, (), observed, tolerated(_ANY))


def destroy(session: Session, scope: Scope, destroy_data: frozenset[str], *, all_data: bool, forget: bool) -> JobReport:
    """Stop and remove everything of the site. With ``forget`` its state folder goes too, if nothing is kept."""
    with session.lock.hold("destroy") as held:
        set_aside(session.store.journal, session.plant.clock, session.store.revisions)
        plan = plan_destroy(session, scope, destroy_data, all_data=all_data)
        world = World(
            session.plant.artifacts,
            session.store.journal,
            session.plant.clock,
            tolerated(_ANY),
            OpenGate(),
            session.progress,
            session.cancel,
            Deadlines(),
        )
        result = run_job(Job("destroy", scope, plan, session.principal, None, keep=True), world, held)
        report = job_report(session.name, "destroy", generation(session), result, plan)
    if forget and report.outcome == "done" and not plan.kept:
        shutil.rmtree(session.state, ignore_errors=True)
    return report


_ANY = Versions((), (), (), ())


def _volumes(observed: dict[str, Document]) -> frozenset[str]:
    names = (address.split("/") for address, found in observed.items() if found.kind is Kind.VOLUME)
    return frozenset(f"{parts[-2]}/{own_name(parts[-1])}" for parts in names)
