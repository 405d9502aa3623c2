# SPDX-License-Identifier: Apache-2.0
"""A plant whose artifacts somebody changed by hand: a case is a file of what was put where (tests/golden/doors)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from lxml import etree

from ringfence.compile.document import Document, Kind
from ringfence.compile.part.flatten import flatten, parse

HERE = "host/server1/live"


def changed(documents: dict[str, Document], case: Path) -> dict[str, Document]:
    """Return documents, by address, with what a case does to them."""
    found = dict(documents)
    for change in etree.parse(case).getroot():
        if change.tag == "part":
            _part(found, change)
        elif change.tag == "port":
            _port(found, change)
        else:
            for workload in str(change.get("workload")).split():
                address = f"{HERE}/domain/{workload}"
                found[address] = put(found[address], change)
    return found


def put(document: Document, change: etree._Element) -> Document:
    """Return a domain with elements put in, and others taken out before."""
    root = parse(document.body)
    for path in str(change.get("instead", "")).split():
        for gone in root.findall(path):
            parent = gone.getparent()
            assert parent is not None
            parent.remove(gone)
    under = root.find(str(change.get("under", "devices"))) if change.get("under") != "." else root
    assert under is not None
    for element in change:
        under.append(parse(etree.tostring(element, encoding="unicode", with_tail=False)))
    body = etree.tostring(root, encoding="unicode")
    return Document(document.address, Kind.DOMAIN, flatten(parse(body)), body)


def _part(found: dict[str, Document], change: etree._Element) -> None:
    address, key = f"{HERE}/{change.get('document')}", str(change.get("key"))
    old = found.get(address) or Document(address, Kind(str(change.get("document")).split("/")[0]), {})
    parts = {name: value for name, value in old.parts.items() if name != key}
    value = change.get("value")
    found[address] = replace(old, parts=parts if value is None else {**parts, key: value})


def _port(found: dict[str, Document], change: etree._Element) -> None:
    bridge = found[f"{HERE}/link/{change.get('zone')}"].parts["bridge/name"]
    text = (
        f'<put><interface type="bridge"><mac address="{change.get("mac")}"/><source bridge="{bridge}"/>'
        f'<port isolated="{change.get("isolated", "yes")}"/><model type="virtio"/></interface></put>'
    )
    address = f"{HERE}/domain/{change.get('workload')}"
    found[address] = put(found[address], etree.fromstring(text))


def bodies(documents: dict[str, Document]) -> Iterator[Document]:
    """Yield the domains."""
    yield from (one for one in documents.values() if one.kind is Kind.DOMAIN)
