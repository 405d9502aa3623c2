# SPDX-License-Identifier: Apache-2.0
"""The way back in the journal: what steps of an undo come to is written down for the steps they take back."""

from __future__ import annotations

from collections import Counter

from ringfence.plan.step import Step
from ringfence.ports.journal import StepState
from ringfence.ports.progress import Moment

from .ledger import Ledger
from .undo import Undoing


class WayBack:
    """Hears of the undo's steps; an original step is undone when all its changes are."""

    def __init__(self, ledger: Ledger, undoing: Undoing) -> None:
        self.failed: dict[str, str] = {}
        self._ledger = ledger
        self._undoing = undoing
        self._open = Counter(undoing.origin(change).id for step in undoing.steps for change in step.changes)

    def note(self, step: Step, state: StepState, detail: str = "") -> None:
        """Take note of an undo step's state."""
        origins = [self._undoing.origin(change) for change in step.changes]
        touched = Counter(found.id for found in origins)
        steps = {found.id: found for found in origins}
        for name, count in touched.items():
            if state is StepState.STARTED:
                self._ledger.note(steps[name], state, self._ledger.detail(name), "undoing")
            elif state is StepState.DONE:
                self._open[name] -= count
                if self._open[name] == 0 and name not in self.failed:
                    self._ledger.note(steps[name], self._end(name), self._ledger.detail(name))
            elif state in {StepState.FAILED, StepState.UNKNOWN}:
                self.failed[name] = detail
                self._ledger.note(steps[name], state, detail)

    def _end(self, name: str) -> StepState:
        return StepState.DONE if name in self._undoing.finished else StepState.UNDONE

    def write(self) -> None:
        """Write down all that was noted."""
        self._ledger.write()

    def tell(self, moment: Moment, step: Step | None, detail: str) -> None:
        """Tell something that is no step's state."""
        self._ledger.tell(moment, step, detail)
