# SPDX-License-Identifier: Apache-2.0
"""Use case: make the world what the site says."""

from __future__ import annotations

from ringfence.base.errors import Refused
from ringfence.engine.job import Job
from ringfence.engine.recovery import doubtful, set_aside
from ringfence.engine.result import JobResult, StepOutcome
from ringfence.engine.run import run_job
from ringfence.messages.apply import JobReport, LeftStanding, StepReport
from ringfence.plan.freshness import require_fresh
from ringfence.plan.plan import Plan
from ringfence.plan.step import Step
from ringfence.ports.journal import JobRecord
from ringfence.ports.lock import Held
from ringfence.ports.store import RevisionDraft
from ringfence.site.codec import site_to_json

from .held import encode
from .planning import Planned, engine_world, generation, heeding, observe, plan_prepared, plan_site
from .prepare import prepare
from .session import Session
from .site_file import SiteFile


def apply_site(
    session: Session,
    file: SiteFile,
    *,
    destroy_data: frozenset[str] = frozenset(),
    keep: bool = False,
    workers: int = 4,
    note: str = "",
) -> JobReport:
    """Plan and apply under the site's lock. An earlier job that died is set aside and its work continued."""
    with session.lock.hold("apply") as held:
        lost = set_aside(session.store.journal, session.plant.clock, session.store.revisions)
        planned = plan_site(session, file, destroy_data)
        note = note or (f"continues job {lost.number}" if lost else "")
        return _run(session, planned, held, keep=keep, workers=workers, note=note, lost=lost)


def apply_plan(session: Session, file: SiteFile, plan: Plan, *, keep: bool = False, workers: int = 4) -> JobReport:
    """Apply exactly the given plan, or refuse because the world or the site moved (WorldMoved)."""
    with session.lock.hold("apply") as held:
        lost = set_aside(session.store.journal, session.plant.clock, session.store.revisions)
        observed = observe(session, file.site)
        require_fresh(plan, observed, generation(session), file.digest)
        prepared = prepare(session, file, observed)
        data = frozenset(_destroyed(plan))
        now = plan_prepared(session, prepared, observed, data)
        _require_same(plan, now)
        planned = Planned(prepared, observed, now)
        return _run(session, planned, held, keep=keep, workers=workers, note="reviewed plan", lost=lost)


def _destroyed(plan: Plan) -> list[str]:
    kept = (change for step in plan.steps for change in step.changes)
    return [
        str(change.address).split("/", 3)[-1] for change in kept if change.kind == "volume" and change.after is None
    ]


def _require_same(plan: Plan, now: Plan) -> None:
    """Refuse a plan of which any word differs: whoever can write the file can make its digest fit as well."""
    if plan != now:
        raise Refused(
            "The plan does not come from this site file, facts and Ringfence any more.",
            "Make a new plan with 'ringfence plan --out FILE' and review it.",
        )


def _run(
    session: Session,
    planned: Planned,
    held: Held,
    *,
    keep: bool,
    workers: int,
    note: str,
    lost: JobRecord | None,
) -> JobReport:
    plan, site = planned.plan, planned.prepared.file.site
    unchanged = generation(session) and planned.prepared.file.digest == _last_digest(session)
    if plan.empty and unchanged and lost is None:
        return JobReport(site.name, "apply", "nothing", generation(session), None, None, (), (), plan.kept)
    number = session.store.revisions.begin(_draft(session, planned, note))
    waited = doubtful(session.store.journal, lost)
    job = Job("apply", planned.prepared.scope, plan, session.principal, number, keep, workers, waited)
    result = run_job(job, engine_world(session, planned.prepared), held)
    result = heeding(session, planned.prepared).explain(result)
    session.store.revisions.finish(number, "applied" if result.stands else "failed", session.plant.clock.now())
    return job_report(site.name, "apply", number, result, plan)


def _last_digest(session: Session) -> str:
    last = session.store.revisions.latest()
    return last.draft.site_digest if last else ""


def _draft(session: Session, planned: Planned, note: str) -> RevisionDraft:
    prepared = planned.prepared
    return RevisionDraft(
        at=session.plant.clock.now(),
        principal=session.principal,
        site_text=prepared.file.text,
        site_digest=prepared.file.digest,
        artifacts=prepared.declared,
        bindings=encode(prepared.kept),
        note=note,
        site=site_to_json(prepared.file.site),
    )


def job_report(site: str, kind: str, revision: int, result: JobResult, plan: Plan) -> JobReport:
    """Return a job's result as a person reads it."""
    planned = {step.id: step for step in plan.steps}
    steps = tuple(_step_report(planned.get(one.step), one) for one in result.steps)
    left = tuple(LeftStanding(one.what, one.next_step) for one in result.left)
    problem = result.problem
    return JobReport(
        site,
        kind,
        result.outcome,
        revision,
        problem.problem if problem else None,
        problem.next_step if problem else None,
        steps,
        left,
        plan.kept,
    )


def _step_report(step: Step | None, found: StepOutcome) -> StepReport:
    """Return a step's end; one that a plan did not hold was added on the way back and is named by its id."""
    if step is None:
        return StepReport(found.step, str(found.state), found.detail, found.seconds)
    return StepReport(step.title, str(found.state), found.detail, found.seconds, str(step.kind), step.workload)
