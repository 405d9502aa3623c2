# SPDX-License-Identifier: Apache-2.0
"""Things with boxes, found by what another box holds: one of ten thousand without looking at all of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import Final, Generic, TypeVar

from . import field
from .box import Box
from .values import Values

T = TypeVar("T")
FIELDS: Final = (field.SOURCE4, field.TARGET4, field.DPORT, field.SPORT, field.SOURCE6, field.TARGET6)
"""What boxes differ by most."""
_FEW: Final = 6
"""So many are looked at one after the other."""
_NARROW: Final = 32
"""Sets of more numbers are not listed number by number."""


class Index(Generic[T]):
    """Made for one pair of ends. ``near`` gives all things that a box may meet, and some that it does not."""

    __slots__ = ("_box", "_by_field", "_things")

    def __init__(self, things: Iterable[T], box: Callable[[T], Box]) -> None:
        self._things: Sequence[T] = list(things)
        self._box = box
        self._by_field: dict[str, tuple[dict[int, list[T]], list[T]]] = {}

    def near(self, box: Box) -> Sequence[T]:
        """Return what may meet a box."""
        best = self._things
        for name in FIELDS:
            if len(best) <= _FEW:
                break
            numbers = few(box.limits.get(name))
            if numbers is not None:
                found = self._at(name, numbers)
                best = found if len(found) < len(best) else best
        return best

    def _at(self, name: str, numbers: Sequence[int]) -> Sequence[T]:
        known = self._by_field.get(name)
        if known is None:
            known = self._by_field[name] = self._indexed(name)
        single, others = known
        if len(numbers) == 1:
            return [*single.get(numbers[0], ()), *others]
        found = {id(one): one for number in numbers for one in single.get(number, ())}
        return [*found.values(), *others]

    def _indexed(self, name: str) -> tuple[dict[int, list[T]], list[T]]:
        single: dict[int, list[T]] = defaultdict(list)
        others: list[T] = []
        for one in self._things:
            numbers = few(self._box(one).limits.get(name))
            if numbers is None:
                others.append(one)
            else:
                for number in numbers:
                    single[number].append(one)
        return dict(single), others


def few(values: Values | None) -> Sequence[int] | None:
    """Return the numbers of a small set; None for a large one, and for anything."""
    if values is None:
        return None
    if len(values) == 1:
        first, last = values[0]
        return (first,) if first == last else range(first, last + 1) if last - first < _NARROW else None
    if sum(last - first + 1 for first, last in values) > _NARROW:
        return None
    return [number for first, last in values for number in range(first, last + 1)]
