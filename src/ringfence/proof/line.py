# SPDX-License-Identifier: Apache-2.0
"""Where a part stands in what the tool is given: the line of the artifact's body. What was observed has parts alone."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from ringfence.base.addresses import Address
from ringfence.compile.document import Document

from .flow import Place


@dataclass(frozen=True, slots=True)
class Line:
    """A part of an artifact. ``number`` counts lines of its body from 1; 0 where it has none that names the part."""

    artifact: Address
    key: str
    text: str
    number: int = 0

    def __str__(self) -> str:
        where = f":{self.number}" if self.number else ""
        return f"{self.artifact}{where} ({self.key})"


def line_of(documents: Mapping[Address, Document], place: Place) -> Line:
    """Return the line of a part, with what it says."""
    document = documents.get(place.artifact)
    if document is None:
        return Line(place.artifact, place.key, "")
    value = document.parts.get(place.key, "")
    return Line(place.artifact, place.key, _said(place.key, value), _number(document.body, place.key, value))


def _said(key: str, value: str) -> str:
    """Return a part as it is read best: a rule by its text, an element as element, the rest as ``key = value``."""
    kind, _, rest = key.removeprefix("nat/").partition("/")
    if kind == "rule":
        return value
    if kind == "element":
        lookup, _, element = rest.partition("/")
        return f"{lookup} {{ {element}{'' if value == 'member' else f' : {value}'} }}"
    return f"{key} = {value}"


def _number(body: str, key: str, value: str) -> int:
    wanted = _wanted(key, value)
    if wanted is None or not body:
        return 0
    return next((number for number, line in enumerate(body.splitlines(), 1) if wanted.search(line)), 0)


def _wanted(key: str, value: str) -> re.Pattern[str] | None:
    kind, _, rest = key.removeprefix("nat/").partition("/")
    name, _, tail = rest.partition("/")
    if kind == "rule":
        return re.compile(rf'^add rule \w+ \w+ {re.escape(name)} .*comment "{re.escape(tail)}"')
    if kind == "element":
        return re.compile(rf"^(?:add|create) element \w+ \w+ {re.escape(name)} .*[{{,] {re.escape(tail)}(?: |,|}}|$)")
    if kind == "chain":
        return re.compile(rf"^add chain \w+ \w+ {re.escape(name)}\b")
    return re.compile(re.escape(value)) if len(value) > _TELLING else None


_TELLING = 8
"""A value that is shorter may stand anywhere."""
