# SPDX-License-Identifier: Apache-2.0
"""Compiled documents against observed ones, part by part.

Every compiled part must be present and equal. What else was observed is drift unless the tool is known to add it.
``body`` is not compared: it derives from the same source as the parts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Protocol

from ringfence.base.addresses import Address
from ringfence.compile.document import Artifact, Document, Kind

from .change import Change, PartChange

RANK: Mapping[Kind, int] = {kind: rank for rank, kind in enumerate(Kind)}


class Tolerates(Protocol):
    """Knows which parts a tool adds by itself."""

    def allows(self, kind: Kind, key: str, value: str) -> bool:
        """Tell whether an observed part that nobody compiled is one of the tool's own defaults."""
        ...


def compare(
    compiled: Iterable[Artifact], observed: Mapping[Address, Document], tolerance: Tolerates
) -> tuple[Change, ...]:
    """Return what has to change, by kind and address. Empty: the world is what the site says."""
    wanted = {artifact.address: artifact.document for artifact in compiled}
    found = list(_made(wanted, observed, tolerance))
    found += [Change(document, None) for address, document in observed.items() if address not in wanted]
    return tuple(sorted(found, key=rank))


def rank(change: Change) -> tuple[int, Address]:
    """Sort key: the order of kinds, then the address."""
    document = change.document
    return RANK[document.kind], document.address


def _made(
    wanted: Mapping[Address, Document], observed: Mapping[Address, Document], tolerance: Tolerates
) -> Iterator[Change]:
    for address, document in wanted.items():
        seen = observed.get(address)
        if seen is None:
            yield Change(None, document)
        elif seen.parts != document.parts and (parts := part_changes(document, seen, tolerance)):
            yield Change(seen, document, parts)


def part_changes(wanted: Document, seen: Document, tolerance: Tolerates) -> tuple[PartChange, ...]:
    """Return the parts of one artifact that differ, by key: missing, different, or extra and not tolerated."""
    want, have = wanted.parts, seen.parts
    found = [PartChange(key, have.get(key), value) for key, value in want.items() if have.get(key) != value]
    allows, kind = tolerance.allows, wanted.kind
    found += [
        PartChange(key, value, None) for key, value in have.items() if key not in want and not allows(kind, key, value)
    ]
    return tuple(sorted(found, key=lambda part: part.key))


def equal(wanted: Document | None, seen: Document | None, tolerance: Tolerates) -> bool:
    """Tell whether what stands is what was wanted; None means that nothing should stand or stands."""
    if wanted is None or seen is None:
        return wanted is seen
    return wanted.parts == seen.parts or not part_changes(wanted, seen, tolerance)
