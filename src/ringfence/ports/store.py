# SPDX-License-Identifier: Apache-2.0
"""Revisions: what was applied, and from which site file."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from ringfence.compile.document import Artifact

RevisionState = Literal["begun", "applied", "failed"]


@dataclass(frozen=True, slots=True)
class RevisionDraft:
    """A revision that is about to be applied. ``bindings`` is JSON (compile/binding_codec)."""

    at: datetime
    principal: str
    site_text: bytes
    site_digest: str
    artifacts: tuple[Artifact, ...]
    bindings: str
    note: str = ""
    site: str = ""
    """The resolved site as JSON (site/codec): it outlives the files that the site file names."""


@dataclass(frozen=True, slots=True)
class RevisionSummary:
    """A revision without its contents; ``finished`` in UTC."""

    number: int
    state: RevisionState
    at: datetime
    finished: datetime | None
    principal: str
    site_digest: str
    note: str


@dataclass(frozen=True, slots=True)
class Revision:
    """A whole revision."""

    summary: RevisionSummary
    draft: RevisionDraft

    @property
    def number(self) -> int:
        """Return its number, from 1 up."""
        return self.summary.number


class Revisions(Protocol):
    """Keeps revisions. Losing them loses no workload: the world is the truth."""

    def begin(self, draft: RevisionDraft) -> int:
        """Keep a revision before it is applied, and return its number. Raises Refused."""
        ...

    def finish(self, number: int, state: RevisionState, at: datetime) -> None:
        """Write down whether it came to be. Raises Refused."""
        ...

    def read(self, number: int) -> Revision:
        """Return a whole revision. Raises BadInput when there is none of that number, or it cannot be read."""
        ...

    def latest(self) -> Revision | None:
        """Return the revision that was applied last; None when nothing ever was."""
        ...

    def summaries(self) -> tuple[RevisionSummary, ...]:
        """Return all revisions without their contents, newest first."""
        ...
