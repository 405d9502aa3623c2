# SPDX-License-Identifier: Apache-2.0
"""Words that several answers need."""

from __future__ import annotations

from collections.abc import Iterable

_MOST = 8


def listed(things: Iterable[object]) -> str:
    """Return the first eight things and how many there are beside."""
    shown = [str(one) for one in things]
    more = len(shown) - _MOST
    return ", ".join(shown[:_MOST]) + (f" and {more} more" if more > 0 else "")
