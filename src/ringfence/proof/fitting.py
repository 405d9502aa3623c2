# SPDX-License-Identifier: Apache-2.0
"""Whether the parts of a table fit together: nft would not load what does not, so nothing can be said of it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from .flow import Place, Unread
from .lookup import Element, Lookup
from .rule import Read
from .step import Among, Mapped

_RANGE: Final = re.compile(r"[^-/]+[-/][^-]+")
_SHAPES: Final[Mapping[str, re.Pattern[str]]] = {
    "ifname": re.compile(r'"[^"]+"'),
    "ipv4_addr": re.compile(r"[\d.]+(?:[-/][\d.]+)?"),
    "ipv6_addr": re.compile(r"[0-9a-f:.]*:[0-9a-f:.]*(?:[-/][0-9a-f:.]+)?"),
    "inet_proto": re.compile(r"[a-z0-9-]+"),
    "inet_service": re.compile(r"\d+(?:-\d+)?"),
    "ether_addr": re.compile(r"(?:[0-9a-f]{2}:){5}[0-9a-f]{2}"),
    "ether_type": re.compile(r"0x[0-9a-f]+"),
    "mark": re.compile(r"0x[0-9a-f]+"),
}
"""How values of nft's types are written."""
_DEFINITION: Final = re.compile(r"type (?P<key>[\w. ]+?)(?: : (?P<data>\w+))?(?:; flags (?P<flags>[\w,]+))?")
_RANGED: Final = frozenset({"ipv4_addr", "ipv6_addr", "inet_service"})


def names_of(read: Read) -> Iterator[str]:
    """Yield the sets and maps that a rule asks."""
    for step in read.steps:
        if isinstance(step, Among | Mapped):
            yield step.name
    if read.asked and read.asked.name:
        yield read.asked.name


def ill_fitting(lookup: Lookup, definition: str, place: Place) -> Iterator[Unread]:
    """Yield what of a set does not fit its definition; a definition that is not known fits nothing."""
    if definition.startswith("typeof "):
        return
    found = _DEFINITION.fullmatch(definition)
    if found is None or not set(found["key"].split(" . ")) <= _SHAPES.keys():
        yield Unread(place, definition, "a set of a kind that is not known")
        return
    types, flags = found["key"].split(" . "), (found["flags"] or "").split(",")
    for one in lookup.elements:
        why = _misfit(one, types, flags, found["data"])
        if why:
            yield Unread(one.place, one.text, why)


def _misfit(element: Element, types: list[str], flags: list[str], data: str | None) -> str:
    """Return why an element does not fit, or nothing."""
    words = element.text.split(" . ")
    if len(words) != len(types):
        return f"its key has {len(words)} fields, and the set's has {len(types)}"
    for word, kind in zip(words, types, strict=True):
        if not _SHAPES[kind].fullmatch(word):
            return f"'{word}' is no {kind}"
        if kind in _RANGED and _RANGE.fullmatch(word) and "interval" not in flags:
            return f"'{word}' is a range, and the set holds single values"
    says = element.value.partition(" ")[0]
    if (data == "verdict") is not (says in {"accept", "drop", "goto", "jump", "return", "continue"}):
        return f"it leads to '{element.value}', which is not what the set is for"
    return ""
