# SPDX-License-Identifier: Apache-2.0
"""Essential functions: what automation may never interrupt without the site's consent."""

from __future__ import annotations

from enum import StrEnum


class EssentialFunction(StrEnum):
    """IEC 62443-3-3 clause 4.2. ``SAFETY`` belongs to assets only."""

    CONTROL = "control"
    VIEW = "view"
    ALARM = "alarm"
    PROTECTION = "protection"
    SAFETY = "safety"
    NONE = "none"

    @property
    def critical(self) -> bool:
        """True for everything but ``NONE``."""
        return self is not EssentialFunction.NONE
