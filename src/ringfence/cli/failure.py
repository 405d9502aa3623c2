# SPDX-License-Identifier: Apache-2.0
"""What went wrong, as text and as JSON."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass

from ringfence.base.diagnostics import Diagnostic
from ringfence.base.errors import RingfenceError
from ringfence.messages.findings import FindingLine, finding_line

from .say import show_json
from .settings import Settings
from .show.findings import findings_lines
from .show.words import wrapped
from .visible import visible


@dataclass(frozen=True, slots=True)
class Failure:
    """A refusal as it is printed with ``--json``."""

    problem: str
    next_step: str
    exit_status: int
    findings: tuple[FindingLine, ...]


def tell_failure(error: RingfenceError, settings: Settings) -> None:
    """Print a refusal: its findings, the problem, the next step. JSON goes to standard output."""
    found: Sequence[Diagnostic] = getattr(error, "diagnostics", ())
    findings = tuple(finding_line(one) for one in found)
    if settings.json:
        show_json(Failure(error.problem, error.next_step, error.exit_status, findings))
    paint = settings.error_paint
    lines = findings_lines(findings, paint)
    first, *rest = wrapped(f"Error: {error.problem}")
    lines += [first.replace("Error:", paint("Error:", "red", "bold"), 1), *rest, *wrapped(error.next_step)]
    sys.stderr.write("".join(f"{visible(line)}\n" for line in lines))
