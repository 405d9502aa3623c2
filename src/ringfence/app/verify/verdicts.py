# SPDX-License-Identifier: Apache-2.0
"""The last word on every workload and on the host, over all parts of all verifications that are kept."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from ringfence.app.session import Session
from ringfence.base.addresses import Address
from ringfence.base.errors import RingfenceError
from ringfence.messages.verification import LastVerified
from ringfence.ports.verifications import LastVerdict

from .outcome import PARTS, worst


@dataclass(frozen=True, slots=True)
class Words:
    """What was said last about every subject, while revision ``running`` runs. ``known``: the store could be read."""

    kept: Mapping[Address, Sequence[LastVerdict]]
    running: int
    known: bool = True

    def of(self, subject: Address) -> LastVerified | None:
        """Return the last word on a subject; None where it cannot be told."""
        return over(subject, self.kept.get(subject, ()), self.running) if self.known else None


def words(session: Session, running: int) -> Words:
    """Read what was kept; where that fails, a status is shown all the same."""
    try:
        return Words(by_subject(session.store.verifications.last()), running)
    except RingfenceError:
        return Words({}, running, known=False)


def by_subject(kept: Iterable[LastVerdict]) -> dict[Address, list[LastVerdict]]:
    """Return verdicts by what they are about."""
    found: dict[Address, list[LastVerdict]] = defaultdict(list)
    for one in kept:
        found[one.of.subject].append(one)
    return dict(found)


def over(subject: Address, found: Sequence[LastVerdict], running: int) -> LastVerified:
    """Return the worst of the parts, at the time and the revision of the oldest one: a chain is as old as that."""
    never = tuple(part for part in PARTS if part not in {one.of.part for one in found})
    if not found:
        return LastVerified(subject, "never", None, 0, current=False, never=never)
    verdict = worst(one.of.verdict for one in found)
    at, revision = min(one.at for one in found), min(one.revision for one in found)
    shown = "unproven" if never and verdict == "proven" else verdict
    return LastVerified(subject, shown, at, revision, revision == running, never)
