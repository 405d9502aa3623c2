# SPDX-License-Identifier: Apache-2.0
"""The history of a site."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class RevisionLine:
    """One revision; ``state`` is applied, failed or begun."""

    number: int
    at: datetime
    principal: str
    state: str
    site_digest: str
    note: str
    current: bool


@dataclass(frozen=True, slots=True)
class RevisionList:
    """Newest first."""

    site: str
    revisions: tuple[RevisionLine, ...]
