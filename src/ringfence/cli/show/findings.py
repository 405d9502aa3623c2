# SPDX-License-Identifier: Apache-2.0
"""Findings and errors, each with its place in the site file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from ringfence.cli.excerpt import excerpt
from ringfence.cli.paint import SEVERITY_STYLES, Paint
from ringfence.messages.findings import CheckReport, FindingLine

from .words import counted, listed, wrapped

INDENT = "    "
SEVERITIES = ("error", "high", "medium", "low", "info")


def check_lines(report: CheckReport, file: str, paint: Paint, *, verbose: bool = False) -> list[str]:
    """Return a whole check: every finding, what was left out, and a summary."""
    kept = list(report.findings)
    lines = findings_lines(kept, paint)
    if verbose and report.accepted:
        lines += [paint("Accepted by exceptions:", "bold"), ""]
        lines += findings_lines(report.accepted, paint)
    lines += [paint("note: ", "bold") + note for note in report.notes]
    return [*lines, summary(file, kept, len(report.accepted))]


def findings_lines(findings: Iterable[FindingLine], paint: Paint) -> list[str]:
    """Return every finding with an empty line after each."""
    return [line for found in findings for line in (*finding_lines(found, paint), "")]


def finding_lines(found: FindingLine, paint: Paint) -> list[str]:
    """Return one finding: place, severity, what is wrong, the source line, what to do."""
    severity = paint(found.severity, *SEVERITY_STYLES.get(found.severity, ()))
    where = f"{found.file}:{found.line}:{found.column}: " if found.file and found.line else ""
    lines = [f"{paint(where, 'bold')}{severity} {found.id} {found.subject}"]
    lines += wrapped(found.problem, INDENT)
    if found.file and found.line:
        lines += excerpt(found.file, found.line, found.column or 1, paint)
    lines += wrapped(f"What to do: {found.fix}", INDENT)
    if found.clauses:
        lines += [paint(line, "dim") for line in wrapped(f"Held against: {', '.join(found.clauses)}.", INDENT)]
    return lines


def summary(file: str, findings: Sequence[FindingLine], accepted: int) -> str:
    """Return one sentence that counts."""
    tail = f" {counted(accepted, 'more is', 'more are')} accepted by exceptions." if accepted else ""
    if not findings:
        return f"{file}: no findings.{tail}"
    by_severity = Counter(found.severity for found in findings)
    parts = [f"{by_severity[severity]} {severity}" for severity in SEVERITIES if by_severity[severity]]
    return f"{file}: {counted(len(findings), 'finding', 'findings')}: {listed(parts)}.{tail}"
