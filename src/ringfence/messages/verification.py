# SPDX-License-Identifier: Apache-2.0
"""What was found out about the running system."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Verdict = Literal["proven", "wrong", "unproven"]
"""``wrong``: something is not as it was declared. ``unproven``: nobody can tell, and so it never counts as proven."""


@dataclass(frozen=True, slots=True)
class VerifyFinding:
    """Something that is wrong, or that could not be told.

    ``subjects`` are what it is about (``workload/scada``, ``host/server1``, ``site/works`` for what all share).
    ``sentence`` and ``next_step`` are full sentences, ``details`` are lines below them (a packet, a rule, its place).
    """

    part: str
    verdict: Verdict
    subjects: tuple[str, ...]
    sentence: str
    next_step: str = ""
    details: tuple[str, ...] = ()
    first_seen: datetime | None = None
    """When a verification met it first (UTC); None where that could not be kept."""
    flow: tuple[str, str, str] | None = None
    """Where something may flow that should not: from, to, and what in a word."""


@dataclass(frozen=True, slots=True)
class VerifyEvidence:
    """What was seen of a subject, in a line."""

    subject: str
    text: str


@dataclass(frozen=True, slots=True)
class VerifyPart:
    """One part: ``rules``, ``proof``, ``packets`` or ``facts``. ``summary`` says in a sentence what was looked at."""

    name: str
    verdict: Verdict
    summary: str
    took_s: float
    findings: tuple[VerifyFinding, ...] = ()
    evidence: tuple[VerifyEvidence, ...] = ()


@dataclass(frozen=True, slots=True)
class SubjectVerdict:
    """A workload, or the host as the zone that it is; ``parts`` has the verdict of each part that ran."""

    subject: str
    verdict: Verdict
    parts: dict[str, Verdict]


@dataclass(frozen=True, slots=True)
class Verification:
    """Result of ``verify``; ``at`` is when it began (UTC)."""

    site: str
    at: datetime
    revision: int
    took_s: float
    simulated: bool
    verdict: Verdict
    disturbed: str
    """What else changed the site meanwhile, as a sentence: then nothing counts as proven. Empty: nothing did."""
    restrictions: tuple[str, ...]
    """Islands, cuts and a hold that stood: what is verified is the revision under them."""
    parts: tuple[VerifyPart, ...]
    subjects: tuple[SubjectVerdict, ...]
    not_kept: str = ""
    """Why this result could not be kept, as a sentence. Empty: it was."""


@dataclass(frozen=True, slots=True)
class VerificationLine:
    """A verification that was kept."""

    number: int
    at: datetime
    revision: int
    principal: str
    parts: tuple[str, ...]
    verdict: Verdict
    took_s: float


@dataclass(frozen=True, slots=True)
class VerificationHistory:
    """Verifications that were kept, newest first: the last ones, and where a verdict changed."""

    site: str
    revision: int
    verifications: tuple[VerificationLine, ...]


@dataclass(frozen=True, slots=True)
class LastVerified:
    """The last word on a workload or the host, over all parts.

    ``at`` and ``revision`` are those of the oldest part; None and 0 where one was ``never`` looked at.
    """

    subject: str
    verdict: Literal["proven", "wrong", "unproven", "never"]
    at: datetime | None
    revision: int
    current: bool
    """All of it was verified at the revision that runs now."""
    never: tuple[str, ...] = ()
    """Parts that were never looked at."""
