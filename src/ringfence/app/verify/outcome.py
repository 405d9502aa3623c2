# SPDX-License-Identifier: Apache-2.0
"""What a part of a verification comes to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from ringfence.base.addresses import Address
from ringfence.ports.verifications import Verdict

RULES: Final = "rules"
PROOF: Final = "proof"
PACKETS: Final = "packets"
FACTS: Final = "facts"
PARTS: Final = (RULES, PROOF, PACKETS, FACTS)
_WORSE: Final[tuple[Verdict, ...]] = ("proven", "unproven", "wrong")


@dataclass(frozen=True, slots=True)
class Found:
    """Something that is wrong, or that nobody can tell (``wrong`` is False).

    ``subjects`` are addresses of the site: ``workload/scada``, ``host/server1``; ``site/works`` is what all share.
    ``key`` is what makes it the same thing at the next look; without one the sentence does.
    """

    subjects: tuple[Address, ...]
    sentence: str
    wrong: bool = True
    next_step: str = ""
    details: tuple[str, ...] = ()
    key: str = ""
    flow: tuple[str, str, str] | None = None
    """Where something may flow that should not: from, to (``workload/scada``, ``router`` ...), and what in a word."""

    @property
    def verdict(self) -> Verdict:
        """Return what it makes of its subjects."""
        return "wrong" if self.wrong else "unproven"

    @property
    def identity(self) -> str:
        """Return what is remembered of it."""
        return self.key or self.sentence


@dataclass(frozen=True, slots=True)
class Evidence:
    """Something that was seen and is as it should be, or is only told: one line about one subject."""

    subject: Address
    text: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a part found. ``summary`` is a sentence on what was looked at; ``whole``: nothing was left out."""

    summary: str
    found: tuple[Found, ...] = ()
    whole: bool = True
    evidence: tuple[Evidence, ...] = ()


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """Return the worst of verdicts; ``proven`` where there is none."""
    return max(verdicts, key=_WORSE.index, default="proven")
