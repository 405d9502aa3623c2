# SPDX-License-Identifier: Apache-2.0
"""A fact that was not observed. It stands where the fact would stand, and proves nothing."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Unseen:
    """``why`` is a full sentence: what was in the way."""

    why: str
