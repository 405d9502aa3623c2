# SPDX-License-Identifier: Apache-2.0
"""What a rule asks of a box and does with it, one step after the other: compare, look up, change a field.

Each step maps a box to its parts that go on to the next step; none where the rule does not match. What a step changes
is done afterwards, to what got through all of them: so the parts are parts of the packet as it came.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

from . import field
from .box import Box, minus
from .literal import NotKnown, literal
from .look import Look
from .lookup import Element, Lookup
from .values import Values, common, joined

Lookups = Mapping[str, Lookup]


class Step(Protocol):
    """One step of a rule."""

    def on(self, box: Box, lookups: Lookups) -> list[Box]:
        """Return what of a box goes on. Raises KeyError for a set that is not there."""
        ...


class Change(Step, Protocol):
    """A step that changes a field."""

    def done(self, box: Box, lookups: Lookups) -> list[Box]:
        """Return a box that got through, as it is afterwards."""
        ...


@dataclass(frozen=True, slots=True)
class Within:
    """Fields hold given values."""

    limits: Mapping[str, Values]

    def on(self, box: Box, lookups: Lookups) -> list[Box]:  # noqa: ARG002 - the same for all steps
        """Return the box within the limits."""
        found = box.limited(self.limits)
        return [] if found is None else [found]


@dataclass(frozen=True, slots=True)
class Never:
    """Nothing goes on: a comparison that no packet can pass."""

    def on(self, box: Box, lookups: Lookups) -> list[Box]:  # noqa: ARG002 - the same for all steps
        """Return nothing."""
        return []


@dataclass(frozen=True, slots=True)
class Among:
    """Fields joined by dots are in a set, or not in it. ``presence`` is what all of them ask of the packet."""

    looks: tuple[Look, ...]
    name: str
    presence: Mapping[str, Values]
    unequal: bool = False

    def on(self, box: Box, lookups: Lookups) -> list[Box]:
        """Return the parts of the box that are in the set, or all others."""
        here = box.limited(self.presence)
        if here is None:
            return []
        found = [one for one, _ in hits(here, self.looks, lookups[self.name])]
        return minus([here], found) if self.unequal else found


@dataclass(frozen=True, slots=True)
class Given:
    """A field is set. Holes that mention it have to be cut out before (see evaluate)."""

    field: str
    values: Values

    def on(self, box: Box, lookups: Lookups) -> list[Box]:  # noqa: ARG002 - the same for all steps
        """Return the box."""
        return [box]

    def done(self, box: Box, lookups: Lookups) -> list[Box]:  # noqa: ARG002 - the same for all steps
        """Return the box with the field set."""
        return [box.given(self.field, self.values)]


@dataclass(frozen=True, slots=True)
class Mapped:
    """A field is set to what a map has for other fields; a key that it does not have ends the rule."""

    field: str
    looks: tuple[Look, ...]
    name: str
    presence: Mapping[str, Values]

    def on(self, box: Box, lookups: Lookups) -> list[Box]:
        """Return the parts of the box that the map has a value for."""
        here = box.limited(self.presence)
        return [] if here is None else [one for one, _ in hits(here, self.looks, lookups[self.name])]

    def done(self, box: Box, lookups: Lookups) -> list[Box]:
        """Return a box for each element."""
        found = hits(box, self.looks, lookups[self.name])
        return [one.given(self.field, literal(element.value, self.field)) for one, element in found]


@dataclass(frozen=True, slots=True)
class Translated:
    """An address is replaced: bit by bit behind a common prefix, or by a single one (``dnat``, ``snat``)."""

    field: str
    values: Values
    by_prefix: bool

    def on(self, box: Box, lookups: Lookups) -> list[Box]:  # noqa: ARG002 - the same for all steps
        """Return the box."""
        return [box]

    def done(self, box: Box, lookups: Lookups) -> list[Box]:  # noqa: ARG002 - the same for all steps
        """Return the box with the address translated, and known to be."""
        known = box.given(field.TRANSLATED, ((1, 1),)) if self.field in {field.TARGET4, field.TARGET6} else box
        return [known.given(self.field, self._moved(box.at(self.field)) if self.by_prefix else self.values)]

    def _moved(self, values: Values) -> Values:
        """Return addresses below the new prefix; all of it where spans are wider than it."""
        ((first, last),) = self.values
        size = last - first
        if any(low ^ (low & size) != high ^ (high & size) for low, high in values):
            return self.values
        return joined((first | (low & size), first | (high & size)) for low, high in values)


def hits(box: Box, looks: tuple[Look, ...], lookup: Lookup) -> Iterator[tuple[Box, Element]]:
    """Yield the parts of a box that elements hold, with the elements. Elements of one set do not overlap."""
    mine = box.limits
    names = [one.field for one in looks]
    wanted = [mine.get(name) for name in names]
    for element in lookup.near(wanted):
        if len(element.key) != len(names):
            raise NotKnown(f"{lookup.name} has a key of {len(element.key)} fields")
        found: dict[str, Values] = {}
        for name, values, limit in zip(names, element.key, wanted, strict=True):
            both = values if limit is None else values if limit == values else common(limit, values)
            if not both:
                break
            found[name] = both
        else:
            yield Box({**mine, **found}), element
