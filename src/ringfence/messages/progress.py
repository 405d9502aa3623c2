# SPDX-License-Identifier: Apache-2.0
"""What a job tells while it runs."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ProgressLine:
    """A step, or the job itself where ``step`` is None, reached a moment; ``done`` of ``total`` steps are finished.

    ``moment``: planned, started, waiting, healthy, done, failed, unknown, undoing, undone or left.
    """

    moment: str
    step: str | None
    title: str
    done: int
    total: int
    detail: str
