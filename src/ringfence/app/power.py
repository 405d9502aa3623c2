# SPDX-License-Identifier: Apache-2.0
"""Use cases: start, stop and restart workloads."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from ringfence.base.addresses import Address
from ringfence.base.errors import BadInput
from ringfence.compile.document import Document
from ringfence.engine.job import Job
from ringfence.engine.recovery import set_aside
from ringfence.engine.run import run_job
from ringfence.messages.apply import JobReport
from ringfence.plan.intent import Intent
from ringfence.plan.plan import Plan
from ringfence.plan.power import power_plan

from .applying import job_report
from .planning import engine_world, generation, heeding, last_artifacts, observe
from .prepare import Prepared, prepare
from .session import Session
from .site_file import SiteFile

Wish = Literal["start", "stop", "restart"]


def power(session: Session, file: SiteFile, wish: Wish, names: tuple[str, ...]) -> JobReport:
    """Bring the named workloads to the wished state. ``file`` is the applied revision's site."""
    require_known(file, names)
    with session.lock.hold(wish) as held:
        set_aside(session.store.journal, session.plant.clock, session.store.revisions)
        observed = observe(session, file.site)
        prepared = prepare(session, file, observed)
        plan = _plan(session, prepared, observed, wish, frozenset(names))
        if plan.empty:
            return JobReport(session.name, wish, "nothing", generation(session), None, None, (), ())
        job = Job(wish, prepared.scope, plan, session.principal, None)
        result = heeding(session, prepared).explain(run_job(job, engine_world(session, prepared), held))
        return job_report(session.name, wish, generation(session), result, plan)


def plan_power(session: Session, file: SiteFile, wish: Wish, names: tuple[str, ...]) -> Plan:
    """Return the plan that brings the named workloads to the wished state."""
    require_known(file, names)
    observed = observe(session, file.site)
    return _plan(session, prepare(session, file, observed), observed, wish, frozenset(names))


def _plan(
    session: Session, prepared: Prepared, observed: Mapping[Address, Document], wish: Wish, names: frozenset[str]
) -> Plan:
    intent = Intent(session.name, generation(session), prepared.file.digest, frozenset(), last_artifacts(session), {})
    stop = names if wish in {"stop", "restart"} else frozenset()
    start = names if wish in {"start", "restart"} else frozenset()
    return power_plan(intent, prepared.artifacts, observed, stop=stop, start=start)


def require_known(file: SiteFile, names: tuple[str, ...]) -> None:
    """Raise BadInput when the site has no workload of one of these names."""
    unknown = [name for name in names if name not in file.site.workloads]
    if unknown:
        known = ", ".join(file.site.workloads)
        raise BadInput(f"Site {file.site.name} has no workload {', '.join(unknown)}.", f"Its workloads are: {known}.")
