# SPDX-License-Identifier: Apache-2.0
"""A box: the packets whose fields lie in given sets, each field on its own. A field that is not named holds anything.

Unions and differences of boxes are lists of boxes; a box itself is never empty: operations that could make it so
return None instead.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from .field import width
from .values import Values, common, whole, without

Limits = Mapping[str, Values]


class Box:
    """Packets by what their fields may hold. Immutable by convention: made often, hence a bare class."""

    __slots__ = ("limits",)

    def __init__(self, limits: Limits) -> None:
        self.limits = limits

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Box) and self.limits == other.limits

    def __hash__(self) -> int:
        return hash(tuple(sorted(self.limits.items())))

    def __repr__(self) -> str:
        return f"Box({dict(self.limits)!r})"

    def at(self, field: str) -> Values:
        """Return what a field may hold."""
        return self.limits.get(field) or whole(width(field))

    def limited(self, limits: Limits) -> Box | None:
        """Return the packets of this box that lie within limits as well; None where there is none."""
        mine = self.limits
        found: dict[str, Values] | None = None
        for field, values in limits.items():
            now = mine.get(field)
            if now is None:
                both = values
            elif now == values:
                continue
            else:
                both = common(now, values)
                if not both:
                    return None
                if both == now:
                    continue
            found = dict(mine) if found is None else found
            found[field] = both
        return self if found is None else Box(found)

    def common(self, other: Box) -> Box | None:
        """Return the packets in both; None where there is none."""
        return self.limited(other.limits)

    def meets(self, other: Box) -> bool:
        """Tell whether any packet is in both."""
        return self.touches(other.limits)

    def touches(self, limits: Limits) -> bool:
        """Tell whether any packet of this box lies within limits."""
        mine = self.limits
        for field, values in limits.items():
            now = mine.get(field)
            if now is not None and now != values and not common(now, values):
                return False
        return True

    def within(self, other: Box) -> bool:
        """Tell whether all packets of this box are in another."""
        for field, values in other.limits.items():
            mine = self.at(field)
            if common(mine, values) != mine:
                return False
        return True

    def without(self, other: Box) -> Iterator[Box]:
        """Yield this box without another, as disjoint boxes, one for each field that the other cuts at most."""
        if not self.meets(other):
            yield self
            return
        rest = self
        for field, values in other.limits.items():
            outside = without(rest.at(field), values)
            if outside:
                yield rest.given(field, outside)
                rest = rest.given(field, common(rest.at(field), values))

    def given(self, field: str, values: Values) -> Box:
        """Return the box with one field holding just these values, whatever it held before."""
        return Box({**self.limits, field: values})

    def free(self, *fields: str) -> Box:
        """Return the box with fields that may hold anything."""
        if not any(one in self.limits for one in fields):
            return self
        return Box({field: values for field, values in self.limits.items() if field not in fields})


ANY = Box({})


def minus(boxes: Iterable[Box], holes: Iterable[Box]) -> list[Box]:
    """Return boxes without others, as boxes that are disjoint if the first were."""
    left = list(boxes)
    for hole in holes:
        if not left:
            break
        left = [piece for one in left for piece in one.without(hole)]
    return left
