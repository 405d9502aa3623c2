# SPDX-License-Identifier: Apache-2.0
"""What became of each step, for the journal, for whoever listens, and for the result."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from ringfence.plan.step import Step
from ringfence.ports.journal import StepEntry, StepState
from ringfence.ports.progress import Event, Moment

from .result import StepOutcome
from .world import World

_MOMENTS: dict[StepState, Moment] = {
    StepState.PLANNED: "planned",
    StepState.STARTED: "started",
    StepState.DONE: "done",
    StepState.FAILED: "failed",
    StepState.UNDONE: "undone",
    StepState.UNKNOWN: "unknown",
}


class Notes(Protocol):
    """Who is told what becomes of steps."""

    def note(self, step: Step, state: StepState, detail: str = "") -> None:
        """Take note of a step's state."""
        ...

    def write(self) -> None:
        """Write down all that was noted. Raises Refused when the journal cannot be written."""
        ...

    def tell(self, moment: Moment, step: Step | None, detail: str) -> None:
        """Tell something that is no step's state."""
        ...


class Ledger:
    """Entries are collected and written in one transaction: what ended, and what is about to start."""

    def __init__(self, world: World, number: int, steps: Sequence[Step]) -> None:
        self._world = world
        self._number = number
        self._steps = {step.id: step for step in steps}
        self._outcomes: dict[str, StepOutcome] = {}
        self._started: dict[str, float] = {}
        self._finished: set[str] = set()
        self._entries: list[StepEntry] = []
        self._events: list[Event] = []

    def note(self, step: Step, state: StepState, detail: str = "", moment: Moment | None = None) -> None:
        """Take note of a step's state; it is written down by the next ``write``."""
        now = self._world.clock.monotonic()
        if state is StepState.STARTED:
            self._started[step.id] = now
        else:
            self._finished.add(step.id)
        seconds = now - self._started.get(step.id, now)
        self._outcomes[step.id] = StepOutcome(step.id, state, detail, seconds)
        self._entries.append(StepEntry(step.id, state, self._world.clock.now(), detail))
        self._events.append(Event(moment or _MOMENTS[state], step, len(self._finished), len(self._steps), detail))

    def write(self) -> None:
        """Write down all that was noted, then tell it. Raises Refused when the journal cannot be written."""
        entries, events = self._entries, self._events
        self._entries, self._events = [], []
        if entries:
            self._world.journal.record(self._number, entries)
        for event in events:
            self._world.progress.tell(event)

    def tell(self, moment: Moment, step: Step | None, detail: str) -> None:
        """Tell something that is no step's state."""
        self._world.progress.tell(Event(moment, step, len(self._finished), len(self._steps), detail))

    def detail(self, step_id: str) -> str:
        """Return what there is to say about a step."""
        found = self._outcomes.get(step_id)
        return found.detail if found else ""

    def state(self, step_id: str) -> StepState:
        """Return where a step is."""
        found = self._outcomes.get(step_id)
        return found.state if found else StepState.PLANNED

    def in_state(self, *states: StepState) -> list[Step]:
        """Return the steps in one of these states, in the plan's order."""
        return [step for step in self._steps.values() if self.state(step.id) in states]

    def outcomes(self) -> tuple[StepOutcome, ...]:
        """Return what became of every step, in the plan's order."""
        return tuple(
            self._outcomes.get(step.id) or StepOutcome(step.id, StepState.PLANNED) for step in self._steps.values()
        )
