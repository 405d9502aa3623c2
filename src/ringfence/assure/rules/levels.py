# SPDX-License-Identifier: Apache-2.0
"""Rules about conduits between Purdue levels, which count 0, 1, 2, 3, 3.5, 4, 5."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator

from ringfence.assure.ground import Ground
from ringfence.assure.opening import DMZ, Crossing
from ringfence.assure.rule import Found, rule
from ringfence.base.diagnostics import Severity
from ringfence.site.zone import Zone

LADDER = (0.0, 1.0, 2.0, 3.0, 3.5, 4.0, 5.0)


def _steps(crossing: Crossing) -> int:
    return bisect_left(LADDER, crossing.upper.level) - bisect_left(LADDER, crossing.lower.level)


def _bypasses(crossing: Crossing) -> bool:
    return crossing.upper.level > DMZ > crossing.lower.level


def _reaches_past(crossing: Crossing) -> bool:
    return crossing.upper.level == DMZ and _steps(crossing) > 1


def _said(crossing: Crossing) -> str:
    def name(zone: Zone) -> str:
        return f"zone '{zone.name}' (level {zone.level:g})"

    return f"Conduit '{crossing.conduit.name}' joins {name(crossing.source)} with {name(crossing.target)}"


def _found(crossing: Crossing, why: str) -> Found:
    return Found(f"conduit/{crossing.conduit.name}", f"{_said(crossing)}{why}")


@rule(
    "RF-CON-001",
    Severity.HIGH,
    "IEC 62443-3-3 SR 5.1",
    "IEC 62443-3-3 SR 5.2",
    "NIST SP 800-82r3",
    fix="Let both sides meet a workload in a zone of level 3.5, with one conduit from each side.",
)
def bypasses_dmz(ground: Ground) -> Iterator[Found]:
    """A conduit goes from the enterprise past the DMZ.

    Whoever holds an office computer then talks to the plant directly. A demilitarised zone breaks every
    conversation in two, so that no packet of the enterprise reaches the plant.
    """
    for crossing in ground.crossings:
        if _bypasses(crossing) and not crossing.conduit.dormant:
            yield _found(crossing, ", and no demilitarised zone lies between them.")


@rule(
    "RF-CON-002",
    Severity.HIGH,
    "IEC 62443-3-3 SR 5.1",
    "IEC 62443-3-3 SR 5.2",
    "NIST SP 800-82r3",
    fix="Go through a workload of level 3, or make the conduit dormant and grant it when it is needed.",
)
def reaches_past_operations(ground: Ground) -> Iterator[Found]:
    """A conduit reaches from the DMZ past level 3.

    The DMZ is where the enterprise may come to; a conduit from there straight to supervision or control
    makes it a stepping stone.
    """
    for crossing in ground.crossings:
        if _reaches_past(crossing) and not crossing.conduit.dormant:
            yield _found(crossing, " and skips level 3.")


@rule(
    "RF-CON-003",
    Severity.MEDIUM,
    "IEC 62443-3-3 SR 5.1",
    "NIST SP 800-82r3",
    fix="Take the data from the level between, or accept the finding with a reason.",
)
def skips_inside_plant(ground: Ground) -> Iterator[Found]:
    """A conduit skips a level inside the plant.

    Each level between is a place where a fault or an intruder can be stopped and seen; a conduit past it
    gives that up.
    """
    for crossing in ground.crossings:
        if crossing.upper.level < DMZ and _steps(crossing) > 1:
            yield _found(crossing, " and skips a level between them.")


@rule(
    "RF-CON-004",
    Severity.MEDIUM,
    "IEC 62443-3-3 SR 5.2",
    "IEC 62443-3-3 SR 1.13",
    "NIST SP 800-82r3",
    fix="Keep the grants short, and plan a way through the level that is skipped.",
)
def dormant_skips_level(ground: Ground) -> Iterator[Found]:
    """A dormant conduit skips a level when it is granted.

    For as long as a grant lasts, the levels between protect nothing. A person opens it each time, which
    limits the harm and does not remove it.
    """
    for crossing in ground.crossings:
        if crossing.conduit.dormant and (_bypasses(crossing) or _reaches_past(crossing)):
            yield _found(crossing, " and skips a level whenever it is granted.")
