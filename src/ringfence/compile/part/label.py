# SPDX-License-Identifier: Apache-2.0
"""What our metadata in a domain say. They identify and prove nothing: parts are compared, not labels."""

from __future__ import annotations

from dataclasses import dataclass

from lxml import etree

from ringfence.base.addresses import Address
from ringfence.compile.scope import Scope

NAMESPACE = "urn:ringfence:artifact:1"
ARTIFACT = f"{{{NAMESPACE}}}artifact"
BINDING = f"{{{NAMESPACE}}}binding"


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
    found = root.find(f"metadata/{ARTIFACT}")
    if found is None:
        return None
    return Label(
        address=found.get("address", ""),
        site=found.get("site", ""),
        fabric=found.get("fabric", ""),
        workload=found.get("workload", ""),
        definition=found.get("definition", ""),
        binding=found.findtext(BINDING) or "",
    )
