# SPDX-License-Identifier: Apache-2.0
"""Which conversations open and close."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from ringfence.compile.document import Document, Kind

from .change import Change
from .naming import names
from .plan import FlowChange

_PREFIX = "element/"
_WORDS = 3  # source . target . protocol [. port]
_DORMANT = "dormant"


def flow_changes(changes: Iterable[Change], shown: Mapping[str, str]) -> tuple[FlowChange, ...]:
    """Return the flows of all conduit changes, in order. ``shown`` is the site address by IP address."""
    found = {flow for change in changes if change.kind is Kind.CONDUIT for flow in _flows(change, shown)}
    return tuple(sorted(found))


def _flows(change: Change, shown: Mapping[str, str]) -> Iterator[FlowChange]:
    conduit = "/".join(("conduit", *names(change.document)))
    before, after = _conversations(change.before), _conversations(change.after)
    for conversation in before ^ after:
        source, target, *service = conversation.split(" . ")
        ends = shown.get(source, source), shown.get(target, target)
        yield FlowChange(conduit, *ends, " ".join(service), conversation in after)


def _conversations(document: Document | None) -> set[str]:
    """Return the tuples that pass; a dormant conduit's wait for a grant and pass nothing.

    Keys are ``element/MAP/SOURCE . TARGET . PROTOCOL . PORTS`` (compile/fabric/conduit.py).
    """
    if document is None or document.parts.get("state") == _DORMANT:
        return set()
    keys = (key.removeprefix(_PREFIX).partition("/")[2] for key in document.parts if key.startswith(_PREFIX))
    return {key for key in keys if key.count(" . ") >= _WORDS - 1}
