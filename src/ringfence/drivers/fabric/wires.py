# SPDX-License-Identifier: Apache-2.0
"""Wires of layer-2 uplinks: taken, mended, and given back as they were."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ringfence.base.errors import Refused
from ringfence.compile.document import Document
from ringfence.compile.fabric.wire import wire_release, wire_script
from ringfence.compile.part.wire import without_past
from ringfence.compile.scope import Scope
from ringfence.observe.links import links_of

from .look import look_host
from .space import refuse_foreign, strays
from .tool import run


def ensure_wire(scope: Scope, document: Document) -> None:
    """Make an interface the port of a layer-2 zone's bridge. Raises Refused where somebody else needs it."""
    parts = document.parts
    name, links = parts["name"], links_of(look_host(scope))
    link = links.by_name.get(name)
    if "stub/namespace" in parts:
        refuse_foreign(name, link, parts["alias"])
    else:
        _refuse(document, link)
    run(["sh", "-e"], wire_script(parts))
    wired = {f"wire/{key}": value for key, value in parts.items()}
    lines = list(strays(links_of(look_host(scope)), wired, "wire"))
    if lines:
        run(["sh", "-e"], "\n".join(lines))


def remove_wire(document: Document) -> None:
    """Give an interface back as it was before; one that is gone is fine."""
    run(["sh", "-e"], wire_release(document.parts))


def _refuse(document: Document, link: Mapping[str, Any] | None) -> None:
    name, alias = document.parts["name"], document.parts["alias"]
    if link is None:
        raise Refused(
            f"There is no network interface {name}.", "Plug it in, or name another ('ip link' lists them); apply again."
        )
    held = str(link.get("ifalias", ""))
    if without_past(held) == alias:
        return
    if held.startswith("ringfence:"):
        raise Refused(f"Network interface {name} is taken by {without_past(held)}.", "Name one that is free.")
    if "master" in link:
        raise Refused(
            f"Network interface {name} is a port of {link['master']}.",
            f"Take it off there: ip link set {name} nomaster",
        )
    if any(one.get("scope") == "global" for one in link.get("addr_info", ())):
        raise Refused(
            f"Network interface {name} has addresses: the host itself uses it.",
            "Name an interface without addresses, or take them away in the host's own network settings.",
        )
