# SPDX-License-Identifier: Apache-2.0
"""Runs a job from its first entry in the journal to its last."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from ringfence.base.addresses import Address
from ringfence.base.errors import Refused, RingfenceError
from ringfence.compile.document import Document, Kind
from ringfence.plan.final import comes_last
from ringfence.plan.step import Step
from ringfence.ports.gate import OpenGate
from ringfence.ports.journal import JobDraft, Outcome, StepState
from ringfence.ports.lock import Held

from .check import Unseen, seen_wrong
from .failed import only_removes, to_take_back
from .job import Job
from .ledger import Ledger
from .result import JobResult, Left
from .runner import Runner
from .undo import Undoing, undoing
from .way_back import WayBack
from .world import World

_End = tuple[Outcome, tuple[Left, ...], RingfenceError | None]
_BEGUN = (StepState.STARTED, StepState.DONE, StepState.FAILED, StepState.UNKNOWN)
_NOT_BACK = "It could not be taken back"
_BACK = "Run 'ringfence revert' to take it back, or mend what failed and apply again."
_AGAIN = "Run 'ringfence apply': it looks at what stands and goes on from there."


def run_job(job: Job, world: World, held: Held) -> JobResult:  # noqa: ARG001 - held: nobody else works on the site
    """Carry out a plan; what failed is undone as far as it may be. Raises Refused when the job cannot be begun."""
    if job.plan.empty and not job.doubtful:
        return JobResult(0, "done")
    draft = JobDraft(job.kind, job.principal, job.plan, world.clock.now(), job.revision)
    number = world.journal.begin(draft)
    ledger = Ledger(world, number, job.plan.steps)
    try:
        outcome, left, problem = _carry_out(job, world, ledger)
        note = "" if problem is None else str(problem)
        world.journal.finish(number, outcome, world.clock.now(), note)
    except RingfenceError as error:
        return JobResult(number, "stuck", ledger.outcomes(), (_unwritten(error),), error)
    return JobResult(number, outcome, ledger.outcomes(), left, problem)


def _carry_out(job: Job, world: World, ledger: Ledger) -> _End:
    """Run the steps, check them, and take back what has to be. Raises Refused of the journal."""
    runner = Runner(job, world, world.gate, job.plan.steps, ledger)
    runner.run()
    if world.cancel.requested and (runner.unanswered or ledger.in_state(StepState.PLANNED)):
        return "cancelled", (), runner.problem
    problem = runner.problem or _forgotten(ledger)
    try:
        problem = problem or _check(job, world, ledger)
    except Unseen as error:
        return "stuck", (Left("", error.problem, error.next_step),), error
    if problem is None:
        return "done", (), None
    return _failed(job, world, ledger, problem)


def _failed(job: Job, world: World, ledger: Ledger, problem: RingfenceError) -> _End:
    """Take back what has to be, where that may happen by itself. Raises Refused of the journal."""
    if _only_final_failed(ledger):
        return "kept", _as_they_are(ledger), problem
    if not world.takes_back():
        return "stuck", _as_it_was_done(ledger), problem
    if job.keep:
        return "kept", _keep(job, world, ledger), problem
    left = _take_back(job, world, ledger, ledger.in_state(*_BEGUN))
    return ("stuck" if left else "undone"), left, problem


def _keep(job: Job, world: World, ledger: Ledger) -> tuple[Left, ...]:
    """Take back what belongs to the workloads that failed; boot files are written for what the site wants."""
    failed = ledger.in_state(StepState.FAILED, StepState.UNKNOWN)
    removals = tuple(step for step in failed if only_removes(step))
    left = _take_back(job, world, ledger, to_take_back(ledger.in_state(*_BEGUN), failed))
    boot = [step for step in ledger.in_state(StepState.PLANNED) if step.kind is Kind.BOOT]
    if boot and not world.cancel.requested:
        Runner(job, world, OpenGate(), boot, ledger).run()
    return (*left, *(_not_done(step) for step in removals))


def _forgotten(ledger: Ledger) -> RingfenceError | None:
    """Return an error when a step never became ready: it waits for what never comes, so the plan was wrong."""
    steps = ledger.in_state(StepState.PLANNED)
    if not steps:
        return None
    return Refused(f"'{steps[0].title}' was never ready to be done.", "Report this as a defect of the plan.")


def _check(job: Job, world: World, ledger: Ledger) -> RingfenceError | None:
    """Look whether all that was done holds; what does not counts as failed. Raises Unseen."""
    wrong = seen_wrong(world, job.scope, ledger.in_state(StepState.DONE))
    for found in wrong:
        ledger.note(found.step, StepState.FAILED, found.sentence)
    ledger.write()
    if not wrong:
        return None
    return Refused(wrong[0].sentence, "Look at what else changes this host, then apply again.")


def _only_final_failed(ledger: Ledger) -> bool:
    """Everything else is done and healthy when a disk that should go does not: that is no reason to take it back."""
    failed = ledger.in_state(StepState.FAILED, StepState.UNKNOWN)
    return bool(failed) and all(comes_last(step) for step in failed)


def _as_they_are(ledger: Ledger) -> tuple[Left, ...]:
    steps = ledger.in_state(StepState.FAILED, StepState.UNKNOWN, StepState.PLANNED)
    return tuple(_not_done(step) for step in steps)


def _as_it_was_done(ledger: Ledger) -> tuple[Left, ...]:
    """Return what is left where nothing is undone by itself."""
    begun, open_ = len(ledger.in_state(*_BEGUN)), len(ledger.in_state(StepState.PLANNED))
    what = f"Nothing is undone by itself now: {begun} of {begun + open_} steps were begun, and stay as they are."
    return (Left("", what, _BACK),)


def _not_done(step: Step) -> Left:
    return Left(step.id, f"It is left as it is: '{step.title}' was not done.", _AGAIN)


def _take_back(job: Job, world: World, ledger: Ledger, touched: Sequence[Step]) -> tuple[Left, ...]:
    unknown = {step.id for step in ledger.in_state(StepState.UNKNOWN)}
    plan = undoing(touched, job.plan.steps, _runs(job, world), unknown)
    for found in plan.left:
        ledger.tell("left", None, found.what)
    ledger.tell("undoing", None, f"{len(plan.steps)} steps")
    notes = WayBack(ledger, plan)
    Runner(replace(job, keep=True, doubtful=frozenset()), world, OpenGate(), plan.steps, notes).run()
    return (*plan.left, *_not_back(job, world, plan, notes))


def _runs(job: Job, world: World) -> Mapping[Address, Document] | None:
    """Return what runs now; None when it cannot be seen."""
    try:
        return world.observe(job.scope, {Kind.RUN})
    except RingfenceError:
        return None


def _not_back(job: Job, world: World, plan: Undoing, notes: WayBack) -> tuple[Left, ...]:
    """Return what the undo did not bring back, as it is seen; as it was told where nothing can be seen."""
    try:
        wrong = {plan.origin(found.change).id: found for found in seen_wrong(world, job.scope, plan.steps)}
    except Unseen as error:
        told = {step.id: step for step in plan.origins.values()}
        return tuple(Left(name, f"{_NOT_BACK}: '{step.title}'. {error.problem}", _AGAIN) for name, step in told.items())
    return tuple(
        Left(
            name,
            f"{_NOT_BACK}: '{plan.origin(found.change).title}'. {notes.failed.get(name) or found.sentence}",
            _AGAIN,
        )
        for name, found in wrong.items()
    )


def _unwritten(error: RingfenceError) -> Left:
    what = "The journal could not be written, so the job stopped and nothing was taken back."
    return Left("", what, f"{error.next_step} Then run 'ringfence apply': it goes on from what stands.")
