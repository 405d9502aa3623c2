# SPDX-License-Identifier: Apache-2.0
"""One thing changed in compiled artifacts, with a name that says exactly what."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from ringfence.base.addresses import Address
from ringfence.compile.document import Document

Changes = Mapping[Address, Mapping[str, str | None]]


@dataclass(frozen=True, slots=True)
class Mutant:
    """``changes`` are parts by artifact and key, None for one that is gone; ``gone`` are whole artifacts."""

    kind: str
    what: str
    changes: Changes = field(default_factory=dict)
    gone: frozenset[Address] = frozenset()

    @property
    def name(self) -> str:
        return f"{self.kind}: {self.what}"

    def of(self, documents: Iterable[Document]) -> list[Document]:
        """Return the documents with this changed."""
        return [self._one(one) for one in documents if one.address not in self.gone]

    def _one(self, document: Document) -> Document:
        changes = self.changes.get(document.address)
        if changes is None:
            return document
        parts = {**document.parts, **changes}
        return replace(document, parts={key: value for key, value in parts.items() if value is not None})


def changed(document: Document, key: str, value: str | None, kind: str, how: str) -> Mutant:
    """Return the mutant with one part changed."""
    return Mutant(kind, f"{document.address}#{key} {how}", {document.address: {key: value}})
