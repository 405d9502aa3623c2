# SPDX-License-Identifier: Apache-2.0
"""Sets of whole numbers as spans: what a field of a packet may hold.

``Values`` are pairs (first, last), both included, in order, disjoint and not adjacent. Plain tuples, because a proof
makes hundreds of thousands of them.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable

Span = tuple[int, int]
Values = tuple[Span, ...]

NOTHING: Values = ()


def exactly(*numbers: int) -> Values:
    """Return a set of single numbers."""
    return joined((one, one) for one in numbers)


def between(first: int, last: int) -> Values:
    """Return the numbers from first to last, both included."""
    return ((first, last),)


def joined(spans: Iterable[Span]) -> Values:
    """Return spans in any order as one set."""
    found: list[Span] = []
    for first, last in sorted(spans):
        if found and first <= found[-1][1] + 1:
            found[-1] = (found[-1][0], max(found[-1][1], last))
        else:
            found.append((first, last))
    return tuple(found)


def common(one: Values, other: Values) -> Values:
    """Return what lies in both."""
    if one is other:
        return one
    if len(other) == 1:
        if len(one) == 1:
            first, last = max(one[0][0], other[0][0]), min(one[0][1], other[0][1])
            return ((first, last),) if first <= last else NOTHING
        return _cut(one, *other[0])
    if len(one) == 1:
        return _cut(other, *one[0])
    return one if one == other else _both(one, other)


def _cut(values: Values, first: int, last: int) -> Values:
    """Return what of many spans lies in a single one."""
    place = bisect_left(values, (first,))
    if place and values[place - 1][1] >= first:
        place -= 1
    found = []
    while place < len(values) and values[place][0] <= last:
        low, high = values[place]
        found.append((max(low, first), min(high, last)))
        place += 1
    return tuple(found)


def _both(one: Values, other: Values) -> Values:
    found = []
    here, there = 0, 0
    while here < len(one) and there < len(other):
        first, last = max(one[here][0], other[there][0]), min(one[here][1], other[there][1])
        if first <= last:
            found.append((first, last))
        if one[here][1] < other[there][1]:
            here += 1
        else:
            there += 1
    return tuple(found)


def without(one: Values, other: Values) -> Values:
    """Return what lies in the first and not in the second."""
    found = []
    for first, last in one:
        start = first
        for low, high in other:
            if high < start:
                continue
            if low > last:
                break
            if low > start:
                found.append((start, low - 1))
            start = max(start, high + 1)
        if start <= last:
            found.append((start, last))
    return tuple(found)


def within(one: Values, other: Values) -> bool:
    """Tell whether the first lies in the second."""
    return common(one, other) == one


def whole(bits: int) -> Values:
    """Return every number of so many bits."""
    return ((0, (1 << bits) - 1),)


def prefix(value: int, length: int, bits: int) -> Values:
    """Return the numbers of so many bits that begin with ``length`` bits of ``value``, itself of so many bits."""
    rest = bits - length
    first = value >> rest << rest
    return ((first, first | ((1 << rest) - 1)),)
