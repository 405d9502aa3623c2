# SPDX-License-Identifier: Apache-2.0
"""Verifications: what was found out about the running system, when, and at which revision."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from ringfence.base.addresses import Address

Verdict = Literal["proven", "wrong", "unproven"]
"""``wrong``: something is not as it was declared. ``unproven``: nobody can tell, so it does not count as proven."""


@dataclass(frozen=True, slots=True)
class PartVerdict:
    """What one part of a verification (``rules``, ``proof`` ...) says about one subject, such as ``workload/scada``."""

    subject: Address
    part: str
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class LastVerdict:
    """The last word on a subject; ``at`` is UTC."""

    of: PartVerdict
    at: datetime
    revision: int


@dataclass(frozen=True, slots=True)
class VerificationDraft:
    """A verification that is to be kept. ``message`` is the whole result as JSON; ``parts`` are those that ran."""

    at: datetime
    revision: int
    principal: str
    parts: tuple[str, ...]
    verdict: Verdict
    took_s: float
    message: str
    verdicts: tuple[PartVerdict, ...]


@dataclass(frozen=True, slots=True)
class VerificationSummary:
    """A kept verification without its contents."""

    number: int
    at: datetime
    revision: int
    principal: str
    parts: tuple[str, ...]
    verdict: Verdict
    took_s: float


class Verifications(Protocol):
    """Keeps verifications, and since when each difference has been seen. All raise Refused and Busy."""

    def keep(self, draft: VerificationDraft) -> int:
        """Keep one, and forget old ones that change nothing; return its number."""
        ...

    def last(self) -> tuple[LastVerdict, ...]:
        """Return the last word on every subject, by subject and part."""
        ...

    def summaries(self, limit: int) -> tuple[VerificationSummary, ...]:
        """Return the last ones, newest first."""
        ...

    def message(self, number: int) -> str:
        """Return one as it was kept. Raises BadInput when there is none of that number."""
        ...

    def seen(self, part: str, keys: Collection[str], at: datetime) -> Mapping[str, datetime]:
        """Note what a part sees now, forget what is gone, and return when each key was seen first."""
        ...

    def first_seen(self, part: str) -> Mapping[str, datetime]:
        """Return when everything that a part saw last was seen first; nothing is noted or forgotten."""
        ...
