# SPDX-License-Identifier: Apache-2.0
"""An accepted finding: reason, owner, expiry. When it has expired, the finding is one again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from ringfence.base.marks import Mark


@dataclass(frozen=True, slots=True)
class AcceptedFinding:
    """Silences the finding ``rule`` about ``subject`` up to and including the day ``expires`` (UTC)."""

    rule: str
    subject: str
    reason: str
    owner: str
    expires: date
    where: Mark | None = None
