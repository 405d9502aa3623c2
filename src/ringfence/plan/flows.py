# SPDX-License-Identifier: Apache-2.0
"""Which conversations open and close."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from ringfence.compile.document import Kind

from .change import Action, Change
from .naming import names
from .plan import FlowChange


def flow_changes(changes: Iterable[Change], shown: Mapping[str, str]) -> tuple[FlowChange, ...]:
    """Return the flows of all conduit changes in order. ``shown`` is the site address by IP address."""
    found = {flow for change in changes if change.kind is Kind.CONDUIT for flow in _flows(change, shown)}
    return tuple(sorted(found))


def _flows(change: Change, shown: Mapping[str, str]) -> Iterator[FlowChange]:
    conduit = "/".join(("conduit", *names(change.document)))
    for key, opens in _elements(change):
        words = key.split("/")[-1].split(" . ")
        if len(words) >= _ELEMENT:
            source, target, *service = words
            yield FlowChange(conduit, shown.get(source, source), shown.get(target, target), " ".join(service), opens)


_ELEMENT = 3  # source . target . protocol [. port]


def _elements(change: Change) -> Iterator[tuple[str, bool]]:
    if change.action is Action.UPDATE:
        for part in change.parts:
            yield part.key, part.after is not None
    else:
        for key in change.document.parts:
            yield key, change.action is Action.CREATE
