# SPDX-License-Identifier: Apache-2.0
"""Whether a copy's links and namespaces are as those that stand: looked at by the same eyes, part by part."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from ringfence.compile.document import Document, Kind
from ringfence.compile.scope import Endpoints, Scope
from ringfence.drivers.fabric.look import look
from ringfence.observe.fabric import fabric_documents

_KINDS = frozenset({Kind.NAMESPACE, Kind.LINK, Kind.PORT, Kind.UPLINK})
_OWN = ("stub/", "wire/stub/", "take", "wire/take", "source", "wire/source", "owner", "wire/mac")
_TOLD = ("bridge/obstacle", "router/strange/", "foreign/table/")
"""What nobody makes again from documents: it is told elsewhere, or rules show it."""
"""What of a copy is its own: it has stubs where others have plugs. Keys, and beginnings of keys."""
_MACS = frozenset({Kind.PORT, Kind.UPLINK})


def unlike(scope: Scope, documents: Sequence[Document]) -> Iterator[str]:
    """Yield a sentence for each part in which the copy differs from its documents."""
    eyes = replace(scope, endpoints=Endpoints.TAP)
    seen = fabric_documents(eyes, look(eyes))
    for document in documents:
        if document.kind in _KINDS and "/strange/" not in document.address:
            found = seen.get(document.address)
            yield from _differing(document, _plain(found) if found else {})


def _differing(document: Document, have: Mapping[str, str]) -> Iterator[str]:
    want = _plain(document)
    for key in sorted(want.keys() | have.keys()):
        if want.get(key) != have.get(key):
            told = (f"{one.get(key, 'missing')}" for one in (want, have))
            yield "{} is not copied as it is: {} is {}, and {} in the copy.".format(document.address, key, *told)


def _plain(document: Document) -> dict[str, str]:
    drop_mac = document.kind in _MACS
    parts = {key: value for key, value in document.parts.items() if not key.startswith((*_OWN, *_TOLD))}
    return {key: value for key, value in parts.items() if not (drop_mac and key == "mac")}
