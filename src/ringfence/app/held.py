# SPDX-License-Identifier: Apache-2.0
"""Bindings that a site holds already: from its last revision, or recovered from the world."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace

from ringfence.base.addresses import Address, own_name
from ringfence.base.identity import canonical
from ringfence.compile.binding_codec import from_json, to_json
from ringfence.compile.bindings import Bindings, WorkloadBinding
from ringfence.compile.document import Document, Kind
from ringfence.compile.domain.metadata import binding_of

from .session import Session


def held_bindings(session: Session, observed: Mapping[Address, Document]) -> Bindings:
    """Return what is bound: the last applied revision's word first, then what libvirt's metadata remembers.

    Workloads that left the site are among them: one that comes back is who it was. A disk is bound to the image that it
    was made from for as long as the disk or that image stands; made anew, it begins as the image of today.
    """
    last = session.store.revisions.latest()
    known = {**recovered(observed), **(decode(last.draft.bindings) if last else {})}
    disks, bases = _standing(observed, Kind.VOLUME), _standing(observed, Kind.IMAGE)
    return {name: _with_disks(name, binding, disks, bases) for name, binding in known.items()}


def _standing(observed: Mapping[Address, Document], kind: Kind) -> frozenset[str]:
    """Return what stands of a kind: ``scada/root`` of a volume, the digest of an image."""
    found = (document.address for document in observed.values() if document.kind is kind)
    return frozenset(address.split(f"/{kind}/", 1)[1] for address in found)


def _with_disks(name: str, binding: WorkloadBinding, disks: frozenset[str], bases: frozenset[str]) -> WorkloadBinding:
    images = {disk: sha256 for disk, sha256 in binding.images.items() if f"{name}/{disk}" in disks or sha256 in bases}
    return binding if len(images) == len(binding.images) else replace(binding, images=images)


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
