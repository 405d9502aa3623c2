# SPDX-License-Identifier: Apache-2.0
"""Sets and maps of nftables: their elements as values by place in the key, found by what a box holds there."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from .flow import Place
from .literal import literal
from .values import Values

_FEW = 4
"""So many candidates are tried without looking for a better place of the key to find them by."""


class Element(NamedTuple):
    """``key`` has the values for each place of the key; ``value`` is a verdict, data, or ``member``."""

    key: tuple[Values, ...]
    value: str
    place: Place
    text: str = ""


@dataclass(slots=True)
class _Index:
    """Elements by what they hold at one place of their key."""

    single: dict[int, list[int]]
    others: list[int]
    """Elements that hold more than one number there."""
    numbers: list[int] = field(default_factory=list)
    """The numbers of ``single``, in order."""

    def among(self, values: Values, most: int) -> list[int] | None:
        """Return the elements that may hold any of some values, in order; None where these are too many to help."""
        found = list(self.others)
        for first, last in values:
            near = bisect_left(self.numbers, first)
            far = bisect_right(self.numbers, last, lo=near)
            if far - near + len(found) >= most:
                return None
            for number in self.numbers[near:far]:
                found += self.single[number]
        return sorted(found) if len(found) < most else None


@dataclass(slots=True)
class Lookup:
    """A set or a map. Elements are added while a table is read; then it does not change any more."""

    name: str
    elements: list[Element] = field(default_factory=list)
    _index: dict[int, _Index] = field(default_factory=dict)

    def add(self, key: str, value: str, place: Place) -> None:
        """Add an element by its text. Raises NotKnown for a word that means nothing known."""
        self.elements.append(Element(_key(key), value, place, key))

    def near(self, wanted: Sequence[Values | None]) -> Iterator[Element]:
        """Yield elements that may hold wanted values (None: any), in order, perhaps some that do not."""
        best: Sequence[int] = range(len(self.elements))
        for place, values in enumerate(wanted):
            if len(best) <= _FEW:
                break
            if values is not None and len(values) < len(best):
                found = self._at(place).among(values, len(best))
                best = best if found is None else found
        elements = self.elements
        return (elements[one] for one in best)

    def _at(self, place: int) -> _Index:
        if place not in self._index:
            self._index[place] = self._indexed(place)
        return self._index[place]

    def _indexed(self, place: int) -> _Index:
        single: dict[int, list[int]] = defaultdict(list)
        others = []
        for number, one in enumerate(self.elements):
            values = one.key[place] if place < len(one.key) else ()
            if len(values) == 1 and values[0][0] == values[0][1]:
                single[values[0][0]].append(number)
            else:
                others.append(number)
        return _Index(dict(single), others, sorted(single))


@lru_cache(maxsize=1 << 16)
def _key(text: str) -> tuple[Values, ...]:
    return tuple(literal(word) for word in text.split(" . "))
