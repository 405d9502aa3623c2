# SPDX-License-Identifier: Apache-2.0
"""Run all design rules over a site and apply its exceptions. Pure: facts and time are arguments."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from ringfence.base.diagnostics import Diagnostic, Severity
from ringfence.base.marks import Mark
from ringfence.facts.host import HostFacts
from ringfence.site.exception import AcceptedFinding
from ringfence.site.site import Site

from .ground import Ground
from .rule import BROKEN_RULE, Found, Rule, found_by
from .rules import RULES
from .rules.exceptions import can_be_accepted, in_force

_WORST_FIRST = {severity: rank for rank, severity in enumerate(Severity)}


@dataclass(frozen=True, slots=True)
class Silenced:
    """A finding that somebody accepted, and the exception that says so."""

    finding: Diagnostic
    accepted: AcceptedFinding


@dataclass(frozen=True, slots=True)
class Review:
    """``findings`` worst first, then by place; ``silenced`` in the same order."""

    findings: tuple[Diagnostic, ...]
    silenced: tuple[Silenced, ...]


def check(site: Site, facts: Mapping[str, HostFacts], now: datetime) -> tuple[Diagnostic, ...]:
    """Return all findings but the accepted ones. One of severity ERROR refuses apply.

    ``facts`` by host name; ``now`` must carry a time zone, or ValueError is raised.
    """
    return review(site, facts, now).findings


def review(site: Site, facts: Mapping[str, HostFacts], now: datetime, rules: Iterable[Rule] = RULES) -> Review:
    """Return what ``check`` returns and the findings that exceptions silence."""
    if now.tzinfo is None:
        raise ValueError("The time of a check needs a time zone: expiry dates are days in UTC.")
    ground = Ground(site, facts, now)
    about_site, about_exceptions = _parted(rules)
    found = tuple(one for made in about_site for one in _judge(made, ground))
    after = replace(ground, found=found)
    found = (*found, *(one for made in about_exceptions for one in _judge(made, after)))
    return _split(sorted(found, key=_order), site.exceptions, ground.today)


def _parted(rules: Iterable[Rule]) -> tuple[list[Rule], list[Rule]]:
    """Rules about exceptions come last: they look at what the others found."""
    known = list(rules)
    last = [made for made in known if made.id.startswith("RF-EXC-")]
    return [made for made in known if made not in last], last


def _judge(made: Rule, ground: Ground) -> Iterator[Diagnostic]:
    """Yield what a rule finds, each fault once. A rule that fails becomes a finding and hides no other."""
    seen: set[Found] = set()
    try:
        for found in made.find(ground):
            if found not in seen:
                seen.add(found)
                yield found_by(made, found, _place(found, ground.site))
    except Exception as error:  # noqa: BLE001 - whatever a rule stumbles over, the other rules must still be heard
        yield _broken(made, error)


def _place(found: Found, site: Site) -> Mark | None:
    return found.where or site.mark(f"{found.subject}#{found.field}" if found.field else found.subject)


def _broken(made: Rule, error: Exception) -> Diagnostic:
    problem = f"Rule {made.id} could not be checked: {type(error).__name__}: {error}."
    fix = "Report this with the site file; all other rules were checked."
    return Diagnostic(BROKEN_RULE, Severity.HIGH, f"rule/{made.id}", problem, fix)


def _order(finding: Diagnostic) -> tuple[int, bool, object, str, str, str]:
    where = finding.where
    place = (where.file, where.line, where.column) if where else ("", 0, 0)
    return (
        _WORST_FIRST[finding.severity],
        where is None,
        place,
        finding.id,
        finding.subject,
        finding.problem,
    )


def _split(findings: Iterable[Diagnostic], exceptions: Iterable[AcceptedFinding], today: date) -> Review:
    valid = {(one.rule, one.subject): one for one in exceptions if in_force(one, today)}
    open_: list[Diagnostic] = []
    silenced: list[Silenced] = []
    for finding in findings:
        accepted = valid.get((finding.id, finding.subject)) if can_be_accepted(finding) else None
        if accepted is None:
            open_.append(finding)
        else:
            silenced.append(Silenced(finding, accepted))
    return Review(tuple(open_), tuple(silenced))
