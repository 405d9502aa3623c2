# SPDX-License-Identifier: Apache-2.0
"""Runs steps in the order of their needs, several at a time, and writes each down before and after.

Nothing new starts after a failure (unless what is independent shall go on) or after a person asked to stop; what runs
is waited for. Waiting for a workload's health takes no worker, and is given up as soon as the job stops.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from ringfence.base.errors import DeadlinePassed, Refused, RingfenceError
from ringfence.plan.step import Step
from ringfence.ports.gate import Gate
from ringfence.ports.journal import StepState

from .batch import TOGETHER, Batch, Waiting
from .flight import Flights
from .graph import Graph
from .job import Job
from .ledger import Notes
from .nodes import BARRIER, nodes_of, starts, workload_behind
from .perform import Verdict, Verdicts, perform, settle
from .world import World

_LOOK = 0.2  # seconds between looks at deadlines and at the wish to stop
_GATES = 16
_GATE_SECONDS = 24 * 3600.0  # a gate has a deadline of its own


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of a workload; no error is healthy."""

    error: RingfenceError | None


class Runner:
    """Runs one list of steps."""

    def __init__(self, job: Job, world: World, gate: Gate, steps: Sequence[Step], ledger: Notes) -> None:
        self.problem: RingfenceError | None = None
        self._job, self._world, self._gate, self._ledger = job, world, gate, ledger
        self._steps = {step.id: step for step in steps}
        self._starters = {workload: step for step in steps for workload in starts(step)}
        self._graph = Graph(nodes_of(steps, job.doubtful))
        self._waiting = Waiting()
        self._asked: list[str] = []
        self._given_up = False
        self._cancelled: set[str] = set()
        self._flights: Flights[Batch | str, Verdicts | Answer] = Flights(world.clock)
        self._go_on_after_failure = job.keep

    def run(self) -> None:
        """Run until all is done, or until nothing more may start and nothing runs.

        Raises Refused when the journal cannot be written; what runs is waited for, and nothing more is started.
        """
        try:
            self._dispatch()
            while self._batches or (self._flights and not self._stopping):
                self._collect()
                self._dispatch()
            self._ledger.write()
        except RingfenceError:
            self._drain()
            raise

    @property
    def unanswered(self) -> bool:
        """True when the health of a workload was still asked for when the job stopped."""
        return self._given_up or bool(self._asked) or len(self._flights) > 0

    def _drain(self) -> None:
        while self._batches:
            self._flights.landed(_LOOK)

    @property
    def _batches(self) -> list[Batch]:
        """The batches under way; the others in flight are questions about health."""
        return [key for key in self._flights.under_way() if isinstance(key, Batch)]

    @property
    def _stopping(self) -> bool:
        failed = self.problem is not None and not self._go_on_after_failure
        return failed or self._world.cancel.requested

    def _dispatch(self) -> None:
        """Write down what ended and what starts in one transaction, then start it."""
        if self._stopping:
            self._ledger.write()
            return
        self._take_ready()
        under_way = self._batches
        room = self._job.workers - sum(1 for batch in under_way if batch.kind not in TOGETHER)
        batches = self._waiting.take(room, frozenset(batch.kind for batch in under_way))
        for step in (step for batch in batches for step in batch.steps):
            self._ledger.note(step, StepState.STARTED)
        self._ledger.write()
        for batch in batches:
            seconds = self._world.deadlines.of(batch.kind)
            self._flights.start(batch, partial(perform, self._world, self._job.scope, batch), seconds)
        self._ask()

    def _take_ready(self) -> None:
        """Sort what became ready: steps, questions about health, and the barrier, which is done at once."""
        while ready := [node for node in self._graph.take_ready() if node not in self._cancelled]:
            self._waiting.add(self._steps[node] for node in ready if node in self._steps)
            self._asked += [node for node in ready if workload_behind(node) is not None]
            self._graph.done([node for node in ready if node == BARRIER])

    def _ask(self) -> None:
        room = _GATES - (len(self._flights) - len(self._batches))
        for _ in range(min(room, len(self._asked))):
            node = self._asked.pop(0)
            workload = workload_behind(node) or ""
            self._ledger.tell("waiting", self._starters.get(workload), workload)
            self._flights.start(node, partial(_health, self._gate, workload), _GATE_SECONDS)

    def _collect(self) -> None:
        for landed in self._flights.landed(_LOOK):
            key, value = landed.key, landed.value
            if isinstance(key, str):
                self._take_health(key, value.error if isinstance(value, Answer) else None)
            elif value is None or isinstance(value, Answer):
                self._watch(key)
            else:
                self._take_verdicts(key, value)

    def _watch(self, batch: Batch) -> None:
        """Look what became of a call that never came back; its thread may still be at work."""
        late = DeadlinePassed(
            f"'{batch.steps[0].title}' did not end within {self._world.deadlines.of(batch.kind):.0f} s.",
            "Look at what the host is busy with, then apply again.",
        )
        for step in batch.steps:
            self._ledger.note(step, StepState.UNKNOWN, late.problem)
        self._take_verdicts(batch, settle(self._world, self._job.scope, batch, late))

    def _take_verdicts(self, batch: Batch, verdicts: Verdicts) -> None:
        for step in batch.steps:
            verdict = verdicts[step.id]
            if verdict.error is None:
                self._ledger.note(step, StepState.DONE)
                self._graph.done([step.id])
            else:
                self._fail(step, verdict)

    def _take_health(self, node: str, error: RingfenceError | None) -> None:
        workload = workload_behind(node) or ""
        starter = self._starters.get(workload)
        if error is not None and self._world.cancel.requested:
            self._given_up = True
            return
        if error is None:
            self._ledger.tell("healthy", starter, workload)
            self._graph.done([node])
            return
        self._give_up(node, error)
        if starter is not None:
            self._ledger.note(starter, StepState.FAILED, str(error))

    def _fail(self, step: Step, verdict: Verdict) -> None:
        error = verdict.error or Refused(f"'{step.title}' failed.", "Apply again.")
        state = StepState.UNKNOWN if verdict.unknown else StepState.FAILED
        self._ledger.note(step, state, str(error))
        self._give_up(step.id, error)

    def _give_up(self, node: str, error: RingfenceError) -> None:
        """Remember the first reason, and cancel what depends on it."""
        self.problem = self.problem or error
        self._cancelled |= self._graph.behind(node)


def _health(gate: Gate, workload: str) -> Answer:
    """Wait for a workload, and tell why it is not healthy."""
    try:
        gate.ready(workload)
    except RingfenceError as error:
        return Answer(error)
    except Exception as error:  # noqa: BLE001 - a probe's defect must end the wait, or the job would hang
        return Answer(
            Refused(
                f"The health of workload {workload} could not be asked ({type(error).__name__}: {error}).",
                "Report this as a defect.",
            )
        )
    return Answer(None)
