# SPDX-License-Identifier: Apache-2.0
"""What ``virsh capabilities`` says of the host: machine types, IOMMU, security models, QEMU's user.

Format: https://libvirt.org/formatcaps.html
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from lxml import etree

Confinement = Literal["apparmor", "selinux", "none"]
_OWNER = re.compile(r"\+?(\d+):\+?(\d+)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Capabilities:
    """``machines`` maps ``q35`` and ``pc`` to exact types; ``owner`` is QEMU's usual uid and gid."""

    uuid: str
    machines: Mapping[str, str]
    iommu: bool
    mandatory_access: Confinement
    owner: tuple[int, int] | None


def parse_capabilities(xml: bytes, arch: str = "x86_64") -> Capabilities:
    """Read libvirt's capabilities document. Raises ValueError when it is not one."""
    root = _document(xml)
    models = {model.findtext("model", ""): model for model in root.iterfind("host/secmodel")}
    iommu = root.find("host/iommu")
    return Capabilities(
        uuid=root.findtext("host/uuid", ""),
        machines=_machines(root, arch),
        iommu=iommu is not None and iommu.get("support") == "yes",
        mandatory_access="apparmor" if "apparmor" in models else "selinux" if "selinux" in models else "none",
        owner=_owner(models.get("dac")),
    )


def _document(xml: bytes) -> etree._Element:
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    try:
        root = etree.fromstring(xml, parser)
    except etree.XMLSyntaxError as wrong:
        raise ValueError(f"libvirt's capabilities are no XML: {wrong}.") from wrong
    if root.tag != "capabilities":
        raise ValueError(f"libvirt's capabilities begin with <{root.tag}>.")
    return root


def _machines(root: etree._Element, arch: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for machine in root.iterfind(f"guest/arch[@name='{arch}']/machine"):
        canonical = machine.get("canonical")
        if canonical and machine.text in {"pc", "q35"}:
            found[machine.text] = canonical
    return found


def _owner(model: etree._Element | None) -> tuple[int, int] | None:
    label = model.findtext("baselabel", "") if model is not None else ""
    match = _OWNER.fullmatch(label.strip())
    return (int(match[1]), int(match[2])) if match else None
