# SPDX-License-Identifier: Apache-2.0
"""A region: a box without what earlier rules already took out of it.

What was taken is kept as holes and cut out late: most regions are compared with claims that hold the whole box, and
a hole can be a map of ten thousand elements of which none touches the box.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from .box import Box, Limits, minus


class Hole(Protocol):
    """What was taken out of a region."""

    @property
    def needs(self) -> Limits:
        """What a packet must be at least to be in it: asked first, because most holes are elsewhere."""
        ...

    def hits(self, box: Box) -> Iterable[Box]:
        """Return the parts of a box that it covers."""
        ...


class Region:
    """The packets of a box that lie in none of its holes."""

    __slots__ = ("box", "holes")

    def __init__(self, box: Box, holes: tuple[Hole, ...] = ()) -> None:
        self.box = box
        self.holes = holes

    def __repr__(self) -> str:
        return f"Region({self.box!r}, {len(self.holes)} holes)"

    def boxes(self) -> list[Box]:
        """Return the region as disjoint boxes; none where nothing is left."""
        return cut([self.box], self.holes)

    def pruned(self) -> Region:
        """Return the same region without holes that touch nothing of it."""
        if not self.holes:
            return self
        box = self.box
        return Region(
            box, tuple(one for one in self.holes if box.touches(one.needs) and any(True for _ in one.hits(box)))
        )

    def within(self, box: Box) -> Region | None:
        """Return what of the region lies in a box as well; None where their boxes do not meet."""
        both = self.box.common(box)
        return None if both is None else Region(both, self.holes)


def cut(boxes: Iterable[Box], holes: Iterable[Hole]) -> list[Box]:
    """Return boxes without what holes cover."""
    left = list(boxes)
    for hole in holes:
        if not left:
            break
        needs = hole.needs
        left = [piece for one in left for piece in (minus([one], hole.hits(one)) if one.touches(needs) else [one])]
    return left
