# SPDX-License-Identifier: Apache-2.0
"""Domains that libvirt shows become documents: what is defined, and what runs from which definition."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ringfence.base.addresses import Address
from ringfence.base.errors import BadInput
from ringfence.compile.document import Document, Kind
from ringfence.compile.part.flatten import flatten, parse
from ringfence.compile.part.inventory import inventory
from ringfence.compile.part.label import Label, label_of
from ringfence.compile.scope import Scope
from ringfence.facts.domain import DomainFact

UNKNOWN = "unknown"


def domain_documents(scope: Scope, domains: Iterable[DomainFact]) -> dict[Address, Document]:
    """Return DOMAIN and RUN documents of this scope's domains, by address. Other people's domains are left out."""
    return {document.address: document for fact in domains for document in documents_of(scope, fact)}


def documents_of(scope: Scope, fact: DomainFact) -> Iterator[Document]:
    """Return the documents of one domain; none when it is not this scope's."""
    label = label_in(fact)
    if label is None or not label.belongs_to(scope) or fact.name != scope.domain(label.workload):
        return
    if fact.persistent is not None:
        parts = flatten(parse(fact.persistent))
        yield Document(scope.address("domain", label.workload), Kind.DOMAIN, parts, fact.persistent)
    if fact.state != "stopped":
        yield _run(scope, label.workload, fact)


def label_in(fact: DomainFact) -> Label | None:
    """Return our label, from the definition or, where a hand removed it there, from what runs."""
    return _label(fact.persistent) or _label(fact.live)


def is_foreign(scope: Scope, fact: DomainFact) -> bool:
    """Tell whether a domain says that it is another site's: ``a-b`` of ``plant`` is named as ``b`` of ``plant-a``."""
    label = label_in(fact)
    return label is not None and not label.belongs_to(scope)


def run_parts(fact: DomainFact) -> dict[str, str]:
    """Return the parts of a run: state, digest of the definition that runs (its live metadata), and its devices."""
    label = _label(fact.live)
    definition = label.definition if label is not None and label.definition else UNKNOWN
    shown = fact.live or fact.persistent
    return {"state": fact.state, "definition": definition, **(inventory(parse(shown)) if shown else {})}


def _run(scope: Scope, workload: str, fact: DomainFact) -> Document:
    return Document(scope.address("run", workload), Kind.RUN, run_parts(fact))


def _label(xml: str | None) -> Label | None:
    if xml is None:
        return None
    try:
        return label_of(parse(xml))
    except BadInput:
        return None
