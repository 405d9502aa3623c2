# SPDX-License-Identifier: Apache-2.0
"""Titles of steps: ``start workload scada``, ``open 12 conduits``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ringfence.compile.document import Document, Kind

from .change import Action, Change
from .impact import resumes
from .naming import thing, things

_PLAIN: Mapping[Action, str] = {Action.CREATE: "make", Action.UPDATE: "change", Action.DELETE: "remove"}
_VERBS: Mapping[Kind, Mapping[Action, str]] = {
    Kind.TABLE: {Action.CREATE: "load", Action.UPDATE: "replace", Action.DELETE: "remove"},
    Kind.GUARD: {Action.CREATE: "load", Action.UPDATE: "change", Action.DELETE: "remove"},
    Kind.IMAGE: {Action.CREATE: "import", Action.UPDATE: "import", Action.DELETE: "remove"},
    Kind.VOLUME: {Action.CREATE: "make", Action.UPDATE: "change", Action.DELETE: "destroy"},
    Kind.SEED: {Action.CREATE: "write", Action.UPDATE: "write", Action.DELETE: "remove"},
    Kind.RUN: {Action.CREATE: "start", Action.UPDATE: "restart", Action.DELETE: "stop"},
    Kind.PORT: {Action.CREATE: "set", Action.UPDATE: "set", Action.DELETE: "remove"},
    Kind.CONDUIT: {Action.CREATE: "open", Action.UPDATE: "change", Action.DELETE: "close"},
    Kind.UPLINK: {Action.CREATE: "connect", Action.UPDATE: "change", Action.DELETE: "disconnect"},
    Kind.HOSTNET: {Action.CREATE: "write", Action.UPDATE: "write", Action.DELETE: "remove"},
    Kind.FRAMES: {Action.CREATE: "open", Action.UPDATE: "change", Action.DELETE: "close"},
    Kind.RELAY: {Action.CREATE: "open", Action.UPDATE: "change", Action.DELETE: "close"},
    Kind.BOOT: {Action.CREATE: "write", Action.UPDATE: "write", Action.DELETE: "remove"},
}

_DORMANT = "dormant"
_DORMANT_VERBS = {Action.CREATE: "prepare", Action.UPDATE: "change", Action.DELETE: "drop"}


def title(changes: Sequence[Change]) -> str:
    """Return a short sentence without a full stop for changes of one kind."""
    alike: dict[tuple[str, str], list[Document]] = {}
    for change in changes:
        kind = _DORMANT if _is_dormant(change) else ""
        alike.setdefault((_verb(change), kind), []).append(change.document)
    return " and ".join(f"{verb} {_all(documents, kind)}" for (verb, kind), documents in alike.items())


def _verb(change: Change) -> str:
    if change.kind is Kind.RUN and resumes(change):
        return "bring back"
    if _is_dormant(change):
        return _DORMANT_VERBS[change.action]
    return _VERBS.get(change.kind, _PLAIN)[change.action]


def _is_dormant(change: Change) -> bool:
    return change.kind is Kind.CONDUIT and change.document.parts.get("state") == _DORMANT


def _all(documents: list[Document], kind: str) -> str:
    if documents[0].kind is Kind.TABLE:
        return " and ".join(thing(document) for document in documents)
    return things(documents, kind)
