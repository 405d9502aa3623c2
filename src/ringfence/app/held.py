# SPDX-License-Identifier: Apache-2.0
"""Bindings that a site holds already: from its last revision, or recovered from the world."""

from __future__ import annotations

import json
from collections.abc import Mapping

from ringfence.base.addresses import Address, own_name
from ringfence.base.identity import canonical
from ringfence.compile.binding_codec import from_json, to_json
from ringfence.compile.bindings import Bindings, WorkloadBinding
from ringfence.compile.document import Document, Kind
from ringfence.compile.domain.metadata import binding_of

from .session import Session


def held_bindings(session: Session, observed: Mapping[Address, Document]) -> Bindings:
    """Return what is bound: the last applied revision's word first, then what libvirt's metadata remembers."""
    last = session.store.revisions.latest()
    return {**recovered(observed), **(decode(last.draft.bindings) if last else {})}


def recovered(observed: Mapping[Address, Document]) -> dict[str, WorkloadBinding]:
    """Return the bindings found in the metadata of domains: the state folder may be lost."""
    domains = (document for document in observed.values() if document.kind is Kind.DOMAIN)
    found = ((own_name(document.address), binding_of(document.body)) for document in domains)
    return {name: binding for name, binding in found if binding is not None}


def encode(bindings: Bindings) -> str:
    """Return a site's bindings as canonical JSON."""
    return canonical({name: to_json(binding) for name, binding in bindings.items()})


def decode(text: str) -> dict[str, WorkloadBinding]:
    """Return what ``encode`` wrote. Raises BadInput when it is no such text."""
    return {name: from_json(binding) for name, binding in json.loads(text or "{}").items()}
