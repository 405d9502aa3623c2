# SPDX-License-Identifier: Apache-2.0
"""Our words in a domain's metadata: whose it is, which definition it is, and its binding. Never the revision."""

from __future__ import annotations

from dataclasses import dataclass

from lxml import etree

from ringfence.base.addresses import Address
from ringfence.base.errors import BadInput
from ringfence.compile.binding_codec import from_json, to_json
from ringfence.compile.bindings import WorkloadBinding
from ringfence.compile.scope import Scope

from .flatten import parse

NAMESPACE = "urn:ringfence:artifact:1"
_ARTIFACT = f"{{{NAMESPACE}}}artifact"
_BINDING = f"{{{NAMESPACE}}}binding"


@dataclass(frozen=True, slots=True)
class Label:
    """What our metadata says about a domain. It identifies and proves nothing: parts are compared, not labels."""

    address: Address
    site: str
    fabric: str
    workload: str
    definition: str
    """SHA-256 of what the machine is made of (definition.py)."""
    binding: str
    """JSON (binding_codec)."""

    def belongs_to(self, scope: Scope) -> bool:
        """Tell whether the domain is one of this site's fabric."""
        return (self.site, self.fabric) == (scope.site, scope.fabric)


def label_of(root: etree._Element) -> Label | None:
    """Return our label from a domain's root element; None where the domain is not ours."""
    found = root.find(f"metadata/{_ARTIFACT}")
    if found is None:
        return None
    return Label(
        address=found.get("address", ""),
        site=found.get("site", ""),
        fabric=found.get("fabric", ""),
        workload=found.get("workload", ""),
        definition=found.get("definition", ""),
        binding=found.findtext(_BINDING) or "",
    )


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
        _ARTIFACT,
        nsmap={"rf": NAMESPACE},
        address=scope.address("domain", workload),
        site=scope.site,
        fabric=scope.fabric,
        workload=workload,
        definition=definition,
    )
    etree.SubElement(artifact, _BINDING).text = to_json(binding)
    root.insert(_after_words(root), metadata)
    return metadata


def _after_words(root: etree._Element) -> int:
    words = {"name", "uuid", "title", "description"}
    return sum(1 for child in root if child.tag in words)
