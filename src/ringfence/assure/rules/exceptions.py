# SPDX-License-Identifier: Apache-2.0
"""Rules about accepted findings themselves. What they say can not be silenced by another exception."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from ringfence.assure.ground import Ground
from ringfence.assure.rule import BROKEN_RULE, Found, rule
from ringfence.base.diagnostics import Diagnostic, Severity
from ringfence.site.exception import AcceptedFinding

from .paperwork import SOON, thin_owner, thin_reason

ABOUT_HOSTS = ("RF-HST-", "RF-PLC-", "RF-UPL-")
"""Rules that say nothing about a host that was not observed."""
ABOUT_RUNNING = ("RF-KRN-", "RF-LIM-", "RF-MCH-", "RF-PRC-", "RF-SHR-", "RF-SVC-")
"""What only a verification of what runs can find (assure/running)."""


def subject(accepted: AcceptedFinding) -> str:
    """Address of an exception: ``exception/RF-CON-001/conduit/x``."""
    return f"exception/{accepted.rule}/{accepted.subject}"


def in_force(accepted: AcceptedFinding, today: date) -> bool:
    """Tell whether an exception still holds; its last day (UTC) is included."""
    return accepted.expires >= today


def can_be_accepted(finding: Diagnostic) -> bool:
    """Tell whether an exception may silence it: not errors, nor faults of exceptions or of Ringfence."""
    return finding.severity is not Severity.ERROR and not finding.id.startswith(("RF-EXC-", BROKEN_RULE))


def _said(accepted: AcceptedFinding) -> str:
    return f"The exception for {accepted.rule} on {accepted.subject}"


@rule(
    "RF-EXC-001",
    Severity.MEDIUM,
    "IEC 62443-3-3 clause 4.3",
    fix="Mend what the finding says and remove the exception, or let its owner set a new date.",
)
def expired(ground: Ground) -> Iterator[Found]:
    """An exception has expired.

    The finding it silenced is shown again: the risk was accepted until that day and not longer.
    """
    for accepted in ground.site.exceptions:
        if not in_force(accepted, ground.today):
            problem = f"{_said(accepted)} was valid until {accepted.expires}."
            yield Found(subject(accepted), problem, where=accepted.where)


@rule(
    "RF-EXC-002",
    Severity.INFO,
    "IEC 62443-3-3 clause 4.3",
    fix="Ask its owner whether the risk is still accepted.",
)
def ends_soon(ground: Ground) -> Iterator[Found]:
    """An exception expires within 30 days.

    There is time to mend what it silences.
    """
    for accepted in ground.site.exceptions:
        if ground.today <= accepted.expires <= ground.today + SOON:
            problem = f"{_said(accepted)} is valid until {accepted.expires}."
            yield Found(subject(accepted), problem, where=accepted.where)


@rule(
    "RF-EXC-003",
    Severity.MEDIUM,
    "IEC 62443-3-3 clause 4.3",
    fix="Say in a sentence why the risk is accepted, and name who accepted it.",
)
def thin(ground: Ground) -> Iterator[Found]:
    """An exception says not why, or not who.

    A risk that nobody accepted for a reason is a risk that was overlooked.
    """
    for accepted in ground.site.exceptions:
        if thin_reason(accepted.reason) or thin_owner(accepted.owner):
            problem = f"{_said(accepted)} gives '{accepted.reason}' as its reason and '{accepted.owner}' as its owner."
            yield Found(subject(accepted), problem, where=accepted.where)


def _matches(accepted: AcceptedFinding, ground: Ground) -> list[Diagnostic]:
    return [found for found in ground.found if (found.id, found.subject) == (accepted.rule, accepted.subject)]


def _was_checked(rule_id: str, ground: Ground) -> bool:
    """Tell whether a rule could find anything: it did not break, and has the facts it looks at."""
    broken = any((found.id, found.subject) == (BROKEN_RULE, f"rule/{rule_id}") for found in ground.found)
    all_observed = all(host in ground.facts for host in ground.site.hosts)
    return not (broken or rule_id.startswith(ABOUT_RUNNING)) and (all_observed or not rule_id.startswith(ABOUT_HOSTS))


@rule(
    "RF-EXC-004",
    Severity.LOW,
    "IEC 62443-3-3 clause 4.3",
    fix="Remove the exception, or write the finding's id and subject as 'ringfence check' shows them.",
)
def matches_nothing(ground: Ground) -> Iterator[Found]:
    """An exception matches no finding.

    The fault is mended and the exception is left over, or a name is written wrongly. Left over, it would
    silence the same fault when it comes back.
    """
    for accepted in ground.site.exceptions:
        if not _matches(accepted, ground) and _was_checked(accepted.rule, ground):
            yield Found(subject(accepted), f"{_said(accepted)} matches no finding.", where=accepted.where)


@rule(
    "RF-EXC-005",
    Severity.MEDIUM,
    "IEC 62443-3-3 clause 4.3",
    fix="Mend what the error says and remove the exception.",
)
def accepts_error(ground: Ground) -> Iterator[Found]:
    """An exception names an error.

    Errors say that the site cannot be built, or must not be; accepting one changes nothing about that.
    """
    for accepted in ground.site.exceptions:
        if any(not can_be_accepted(found) for found in _matches(accepted, ground)):
            problem = f"{_said(accepted)} silences nothing, because the finding is an error."
            yield Found(subject(accepted), problem, where=accepted.where)
