# SPDX-License-Identifier: Apache-2.0
"""Chains that lead into each other without end, or deeper than the kernel goes: it would not load them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

DEEPEST: Final = 16
"""NFT_JUMP_STACK_SIZE of net/netfilter/nf_tables_core.c."""
ENDLESS: Final = DEEPEST + 1
"""Depth of a chain that comes back to itself, and of all that lead to one."""


def depths(ways: Mapping[str, Iterable[str]]) -> dict[str, int]:
    """Return how many chains deep each chain leads, itself not counted. ``ways`` has what each one leads to."""
    known: dict[str, int] = {}
    for name in ways:
        _depth(name, ways, known)
    return known


def _depth(name: str, ways: Mapping[str, Iterable[str]], known: dict[str, int]) -> int:
    if name not in known:
        known[name] = ENDLESS  # until it is known better: who meets it meanwhile has come back to it
        found = [_depth(one, ways, known) for one in ways.get(name, ()) if one in ways]
        known[name] = min(ENDLESS, 1 + max(found)) if found else 0
    return known[name]
