# SPDX-License-Identifier: Apache-2.0
"""Rules about conduits between zones of different target level (SL-T)."""

from __future__ import annotations

from collections.abc import Iterator

from ringfence.assure.ground import Ground
from ringfence.assure.opening import Opening
from ringfence.assure.rule import Found, rule
from ringfence.base.diagnostics import Severity
from ringfence.site.zone import Zone

LARGE = 2
"""A difference of SL-T that no property of a conduit makes up for."""


def _gap(one: Zone, other: Zone) -> int:
    return abs(one.security.highest - other.security.highest)


def _said(zone: Zone) -> str:
    return f"zone '{zone.name}' (SL-T {zone.security.highest})"


@rule(
    "RF-CON-040",
    Severity.MEDIUM,
    "IEC 62443-3-3 SR 5.1",
    "IEC 62443-3-3 SR 5.2",
    fix="Put a zone of an SL-T between, or accept the finding and say what makes up for it.",
)
def large_gap(ground: Ground) -> Iterator[Found]:
    """A conduit joins zones whose SL-T differs by two or more.

    A zone is as strong as the weakest thing that may talk to it. What needs protection against skilled
    attackers should not hang on what is only protected against mistakes.
    """
    for crossing in ground.crossings:
        if _gap(crossing.source, crossing.target) >= LARGE:
            yield Found(
                f"conduit/{crossing.conduit.name}",
                f"Conduit '{crossing.conduit.name}' joins {_said(crossing.source)} with {_said(crossing.target)}.",
            )


def _uncompensated(opening: Opening) -> Iterator[tuple[Zone, Zone]]:
    """Pairs where the weaker zone by itself begins something unencrypted with one a level stronger."""
    if opening.service.encrypted or opening.conduit.dormant:
        return
    for weak in opening.opener_zones:
        for strong in opening.answerer_zones:
            if strong.security.highest > weak.security.highest and _gap(weak, strong) < LARGE:
                yield weak, strong


@rule(
    "RF-CON-041",
    Severity.LOW,
    "IEC 62443-3-3 SR 5.2",
    "IEC 62443-3-3 clause 4.3",
    fix="Let the stronger side begin, encrypt, make the conduit dormant, or accept the finding.",
)
def gap(ground: Ground) -> Iterator[Found]:
    """A weaker zone begins conversations with a stronger one, and nothing makes up for it.

    A gap of one SL-T can be made up for: by encryption with proof of who speaks, by a person who grants the
    conduit each time, or by letting only the stronger side begin.
    """
    for opening in ground.openings:
        for weak, strong in _uncompensated(opening):
            yield Found(
                f"conduit/{opening.conduit.name}",
                f"Conduit '{opening.conduit.name}' lets {_said(weak)} begin '{opening.service.name}' "
                f"with {_said(strong)}.",
            )
