# SPDX-License-Identifier: Apache-2.0
"""The state of the simulated host: what stands, by site."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ringfence.base.addresses import Address
from ringfence.compile.document import Document, Kind
from ringfence.facts.connection import Connection
from ringfence.plan.archive import document_from_json, document_to_json

Entry = Mapping[str, Any]
"""One line of the file: ``site`` and some of ``put``, ``drop``, ``sick``, ``grants``, ``since`` and ``talks``."""


@dataclass(slots=True)
class SiteState:
    """What stands of one site. ``grants``: end of each in seconds since 1970. ``since``: start of each workload."""

    documents: dict[Address, Document] = field(default_factory=dict)
    by_kind: dict[Kind, dict[Address, Document]] = field(default_factory=dict)
    """The same documents again: with thousands of conduits, the few images must be found at once."""
    sick: set[str] = field(default_factory=set)
    grants: dict[str, float] = field(default_factory=dict)
    since: dict[str, float] = field(default_factory=dict)
    talks: list[Connection] = field(default_factory=list)
    """Connections beside those that conduits suggest."""

    def put(self, document: Document) -> None:
        """Let a document stand."""
        self.documents[document.address] = document
        self.by_kind.setdefault(document.kind, {})[document.address] = document

    def drop(self, address: Address) -> None:
        """Take a document away; one that is not there is fine."""
        document = self.documents.pop(address, None)
        if document is not None:
            del self.by_kind[document.kind][address]

    def of_kind(self, *kinds: Kind) -> list[Document]:
        """Return the documents of some kinds."""
        return [document for kind in kinds for document in self.by_kind.get(kind, {}).values()]

    def copy(self) -> SiteState:
        """Return a state that changes on its own."""
        found = SiteState(dict(self.documents), {}, set(self.sick), dict(self.grants), dict(self.since))
        found.talks = list(self.talks)
        found.by_kind = {kind: dict(documents) for kind, documents in self.by_kind.items()}
        return found


def put(site: str, documents: Mapping[Address, Document | None]) -> Entry:
    """Return the entry that puts documents in place, and takes those away that are None."""
    stand = [document_to_json(document) for document in documents.values() if document is not None]
    gone = [address for address, document in documents.items() if document is None]
    return {"site": site, "put": stand, "drop": gone}


def apply(sites: dict[str, SiteState], entry: Entry) -> None:
    """Bring the state to what an entry says. Raises KeyError, ValueError, TypeError for no entry."""
    state = sites.setdefault(str(entry["site"]), SiteState())
    for address in entry.get("drop", ()):
        state.drop(address)
    for data in entry.get("put", ()):
        state.put(document_from_json(data))
    for workload, is_sick in entry.get("sick", {}).items():
        (state.sick.add if is_sick else state.sick.discard)(workload)
    _merge(state.grants, entry.get("grants", {}))
    _merge(state.since, entry.get("since", {}))
    state.talks += [Connection(*fields) for fields in entry.get("talks", ())]


def entries(sites: Mapping[str, SiteState]) -> Iterator[Entry]:
    """Yield entries that make this state from nothing."""
    for site, state in sites.items():
        yield {**put(site, state.documents), "sick": dict.fromkeys(sorted(state.sick), True)}
        yield {"site": site, "grants": state.grants, "since": state.since, "talks": state.talks}


def _merge(into: dict[str, float], values: Mapping[str, float | None]) -> None:
    for name, value in values.items():
        if value is None:
            into.pop(name, None)
        else:
            into[name] = value
