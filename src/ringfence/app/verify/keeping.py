# SPDX-License-Identifier: Apache-2.0
"""What outlives a verification: its result, and since when each difference has been seen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from ringfence.app.session import Session
from ringfence.base.errors import RingfenceError
from ringfence.messages.encode import to_json
from ringfence.messages.verification import Verification
from ringfence.ports.verifications import PartVerdict, VerificationDraft

from .outcome import Outcome

Sightings = Mapping[str, datetime]


def sighted(session: Session, part: str, outcome: Outcome, at: datetime, *, calm: bool) -> tuple[Sightings, str]:
    """Return since when what a part found has been seen, and why that is not known where it is not.

    What is gone is forgotten, but only by a part that left nothing out, and while nothing else changed the site.
    """
    store, keys = session.store.verifications, {one.identity for one in outcome.found}
    try:
        if not calm:
            return store.first_seen(part), ""
        known = {} if outcome.whole else store.first_seen(part)
        return store.seen(part, keys | known.keys(), at), ""
    except RingfenceError as error:
        return {}, f"{error.problem} {error.next_step}"


def keep(session: Session, result: Verification) -> Verification:
    """Keep a result; where that fails, return it with the reason: it is shown all the same."""
    verdicts = (
        PartVerdict(one.subject, part, verdict) for one in result.subjects for part, verdict in one.parts.items()
    )
    draft = VerificationDraft(
        result.at,
        result.revision,
        session.principal,
        tuple(part.name for part in result.parts),
        result.verdict,
        result.took_s,
        to_json(result),
        tuple(verdicts),
    )
    try:
        session.store.verifications.keep(draft)
    except RingfenceError as error:
        return replace(result, not_kept=f"{error.problem} {error.next_step}")
    return result
