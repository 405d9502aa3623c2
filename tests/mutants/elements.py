# SPDX-License-Identifier: Apache-2.0
"""Mutants of elements: dropped, each field of their key wider or another, leading elsewhere, doubled."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from tests.mutants.mutant import Changes, Mutant, changed
from tests.mutants.wider import Other, others, wider

from ringfence.base.addresses import Address
from ringfence.compile.document import Document, Kind

_MEMBER = "member"


class Elements:
    """Elements of all documents, with what else there is that they could be instead."""

    def __init__(self, documents: Sequence[Document]) -> None:
        self.documents = documents
        self.definitions = {
            name: (one.address, key, value)
            for one in documents
            for key, value in one.parts.items()
            for kind, _, name in (key.partition("/"),)
            if kind in {"set", "map"}
        }
        self.keys = {key for one in documents for key in one.parts}
        self.words: dict[str, set[str]] = defaultdict(set)
        self.values: dict[str, set[str]] = defaultdict(set)
        for one in documents:
            for key, value in one.parts.items():
                if key.startswith("element/"):
                    _, lookup, text = key.split("/", 2)
                    self.values[lookup].add(value)
                    for place, word in enumerate(text.split(" . ")):
                        self.words[f"{lookup}/{place}"].add(word)

    def mutants(self) -> Iterator[Mutant]:
        for one in self.documents:
            for key, value in one.parts.items():
                if key.startswith("element/"):
                    yield from self._of(one, key, value)

    def _of(self, document: Document, key: str, value: str) -> Iterator[Mutant]:
        _, lookup, text = key.split("/", 2)
        yield changed(document, key, None, "element dropped", "dropped")
        words = text.split(" . ")
        for place, word in enumerate(words):
            known = sorted(self.words[f"{lookup}/{place}"])[:4]
            for other in (*wider(word), *others(word, known)):
                fresh = f"element/{lookup}/" + " . ".join([*words[:place], other.word, *words[place + 1 :]])
                if fresh in document.parts:
                    continue
                how = f"{word} is {other.how}"
                kind = "element wider" if other.ranged else "element another"
                added = self._changes(document, lookup, {key: None, fresh: value}, other)
                yield Mutant(kind, f"{document.address}#{key} {how}: {other.word}", added)
                if not other.ranged and fresh not in self.keys:
                    doubled = {document.address: {fresh: value}}
                    yield Mutant("element doubled", f"{document.address}#{key} and {other.word}", doubled)
        for other_value in self._verdicts(document, lookup, value):
            yield changed(document, key, other_value, "element leads elsewhere", f"leads to {other_value}")

    def _changes(self, document: Document, lookup: str, parts: Mapping[str, str | None], other: Other) -> Changes:
        """Return the parts and, where a set of single values gets a range, a set that may hold it."""
        address, key, definition = self.definitions.get(lookup, ("", "", "flags interval"))
        found: dict[Address, Mapping[str, str | None]] = {document.address: dict(parts)}
        if other.ranged and "interval" not in definition:
            found[address] = {**found.get(address, {}), key: f"{definition}; flags interval"}
        return found

    def _verdicts(self, document: Document, lookup: str, value: str) -> Iterator[str]:
        if document.kind is Kind.GUARD:
            if self.definitions.get(lookup, ("", "", ""))[2].endswith("verdict"):
                yield from (f"{value} accept", f"{value} drop")
        elif value != _MEMBER and " " in value:
            yield from ("accept", "drop")
            yield from sorted(self.values[lookup] - {value})[:1]
