# SPDX-License-Identifier: Apache-2.0
"""Our words in a domain's metadata: whose it is, which definition it is, and its binding. Never the revision."""

from __future__ import annotations

from lxml import etree

from ringfence.base.errors import BadInput
from ringfence.compile.binding_codec import from_json, to_json
from ringfence.compile.bindings import WorkloadBinding
from ringfence.compile.part.flatten import parse
from ringfence.compile.part.label import ARTIFACT, BINDING, NAMESPACE, label_of
from ringfence.compile.scope import Scope


def binding_of(xml: str) -> WorkloadBinding | None:
    """Return the binding kept in a domain's XML; None where there is none that can be read."""
    try:
        label = label_of(parse(xml))
        return from_json(label.binding) if label else None
    except BadInput:
        return None


def put_label(
    root: etree._Element, scope: Scope, workload: str, definition: str, binding: WorkloadBinding
) -> etree._Element:
    """Add our metadata to a definition, right behind the name, where libvirt keeps it, and return them."""
    metadata = etree.Element("metadata")
    artifact = etree.SubElement(
        metadata,
        ARTIFACT,
        nsmap={"rf": NAMESPACE},
        address=scope.address("domain", workload),
        site=scope.site,
        fabric=scope.fabric,
        workload=workload,
        definition=definition,
    )
    etree.SubElement(artifact, BINDING).text = to_json(binding)
    root.insert(_after_words(root), metadata)
    return metadata


def _after_words(root: etree._Element) -> int:
    words = {"name", "uuid", "title", "description"}
    return sum(1 for child in root if child.tag in words)
