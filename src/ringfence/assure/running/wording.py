# SPDX-License-Identifier: Apache-2.0
"""Words that several answers need."""

from __future__ import annotations

from collections.abc import Iterable

_MOST = 8
_LONGEST = 2000


def printable(text: str) -> str:
    """Return text without what a terminal would obey: names of processes and files are chosen by whoever runs them."""
    kept = "".join(letter if letter.isprintable() else f"\\x{ord(letter):02x}" for letter in text)
    return kept if len(kept) <= _LONGEST else f"{kept[:_LONGEST]} ..."


def listed(things: Iterable[object]) -> str:
    """Return the first eight things and how many there are beside."""
    shown = [str(one) for one in things]
    more = len(shown) - _MOST
    return ", ".join(shown[:_MOST]) + (f" and {more} more" if more > 0 else "")
