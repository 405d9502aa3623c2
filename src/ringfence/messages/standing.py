# SPDX-License-Identifier: Apache-2.0
"""A restriction that stands: what somebody closed or suspended in an emergency."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class RestrictionLine:
    """One restriction; ``since`` is UTC. ``kind`` is island, cut or hold; ``subject`` is empty for a hold."""

    name: str
    kind: str
    subject: str
    since: datetime
    principal: str
    reason: str
