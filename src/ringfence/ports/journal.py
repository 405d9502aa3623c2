# SPDX-License-Identifier: Apache-2.0
"""The journal: what a job is about to do is written down, durably, before it does it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Literal, Protocol

from ringfence.plan.plan import Plan

Outcome = Literal["done", "undone", "kept", "cancelled", "stuck", "lost"]
"""How a job ended. ``undone``: failed, and all it touched was taken back. ``kept``: failed, and what is healthy stays.
``stuck``: failed, and some was left as it is. ``cancelled``: stopped by a person between steps. ``lost``: its process
died; the next job found it unfinished."""


class StepState(StrEnum):
    """Where a step is. ``UNKNOWN``: started, but nobody knows whether it came to pass until it is observed."""

    PLANNED = "planned"
    STARTED = "started"
    DONE = "done"
    FAILED = "failed"
    UNDONE = "undone"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class StepEntry:
    """A step reached a state at a time (UTC). ``detail`` is a sentence where there is something to say."""

    step: str
    state: StepState
    at: datetime
    detail: str = ""


@dataclass(frozen=True, slots=True)
class JobDraft:
    """A job that is about to begin. The plan holds every document before and after."""

    kind: str
    """``apply``, ``revert``, ``destroy``, ``start`` ..."""
    principal: str
    plan: Plan
    at: datetime
    revision: int | None = None
    """The revision it leads to."""


@dataclass(frozen=True, slots=True)
class JobRecord:
    """A job as the journal knows it. ``outcome`` None: it runs, or its process died."""

    number: int
    draft: JobDraft
    steps: Mapping[str, StepEntry] = field(default_factory=dict)
    """The last entry of each step that was begun, by step id."""
    outcome: Outcome | None = None
    finished: datetime | None = None
    note: str = ""


class Journal(Protocol):
    """Keeps jobs. Whatever returned from here survives the death of the process."""

    def begin(self, draft: JobDraft) -> int:
        """Write down the whole job before its first effect, and return its number. Raises Refused."""
        ...

    def record(self, job: int, entries: Sequence[StepEntry]) -> None:
        """Write down what steps came to, all of them or none. Raises Refused."""
        ...

    def finish(self, job: int, outcome: Outcome, at: datetime, note: str = "") -> None:
        """Write down how the job ended. Raises Refused."""
        ...

    def unfinished(self) -> JobRecord | None:
        """Return the last job without an outcome. With the site's lock held: its process died."""
        ...

    def jobs(self, limit: int) -> tuple[JobRecord, ...]:
        """Return the last jobs, newest first."""
        ...
