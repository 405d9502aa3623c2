# SPDX-License-Identifier: Apache-2.0
"""What an apply, revert or destroy came to."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class StepReport:
    """One step and how it ended: done, failed, undone, unknown or planned (it was not begun).

    ``kind`` is what it changed (run, domain, volume ...); ``workload`` is None for what many share.
    """

    title: str
    state: str
    detail: str
    seconds: float
    kind: str = ""
    workload: str | None = None


@dataclass(frozen=True, slots=True)
class LeftStanding:
    """Something a failed job did not take back, and what to do about it."""

    what: str
    next_step: str


@dataclass(frozen=True, slots=True)
class JobReport:
    """Result of a job. ``outcome``: nothing, done, undone, kept, cancelled or stuck."""

    site: str
    kind: str
    outcome: str
    revision: int
    problem: str | None
    next_step: str | None
    steps: tuple[StepReport, ...]
    left: tuple[LeftStanding, ...]
    kept: tuple[str, ...] = ()
