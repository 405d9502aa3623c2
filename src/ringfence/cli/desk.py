# SPDX-License-Identifier: Apache-2.0
"""Where a person is at work on a job: progress is shown, Ctrl-C is heard, the result is told."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from ringfence.app.opening import Which
from ringfence.app.session import Cancel
from ringfence.base.errors import BadInput
from ringfence.messages.apply import JobReport
from ringfence.messages.plan import PlanReport

from .confirm import can_ask, confirmed
from .exits import FINE, INTERRUPTED, REFUSED
from .interrupt import stopping
from .progress import Narrator, narrator
from .say import answer, show
from .settings import Settings
from .show.job import job_lines
from .show.plan import plan_lines
from .which import which

DONE = frozenset({"done", "nothing"})


@dataclass(slots=True)
class Desk:
    """One job of one person."""

    settings: Settings
    narrator: Narrator
    cancel: Cancel = field(default_factory=Cancel)

    def which(self, argument: Path | None = None) -> Which:
        """Return the site that is meant, with somebody to tell and to ask for a stop."""
        return which(self.settings, argument, self.narrator.hear, self.cancel)

    def consents(self, plan: PlanReport, command: str) -> bool:
        """Show a plan and ask. Raises BadInput when nobody is there."""
        if not can_ask():
            raise BadInput(
                f"'ringfence {command}' changes the plant, and there is no terminal to ask on.",
                f"Say 'ringfence {command} --yes' if it should be done without being asked for.",
            )
        if not plan.steps:
            return True  # whoever runs the job says that there is nothing to do
        show(plan_lines(plan, self.settings.paint))
        agreed = confirmed("\nDo this?")
        if not agreed:
            show(["Nothing was changed."])
        return agreed

    def run(self, work: Callable[[], JobReport]) -> int:
        """Run a job, tell what came of it, and return the exit status."""
        began = time.monotonic()
        with stopping(self.cancel):
            result = work()
        self.narrator.close()
        seconds, settings = time.monotonic() - began, self.settings
        answer(settings, result, job_lines(result, seconds, settings.paint, quiet=settings.quiet))
        if result.outcome in DONE:
            return FINE
        return INTERRUPTED if result.outcome == "cancelled" else REFUSED


@contextmanager
def desk(settings: Settings) -> Iterator[Desk]:
    """Open a desk; its progress is taken off the terminal when it is left."""
    with closing(narrator(settings)) as told:
        yield Desk(settings, told)
