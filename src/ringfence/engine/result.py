# SPDX-License-Identifier: Apache-2.0
"""What came of a job."""

from __future__ import annotations

from dataclasses import dataclass

from ringfence.base.errors import RingfenceError
from ringfence.ports.journal import Outcome, StepState


@dataclass(frozen=True, slots=True)
class StepOutcome:
    """What became of one step; ``detail`` is a sentence where there is something to say."""

    step: str
    """Its id."""
    state: StepState
    detail: str = ""
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Left:
    """Something that the job changed and did not take back. ``what`` and ``next_step`` are full sentences."""

    step_id: str
    what: str
    next_step: str


@dataclass(frozen=True, slots=True)
class JobResult:
    """How a job ended. ``number`` is the journal's; 0 where there was nothing to do."""

    number: int
    outcome: Outcome
    steps: tuple[StepOutcome, ...] = ()
    left: tuple[Left, ...] = ()
    problem: RingfenceError | None = None

    @property
    def stands(self) -> bool:
        """True when the world is now the one that the plan wanted, but for what ``left`` and ``steps`` tell."""
        return self.outcome in {"done", "kept"}
