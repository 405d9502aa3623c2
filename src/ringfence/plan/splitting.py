# SPDX-License-Identifier: Apache-2.0
"""A conduit that closes one thing and opens another to what is not up yet: the closing does not wait for it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from ringfence.compile.document import CONVERSATIONS, Document, Kind

from .change import Action, Change, PartChange
from .compare import rank
from .intent import Sources

_ELEMENT = "element/"


def split(changes: Sequence[Change], sources: Sources) -> tuple[Change, ...]:
    """Return the changes, where such conduits are two: first what closes, then what opens."""
    starting = {change.address for change in changes if change.kind is Kind.RUN and change.after is not None}
    found = [part for change in changes for part in _parts(change, sources, starting)]
    return tuple(sorted(found, key=rank))


def _parts(change: Change, sources: Sources, starting: set[str]) -> Iterator[Change]:
    before, after = change.before, change.after
    waits = change.kind in CONVERSATIONS and not starting.isdisjoint(sources.of(change.document).needs)
    if before is None or after is None or not waits or not _is_mixed(change):
        yield change
        return
    between = _between(before, after)
    yield _change(before, between)
    yield _change(between, after)


def _is_mixed(change: Change) -> bool:
    elements = [part for part in change.parts if part.key.startswith(_ELEMENT)]
    closes = any(part.before is not None for part in elements)
    return change.action is Action.UPDATE and closes and any(part.after is not None for part in elements)


def _between(before: Document, after: Document) -> Document:
    """Return what both have; whatever is no element is as it will be. The body still tells who shares an element."""
    common = {key: value for key, value in after.parts.items() if before.parts.get(key) == value}
    others = {key: value for key, value in after.parts.items() if not key.startswith(_ELEMENT)}
    return replace(before, parts={**common, **others})


def _change(before: Document, after: Document) -> Change:
    keys = sorted({*before.parts, *after.parts})
    values = ((key, before.parts.get(key), after.parts.get(key)) for key in keys)
    return Change(before, after, tuple(PartChange(*value) for value in values if value[1] != value[2]))
