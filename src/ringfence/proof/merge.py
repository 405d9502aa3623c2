# SPDX-License-Identifier: Apache-2.0
"""Boxes that differ in one field alone are one box: fewer of them have to be followed."""

from __future__ import annotations

from collections.abc import Iterable

from .box import Box
from .evaluate import Passed
from .region import Region
from .values import Values, joined


def merged(found: Iterable[Passed]) -> list[Passed]:
    """Return the same packets in fewer regions. The path of a merged region is that of its first part."""
    now = list(found)
    while True:
        after = _once(now)
        if len(after) == len(now):
            return after
        now = after


def _once(found: list[Passed]) -> list[Passed]:
    """Join each region to the first earlier one that it differs from in one field."""
    kept: list[Passed] = []
    places: dict[tuple[str, frozenset[tuple[str, Values]]], int] = {}
    for one in found:
        limits = one.region.box.limits
        if one.region.holes or one.copies:
            kept.append(one)
            continue
        whole = frozenset(limits.items())
        keys = [(name, whole - {(name, values)}) for name, values in limits.items()]
        place = next((places[key] for key in keys if key in places), None)
        if place is None:
            places |= dict.fromkeys(keys, len(kept))
            kept.append(one)
        else:
            kept[place] = _joined(kept[place], one)
            for key in [key for key, at in places.items() if at == place]:
                del places[key]
    return kept


def _joined(one: Passed, other: Passed) -> Passed:
    mine, its = one.region.box.limits, other.region.box.limits
    both = {name: values if values == its[name] else joined((*values, *its[name])) for name, values in mine.items()}
    return Passed(Region(Box(both)), one.path)
