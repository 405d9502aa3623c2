# SPDX-License-Identifier: Apache-2.0
"""Findings and errors about a site file."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ringfence.base.diagnostics import Diagnostic, Severity


@dataclass(frozen=True, slots=True)
class FindingLine:
    """One finding; ``file``, ``line`` and ``column`` are None where no place in the file is meant."""

    id: str
    severity: str
    subject: str
    problem: str
    fix: str
    clauses: tuple[str, ...]
    file: str | None
    line: int | None
    column: int | None


@dataclass(frozen=True, slots=True)
class CheckReport:
    """Result of ``check``: ``errors`` refuse the site, the other findings do not.

    ``accepted`` are findings that exceptions silence; ``notes`` say what could not be checked here.
    """

    site: str
    errors: int
    findings: tuple[FindingLine, ...]
    accepted: tuple[FindingLine, ...] = ()
    notes: tuple[str, ...] = ()


def report(site: str, found: Iterable[Diagnostic]) -> CheckReport:
    """Return diagnostics as a report, in the order given."""
    kept = tuple(found)
    errors = sum(one.severity is Severity.ERROR for one in kept)
    return CheckReport(site, errors, tuple(finding_line(one) for one in kept))


def finding_line(found: Diagnostic) -> FindingLine:
    """Return one diagnostic as a flat line."""
    where = found.where
    return FindingLine(
        found.id,
        str(found.severity),
        found.subject,
        found.problem,
        found.fix,
        found.clauses,
        where.file if where else None,
        where.line if where else None,
        where.column if where else None,
    )
