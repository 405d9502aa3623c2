# SPDX-License-Identifier: Apache-2.0
"""Wires of layer-2 uplinks among the links of the host: interfaces that carry our alias."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ringfence.compile.document import Document, Kind
from ringfence.compile.part.alias import owner
from ringfence.compile.part.wire import SETTINGS, STUB_SETTINGS, without_past
from ringfence.compile.scope import Scope

from .links import Links, Space, links_of


def wires_among(scope: Scope, host: Links) -> dict[str, str]:
    """Return the uplink of each wire of ours by the name of its interface."""
    prefix = owner(scope, "wire") + "/"
    whose = ((name, without_past(str(link.get("ifalias", "")))) for name, link in host.by_name.items())
    return {name: alias.removeprefix(prefix) for name, alias in whose if alias.startswith(prefix)}


def wire_documents(scope: Scope, host: Links, stubs: Mapping[str, Space]) -> Iterator[Document]:
    """Yield each layer-2 uplink that stands; ``stubs`` are what namespaces of sealed copies show, by their name."""
    for name, uplink in wires_among(scope, host).items():
        parts = host.port_parts(name, SETTINGS)
        parts["alias"] = owner(scope, "wire", uplink)
        if scope.fabric == "live":
            parts.pop("mac", None)  # the plant's interface keeps its own
        else:
            space = scope.outside(uplink)
            parts |= {f"stub/{key}": value for key, value in _outside(space, stubs.get(space)).items()}
        yield Document(scope.address("uplink", uplink), Kind.UPLINK, parts)


def _outside(namespace: str, space: Space | None) -> dict[str, str]:
    links = links_of(space) if space else Links({}, {}, {})
    found = [links.parts(name, STUB_SETTINGS) for name in links.by_name if name != "lo"]
    return {"namespace": namespace, **found[0]} if found else {}
