# SPDX-License-Identifier: Apache-2.0
"""Rules about why a conduit exists, who answers for it and how long it lasts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

from ringfence.assure.ground import Ground
from ringfence.assure.rule import Found, rule
from ringfence.base.diagnostics import Severity
from ringfence.site.conduit import Conduit

SOON = timedelta(days=30)
"""How long before its last day an expiry is announced."""

_PLACEHOLDERS = frozenset(
    {"a", "any", "asdf", "fixme", "foo", "bar", "me", "n/a", "na", "needed", "nobody", "none", "owner", "reason"}
    | {"required", "see", "tbc", "tbd", "temp", "temporary", "test", "todo", "tmp", "unknown", "user"}
    | {"x", "xx", "xxx", "xxxx", "y", "z", "?", "???", "-", "--", "."}
)
_WORD = re.compile(r"[\u2e80-\uffff]|\w{2,}")
"""Scripts without spaces between words (from U+2E80 up) count by character."""

_FEWEST_WORDS = 3


def thin_reason(text: str) -> bool:
    """Tell whether a reason has fewer than three words of two letters or more, or only place holders."""
    words = _WORD.findall(text.lower())
    return len(words) < _FEWEST_WORDS or all(word in _PLACEHOLDERS for word in words)


def thin_owner(text: str) -> bool:
    """Tell whether an owner is a place holder or nothing."""
    return text.strip().lower() in _PLACEHOLDERS or not _WORD.search(text)


def _over(conduit: Conduit, ground: Ground) -> bool:
    return conduit.expires is not None and conduit.expires < ground.today


@rule(
    "RF-CON-030",
    Severity.MEDIUM,
    "IEC 62443-3-3 SR 5.2",
    "NERC CIP-005",
    fix="Say in a sentence who needs what over this conduit, and what for.",
)
def thin_reason_given(ground: Ground) -> Iterator[Found]:
    """A conduit has no reason, or one that says nothing.

    Deny by default means that every exception is argued. Whoever reviews the conduit in a year knows only
    what is written here.
    """
    for conduit in ground.site.conduits.values():
        if thin_reason(conduit.reason):
            said = f"gives '{conduit.reason}' as its reason" if conduit.reason.strip() else "gives no reason"
            yield Found(f"conduit/{conduit.name}", f"Conduit '{conduit.name}' {said}.", "reason")


@rule(
    "RF-CON-031",
    Severity.MEDIUM,
    "IEC 62443-3-3 SR 5.2",
    "NERC CIP-005",
    fix="Name the person or the team that can be asked about it.",
)
def thin_owner_given(ground: Ground) -> Iterator[Found]:
    """A conduit has no owner, or a place holder for one.

    Somebody has to be asked before it is closed, and told when it was used by the wrong people.
    """
    for conduit in ground.site.conduits.values():
        if thin_owner(conduit.owner):
            said = f"names '{conduit.owner}' as its owner" if conduit.owner.strip() else "names no owner"
            yield Found(f"conduit/{conduit.name}", f"Conduit '{conduit.name}' {said}.", "owner")


@rule(
    "RF-CON-032",
    Severity.HIGH,
    "IEC 62443-3-3 SR 5.2",
    "IEC 62443-3-3 SR 7.7",
    fix="Remove the conduit, or let its owner set a new date.",
)
def expired_and_open(ground: Ground) -> Iterator[Found]:
    """A conduit has expired and is still open, or can still be granted.

    The site said until when it is needed. Ringfence does not close it by itself, because that could stop
    the plant, unless the conduit says 'on_expiry: close'.
    """
    for conduit in ground.site.conduits.values():
        if _over(conduit, ground) and conduit.on_expiry == "report":
            still = "can still be granted" if conduit.dormant else "is still open"
            problem = f"Conduit '{conduit.name}' was valid until {conduit.expires} and {still}."
            yield Found(f"conduit/{conduit.name}", problem, "expires")


@rule(
    "RF-CON-033",
    Severity.LOW,
    "IEC 62443-3-3 SR 7.6",
    fix="Remove the conduit, or let its owner set a new date.",
)
def expired_and_shut(ground: Ground) -> Iterator[Found]:
    """A conduit has expired and opens nothing any more.

    It closed as it was told to; now it only makes the site file harder to read.
    """
    for conduit in ground.site.conduits.values():
        if _over(conduit, ground) and conduit.on_expiry == "close":
            problem = f"Conduit '{conduit.name}' was valid until {conduit.expires} and opens nothing any more."
            yield Found(f"conduit/{conduit.name}", problem, "expires")


@rule(
    "RF-CON-034",
    Severity.INFO,
    "IEC 62443-3-3 SR 5.2",
    fix="Ask its owner whether it is needed longer.",
)
def expires_soon(ground: Ground) -> Iterator[Found]:
    """A conduit expires within 30 days.

    There is time to ask its owner now; on the day after, it is a finding or it is closed.
    """
    for conduit in ground.site.conduits.values():
        if conduit.expires is not None and ground.today <= conduit.expires <= ground.today + SOON:
            left = (conduit.expires - ground.today).days
            ends = "today" if left == 0 else f"in {left} {'day' if left == 1 else 'days'}"
            problem = f"Conduit '{conduit.name}' is valid until {conduit.expires}, which is {ends}."
            yield Found(f"conduit/{conduit.name}", problem, "expires")


@rule(
    "RF-CON-035",
    Severity.INFO,
    "IEC 62443-3-3 SR 1.13",
    fix="Give it the day on which its owner looks at it again.",
)
def grantable_for_ever(ground: Ground) -> Iterator[Found]:
    """A dormant conduit has no expiry.

    It can be granted for ever, also when the person and the machine it was made for are gone.
    """
    for conduit in ground.site.conduits.values():
        if conduit.dormant and conduit.expires is None:
            yield Found(f"conduit/{conduit.name}", f"Dormant conduit '{conduit.name}' can be granted for ever.")


@rule(
    "RF-CON-036",
    Severity.HIGH,
    "IEC 62443-3-3 clause 4.2",
    fix="Leave out 'on_expiry: close', so that the expiry raises a finding and a person decides.",
)
def closes_essential(ground: Ground) -> Iterator[Found]:
    """An expiry would cut an essential function.

    Security measures must not harm what keeps the process controlled, seen and safe. A date in a file
    cannot know whether the plant needs the conduit that night.
    """
    for conduit in ground.site.conduits.values():
        if conduit.on_expiry != "close" or conduit.expires is None:
            continue
        ends = (*conduit.source, *conduit.target)
        touched = dict.fromkeys(name for end in ends for name in ground.essential_behind(end))
        if touched:
            problem = (
                f"Conduit '{conduit.name}' closes by itself after {conduit.expires} and touches "
                f"{' and '.join(touched)}, which carries an essential function."
            )
            yield Found(f"conduit/{conduit.name}", problem, "on_expiry")
