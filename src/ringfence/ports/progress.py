# SPDX-License-Identifier: Apache-2.0
"""What a job tells while it runs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

from ringfence.plan.step import Step

Moment = Literal["planned", "started", "waiting", "healthy", "done", "failed", "unknown", "undoing", "undone", "left"]


@dataclass(frozen=True, slots=True)
class Event:
    """One step (or the job itself, where ``step`` is None) reached a moment.

    ``done`` of ``total`` steps are finished. ``detail`` is a sentence, or the name of the workload that is waited for.
    """

    moment: Moment
    step: Step | None
    done: int
    total: int
    detail: str = ""


class Progress(Protocol):
    """Hears of a job's progress, always from the thread that runs the job."""

    def tell(self, event: Event) -> None:
        """Take note; whoever shows it must be quick and must not raise."""
        ...


class Silent:
    """Hears and says nothing."""

    def tell(self, event: Event) -> None:
        """Take no note."""
