# SPDX-License-Identifier: Apache-2.0
"""Regions that go from one device to the next: some fields are new there, others are forgotten.

Forgetting a field is exact: a hole that cuts it is cut out before, one that leaves it alone goes on as it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ringfence.proof.box import Box, Limits
from ringfence.proof.region import Hole, Region
from ringfence.proof.values import Values


@dataclass(frozen=True, slots=True)
class _Before:
    """A hole made where some fields held other values than they do now."""

    hole: Hole
    then: Mapping[str, Values | None]
    needs: Limits
    """Of the fields that have stayed as they were."""

    def hits(self, box: Box) -> Iterator[Box]:
        """Yield the parts of a box that it covered then, with the fields as they are now."""
        for part in self.hole.hits(_with(box, self.then)):
            yield _with(part, {name: box.limits.get(name) for name in self.then})


def _before(hole: Hole, then: Mapping[str, Values | None]) -> Hole:
    """Return a hole as it was made; one that has crossed before keeps what held then."""
    inner = hole
    if isinstance(hole, _Before):
        inner, then = hole.hole, {**then, **hole.then}
    return _Before(inner, then, {name: values for name, values in inner.needs.items() if name not in then})


def crossed(region: Region, now: Mapping[str, Values | None]) -> Iterator[Region]:
    """Yield a region in which fields hold what they are given, whatever they held; None: anything."""
    box = region.box
    if not region.holes:
        yield Region(_with(box, now))
        return
    then = {name: box.limits.get(name) for name in now}
    kept: list[Hole] = []
    cutting = []
    for hole in region.holes:
        parts = list(hole.hits(box)) if box.touches(hole.needs) else []
        if any(part.limits.get(name) != values for part in parts for name, values in then.items()):
            cutting.append(hole)
        elif parts:
            kept.append(hole)
    for part in Region(box, tuple(cutting)).boxes() if cutting else [box]:
        mine = {name: part.limits.get(name) for name in now}
        yield Region(_with(part, now), tuple(_before(hole, mine) for hole in kept))


def _with(box: Box, fields: Mapping[str, Values | None]) -> Box:
    """Return a box in which fields hold exactly this."""
    found = {**box.limits}
    for name, values in fields.items():
        if values is None:
            found.pop(name, None)
        else:
            found[name] = values
    return Box(found)
