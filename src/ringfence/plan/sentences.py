# SPDX-License-Identifier: Apache-2.0
"""Drift as sentences: "In the rules of the router, 'policy of forward' is accept, the site says drop."."""

from __future__ import annotations

import re

from ringfence.compile.document import Document, Kind

from .change import Action, Change, PartChange
from .naming import thing

_MOST = 80
_STEPS = re.compile(r"[/@]")


def sentences(change: Change) -> tuple[str, ...]:
    """Return what differs, where ``before`` was observed and ``after`` is what the site says."""
    what = thing(change.document)
    if change.action is Action.UPDATE:
        return tuple(_part(part, what) for part in change.parts)
    if change.action is Action.DELETE:
        return (_extra(change.document, what),)
    return (_missing(change.document, what),)


def key_words(key: str) -> str:
    """Return a part's key in words, the nearest first: ``cache of driver of disk vda``."""
    steps = [step for step in _STEPS.split(key) if step]
    return " of ".join(_step(step) for step in reversed(steps))


def _step(step: str) -> str:
    return step.replace("[", " ").replace("]", "").strip()


def _part(part: PartChange, what: str) -> str:
    words = f"'{key_words(part.key)}'" if part.key else "Something"
    if part.before is None:
        return f"{_capital(what)} lacks {words}, the site says {_value(part.after)}."
    if part.after is None:
        return f"{_capital(what)} has {words} ({_value(part.before)}), which the site does not say."
    return f"In {what}, {words} is {_value(part.before)}, the site says {_value(part.after)}."


def _value(text: str | None) -> str:
    shown = " ".join((text or "").split())
    return "empty" if not shown else shown if len(shown) <= _MOST else f"{shown[:_MOST]} ..."


def _extra(document: Document, what: str) -> str:
    if document.kind is Kind.RUN:
        return f"{_capital(what)} runs, although the site does not name it."
    return f"{_capital(what)} is there, although the site does not say so."


def _missing(document: Document, what: str) -> str:
    if document.kind is Kind.RUN:
        return f"{_capital(what)} does not run, although it should."
    return f"{_capital(what)} is missing."


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
