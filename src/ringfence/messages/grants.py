# SPDX-License-Identifier: Apache-2.0
"""A conduit that was opened for a time, or closed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class ConduitChange:
    """Result of ``grant`` and ``close``. ``until`` (UTC) is None when it was closed."""

    site: str
    conduit: str
    open: bool
    seconds: int
    until: datetime | None
