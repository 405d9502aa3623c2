# SPDX-License-Identifier: Apache-2.0
"""A table written anew from the parts of documents, so that what was changed in them can be loaded."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from ringfence.compile.document import Document, Kind
from ringfence.compile.part.element import MEMBER, Element
from ringfence.compile.part.port_chain import guard_value


def script(documents: Iterable[Document]) -> str:
    """Return a script for the table that documents make together."""
    known = list(documents)
    table = next(one.parts["table"] for one in known if "table" in one.parts)
    lines = [f"add table {table}"]
    for kind in ("counter", "set", "map", "chain"):
        lines += [line for one in known for line in _made(one, table, kind)]
    lines += dict.fromkeys(line for one in known for line in _elements(one, table))
    lines += [line for one in known for line in _rules(one, table)]
    return "\n".join(lines) + "\n"


def _of(document: Document, kind: str) -> Iterator[tuple[str, str]]:
    for key, value in document.parts.items():
        if key.startswith(f"{kind}/"):
            yield key.partition("/")[2], value


def _made(document: Document, table: str, kind: str) -> Iterator[str]:
    for name, value in _of(document, kind):
        inside = {"counter": "", "chain": f" {{ type {value}; }}" if value != "regular" else ""}
        yield f"add {kind} {table} {name}{inside.get(kind, f' {{ {value}; }}')}"


def _elements(document: Document, table: str) -> Iterator[str]:
    for name, value in _of(document, "element"):
        lookup, _, key = name.partition("/")
        verdict = value
        if document.kind is Kind.GUARD:
            verdict = value.partition(" ")[2] or guard_value(Element(lookup, key))
        yield f"add element {table} {lookup} {{ {key}{'' if verdict == MEMBER else f' : {verdict}'} }}"


def _rules(document: Document, table: str) -> Iterator[str]:
    for chain, order in _of(document, "order"):
        for slug in filter(None, order.split(", ")):
            yield f'add rule {table} {chain} {document.parts[f"rule/{chain}/{slug}"]} comment "{slug}"'


def router(documents: Sequence[Document]) -> list[Document]:
    return [one for one in documents if one.address.endswith("table/router") or one.kind is Kind.CONDUIT]


def guard(documents: Sequence[Document]) -> list[Document]:
    return [one for one in documents if one.address.endswith("table/guard") or one.kind in {Kind.GUARD, Kind.FRAMES}]
