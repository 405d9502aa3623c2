# SPDX-License-Identifier: Apache-2.0
"""The error tree. Every error knows the person's next step; the exit status of the command line follows its branch."""

from __future__ import annotations

from collections.abc import Sequence

from .diagnostics import Diagnostic


class RingfenceError(Exception):
    """Something Ringfence will not or cannot do. ``problem`` and ``next_step`` are full sentences."""

    exit_status = 3

    def __init__(self, problem: str, next_step: str) -> None:
        super().__init__(f"{problem} {next_step}")
        self.problem = problem
        self.next_step = next_step


class BadInput(RingfenceError):
    """What a person gave cannot be used; nothing was changed. Exit status 2."""

    exit_status = 2

    def __init__(self, problem: str, next_step: str, diagnostics: Sequence[Diagnostic] = ()) -> None:
        super().__init__(problem, next_step)
        self.diagnostics = tuple(diagnostics)


class Refused(RingfenceError):
    """The world (host, tool, another job) refused; exit status 3."""


class DeadlinePassed(Refused):
    """A call did not answer in time: its outcome is unknown until it is observed."""


class WorldMoved(Refused):
    """What was planned against is not there any more; a new plan is needed."""


class Busy(Refused):
    """Another job holds the site."""
