# SPDX-License-Identifier: Apache-2.0
"""Sets and maps of nftables: their elements as values by place in the key, found by what a box holds there."""

from __future__ import annotations

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
class Lookup:
    """A set or a map. Elements are added while a table is read; then it does not change any more."""

    name: str
    elements: list[Element] = field(default_factory=list)
    _index: dict[int, tuple[dict[int, list[int]], list[int]]] = field(default_factory=dict)

    def add(self, key: str, value: str, place: Place) -> None:
        """Add an element by its text. Raises NotKnown for a word that means nothing known."""
        self.elements.append(Element(_key(key), value, place, key))

    def near(self, wanted: Sequence[Values | None]) -> Iterator[Element]:
        """Yield elements that may hold wanted values (None: any), in order, perhaps some that do not."""
        best: Sequence[int] = range(len(self.elements))
        for place, values in enumerate(wanted):
            if len(best) <= _FEW:
                break
            if values is not None and len(values) == 1 and values[0][0] == values[0][1]:
                found = self._at(place, values[0][0])
                best = found if len(found) < len(best) else best
        elements = self.elements
        return (elements[one] for one in best)

    def _at(self, place: int, number: int) -> list[int]:
        """Return the elements that may have a number at a place of their key."""
        index = self._index.get(place)
        if index is None:
            index = self._index[place] = self._indexed(place)
        single, others = index
        found = single.get(number, [])
        return sorted([*found, *others]) if others and found else found or others

    def _indexed(self, place: int) -> tuple[dict[int, list[int]], list[int]]:
        single: dict[int, list[int]] = defaultdict(list)
        others = []
        for number, one in enumerate(self.elements):
            values = one.key[place] if place < len(one.key) else ()
            if len(values) == 1 and values[0][0] == values[0][1]:
                single[values[0][0]].append(number)
            else:
                others.append(number)
        return dict(single), others


@lru_cache(maxsize=1 << 16)
def _key(text: str) -> tuple[Values, ...]:
    return tuple(literal(word) for word in text.split(" . "))
