# SPDX-License-Identifier: Apache-2.0
"""Drift, revisions and design rules."""

from __future__ import annotations

from itertools import groupby

from ringfence.cli.columns import Cell, Row, table
from ringfence.cli.paint import SEVERITY_STYLES, Paint
from ringfence.messages.drift import DriftReport
from ringfence.messages.revisions import RevisionList
from ringfence.messages.rules import RuleLine, RuleList

from .words import counted, wrapped

STATE_STYLES = {"applied": ("green",), "failed": ("red",), "begun": ("magenta",)}


def drift_lines(report: DriftReport, paint: Paint) -> list[str]:
    """Return every difference as a sentence, by what it is about."""
    if not report.drift:
        return [f"No drift: site {report.site} is as revision {report.revision} made it."]
    lines: list[str] = []
    for one in report.drift:
        lines += [line for sentence in one.sentences for line in wrapped(f"- {sentence}")]
    number = sum(len(one.sentences) for one in report.drift)
    told = paint(f"{counted(number, 'difference', 'differences')}.", "bold")
    return [*lines, "", told, *wrapped(_drift_step(report))]


def _drift_step(report: DriftReport) -> str:
    step = "'ringfence apply' puts it right; 'ringfence plan' shows how."
    if any(one.kind == "volume" for one in report.drift):
        return f"{step} A disk that the site does not name goes only with 'ringfence apply --destroy-data WORKLOAD'."
    return step


def revision_lines(listed: RevisionList, paint: Paint) -> list[str]:
    """Return one line per revision, newest first."""
    if not listed.revisions:
        return [f"Site {listed.site} was never applied."]
    rows: list[Row] = [
        [
            "*" if one.current else "",
            str(one.number),
            f"{one.at:%Y-%m-%d %H:%M:%S}",
            Cell(one.state, STATE_STYLES.get(one.state, ())),
            one.principal,
            one.site_digest[:12],
            one.note,
        ]
        for one in listed.revisions
    ]
    head = ("", "REVISION", "WHEN (UTC)", "STATE", "BY", "SITE FILE", "NOTE")
    return [*table(head, rows, paint), "", "* is what runs now. 'ringfence revert N' goes back to revision N."]


def rule_lines(rules: RuleList, paint: Paint) -> list[str]:
    """Return all rules by group, one line each."""
    lines: list[str] = []
    for group, held in groupby(rules.rules, key=lambda one: one.group):
        rows: list[Row] = [
            [Cell(one.id, ("bold",)), Cell(one.severity, SEVERITY_STYLES[one.severity]), one.title] for one in held
        ]
        lines += [paint(group, "bold"), *table((), rows, paint, "  "), ""]
    return [*lines, f"{counted(len(rules.rules), 'rule', 'rules')}. 'ringfence rules ID' explains one."]


def explained(rule: RuleLine, paint: Paint) -> list[str]:
    """Return one rule in full."""
    lines = [f"{paint(rule.id, 'bold')} ({rule.group}, {rule.severity})", "", *wrapped(rule.title), ""]
    lines += [*wrapped(rule.rationale), ""] if rule.rationale else []
    lines += wrapped(f"What to do: {rule.fix}")
    return [*lines, "", *wrapped(f"Held against: {', '.join(rule.clauses)}.")] if rule.clauses else lines
