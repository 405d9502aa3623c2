# SPDX-License-Identifier: Apache-2.0
"""Drift as sentences: "In the rules of the router, the forward policy is accept, the site says drop."."""

from __future__ import annotations

import re

from ringfence.compile.document import Document, Kind
from ringfence.compile.part.element import MEMBER

from .change import Action, Change, PartChange
from .devices import device_of, strange_devices
from .files import file_sentence
from .naming import thing
from .wording import part_words

_MOST = 80
_POLICY = re.compile(r"\bpolicy (\w+)")


def sentences(change: Change) -> tuple[str, ...]:
    """Return what differs, where ``before`` was observed and ``after`` is what the site says."""
    what = thing(change.document)
    if change.action is Action.UPDATE:
        return _parts(change)
    if change.action is Action.DELETE:
        return (_extra(change.document, what),)
    return (_missing(change.document, what),)


def _parts(change: Change) -> tuple[str, ...]:
    """Return a sentence per part, and one for all parts of a device that came or went as a whole."""
    if change.kind is Kind.HOSTNET:
        return tuple(dict.fromkeys(file_sentence(part) for part in change.parts))
    devices, what = strange_devices(change), _capital(thing(change.document))
    told: dict[str, str] = {}
    for part in change.parts:
        device = device_of(part.key)
        if device not in devices:
            told[part.key] = _part(part, change.document)
        elif part.before is None:
            told[device] = f"{what} lacks {devices[device]}."
        else:
            told[device] = f"{what} has {devices[device]}, which the site does not name."
    return tuple(told.values())


def _part(part: PartChange, document: Document) -> str:
    what, words = thing(document), part_words(document.kind, part.key)
    if part.before is None:
        said = "" if part.after == MEMBER else f", the site says {_value(part.after)}"
        return f"{_capital(what)} {_verb(document, 'lacks', 'lack')} {words}{said}."
    if part.after is None:
        has = _verb(document, "has", "have")
        value = "" if part.before == MEMBER else f" ({_value(part.before)})"
        return f"{_capital(what)} {has} {words}{value}, which the site does not say."
    before, after = part.before, part.after
    policies = _POLICY.search(before), _POLICY.search(after)
    if policies[0] and policies[1] and policies[0][1] != policies[1][1]:
        words, before, after = _policy(part.key), policies[0][1], policies[1][1]
    return f"In {what}, {words} is {_value(before)}, the site says {_value(after)}."


def _policy(key: str) -> str:
    return f"the {key.removeprefix('chain/').replace('_', ' ')} policy"


def _verb(document: Document, one: str, several: str) -> str:
    return several if document.kind in {Kind.TABLE, Kind.BOOT} else one


def _value(text: str | None) -> str:
    shown = " ".join((text or "").split())
    return "empty" if not shown else shown if len(shown) <= _MOST else f"{shown[:_MOST]} ..."


def _extra(document: Document, what: str) -> str:
    if document.kind is Kind.RUN:
        return f"{_capital(what)} runs, although the site does not name it."
    return f"{_capital(what)} {_verb(document, 'is', 'are')} there, although the site does not say so."


def _missing(document: Document, what: str) -> str:
    if document.kind is Kind.RUN:
        return f"{_capital(what)} does not run, although it should."
    return f"{_capital(what)} {_verb(document, 'is', 'are')} missing."


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
