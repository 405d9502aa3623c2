# SPDX-License-Identifier: Apache-2.0
"""A sealed copy of a fabric as it stands: every part as it was loaded, and a stub wherever somebody else is.

The copy keeps all names: it stands in namespaces of its own, where nobody else has any. So rules are loaded as they
were listed. What QEMU, the plant or a stranger has in its hand becomes one end of a pair of links; the other ends lie
together in one namespace without an address, so that nothing but the trial speaks there.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ringfence.base.addresses import Address
from ringfence.compile.document import Document, Kind
from ringfence.compile.part.port import PORT_FLAGS
from ringfence.compile.scope import Scope

from .end import EVERYTHING, End

ENDS = "rf-ends"
"""Namespace of all stubs."""
_SILENT = {"up": "yes", "inet6.conf.disable_ipv6": "1"}
_STRANGER = "02:00:00:5f:{:02x}:{:02x}"


@dataclass(frozen=True, slots=True)
class Unbuilt:
    """Something that stands and is not in the copy as it is there: what depends on it is unproven."""

    address: Address
    why: str


@dataclass(slots=True)
class Copy:
    """Documents to be made, in their order, and who is at their ends."""

    scope: Scope
    documents: list[Document] = field(default_factory=list)
    ends: list[End] = field(default_factory=list)
    unbuilt: list[Unbuilt] = field(default_factory=list)

    def stub(self, mac: str) -> dict[str, str]:
        """Return the parts of the next stub."""
        return {"namespace": ENDS, "name": f"e{len(self.ends)}", "mac": mac, **_SILENT}

    def add(self, document: Document, end: End) -> None:
        """Take a document whose stub is the next end."""
        self.documents.append(document)
        self.ends.append(end)


def sealed_copy(scope: Scope, documents: Mapping[Address, Document], links: Mapping[str, str]) -> Copy:
    """Return the copy of observed documents; ``links`` is what ``ip -j -d address`` printed, by namespace.

    The host's own namespace has an empty name. Rules are not among the copy's documents: they are loaded as listed.
    """
    copy, seen = Copy(scope), {space: _by_name(text) for space, text in links.items()}
    makers = (
        (Kind.NAMESPACE, _namespace),
        (Kind.LINK, _link),
        (Kind.PORT, _port),
        (Kind.UPLINK, _uplink),
    )
    for kind, make in makers:
        for document in (one for _, one in sorted(documents.items()) if one.kind is kind):
            make(copy, document, documents, seen)
    return copy


_Seen = Mapping[str, Mapping[str, Any]]
_Documents = Mapping[Address, Document]


def _namespace(copy: Copy, document: Document, _: _Documents, seen: _Seen) -> None:
    copy.documents.append(document)
    for key in document.parts:
        if key.startswith("foreign/link/"):
            name = key.removeprefix("foreign/link/")
            _stranger(copy, document.address, name, seen.get(copy.scope.namespace, {}).get(name, {}))


def _link(copy: Copy, document: Document, _: _Documents, seen: _Seen) -> None:
    parts = document.parts
    if "bridge/name" not in parts:
        copy.unbuilt.append(Unbuilt(document.address, "its bridge is not there"))
        return
    if "leg/name" in parts and "router/name" not in parts:
        copy.unbuilt.append(Unbuilt(document.address, "its leg leads nowhere"))
        parts = {key: value for key, value in parts.items() if not key.startswith("leg/")}
    copy.documents.append(Document(document.address, document.kind, parts))
    for key, value in parts.items():
        if key.startswith("bridge/strange/"):
            name = key.removeprefix("bridge/strange/")
            _stranger(copy, document.address, name, seen.get("", {}).get(name, {}), parts["bridge/name"])
        elif key.startswith("router/strange/"):
            copy.unbuilt.append(Unbuilt(document.address, f"a route to {value} leads somewhere else"))
        elif key == "bridge/obstacle":
            copy.unbuilt.append(Unbuilt(document.address, f"the host's own filter is not copied: {value}"))


def _port(copy: Copy, document: Document, documents: _Documents, _: _Seen) -> None:
    workload, interface = document.address.rsplit("/", 2)[1:]
    guard = documents.get(copy.scope.address("guard", workload))
    macs, bound = _bound(guard, document.parts["name"])
    mac = (macs or document.parts.get("fdb", "").split() or [_device(copy)])[0]
    if mac == _device(copy):
        copy.unbuilt.append(Unbuilt(document.address, "neither the guard nor the bridge says which MAC is behind it"))
    home = _home(documents, document.parts.get("master", ""))
    name = f"workload/{workload}/{interface}"
    end = End(name, f"e{len(copy.ends)}", mac, home.zone, bound, home.near, home.bridge)
    copy.add(_stubbed(document, copy.stub(mac)), end)


def _bound(guard: Document | None, port: str) -> tuple[list[str], tuple[str, ...]]:
    """Return the MACs and addresses that the guard binds to a port."""
    keys = [key.split("/", 2) for key in (guard.parts if guard else ()) if key.startswith("element/")]
    mine = [(lookup, key.split(" . ")[1:]) for _, lookup, key in keys if key.split(" . ")[0].strip('"') == port]
    macs = [rest[0] for lookup, rest in mine if lookup == "macs"]
    return macs, tuple(rest[1] for lookup, rest in mine if lookup in {"bound4", "bound6"})


@dataclass(frozen=True, slots=True)
class _Home:
    """What a port of a bridge meets: its zone, and the MACs of the leg and the bridge."""

    zone: str = ""
    near: str = ""
    bridge: str = ""


def _home(documents: _Documents, bridge: str) -> _Home:
    for document in documents.values():
        if document.kind is Kind.LINK and bridge and document.parts.get("bridge/name") == bridge:
            parts = document.parts
            near, own = parts.get("router/mac", ""), parts.get("bridge/mac", "")
            return _Home(document.address.rsplit("/", 1)[-1], near, own)
    return _Home()


def _uplink(copy: Copy, document: Document, documents: _Documents, seen: _Seen) -> None:
    parts, name = document.parts, document.address.rsplit("/", 1)[-1]
    if "bpdu_guard" in parts or "master" in parts:
        _wire(copy, document, documents)
    elif "name" not in parts:
        copy.unbuilt.append(Unbuilt(document.address, "it is not a leg of the router"))
    elif "namespace" in parts:
        _translated(copy, document, seen)
    else:
        mac = parts.get("mac") or _mac(seen, copy.scope.namespace, parts["name"])
        end = End(f"uplink/{name}", f"e{len(copy.ends)}", _device(copy), addresses=(EVERYTHING,), near=mac)
        copy.add(_taken(document, "", mac, copy.stub(end.mac)), end)


def _translated(copy: Copy, document: Document, seen: _Seen) -> None:
    parts, name = document.parts, document.address.rsplit("/", 1)[-1]
    mac = parts.get("wire/mac") or _mac(seen, parts["namespace"], "wire")
    if not mac:
        copy.unbuilt.append(Unbuilt(document.address, "its interface is not in the namespace that translates"))
        return
    end = End(f"uplink/{name}", f"e{len(copy.ends)}", _device(copy), addresses=(EVERYTHING,), near=mac)
    copy.add(_taken(document, "wire/", mac, copy.stub(end.mac)), end)


def _wire(copy: Copy, document: Document, documents: _Documents) -> None:
    name, macs = document.address.rsplit("/", 1)[-1], document.parts.get("fdb", "").split()
    mac = (macs or [_device(copy)])[0]
    home = _home(documents, document.parts.get("master", ""))
    end = End(f"wire/{name}", f"e{len(copy.ends)}", mac, home.zone, near=home.near, bridge=home.bridge)
    copy.add(_stubbed(document, copy.stub(mac)), end)


def _stranger(copy: Copy, address: Address, name: str, link: Mapping[str, Any], bridge: str = "") -> None:
    """Take a link that nobody declared as a port of the bridge, or as a link of the router."""
    info = link.get("linkinfo", {}).get("info_slave_data", {})
    flags = {key: str(int(bool(info[word]))) for key, word in PORT_FLAGS.items() if word in info}
    held = [f"{one['local']}/{one['prefixlen']}" for one in link.get("addr_info", ()) if one.get("local")]
    parts = {"name": name, **({"master": bridge, **flags} if bridge else {"within": copy.scope.namespace})}
    parts |= {"mac": str(link["address"])} if link.get("address") else {}
    parts |= {"ipv4": " ".join(one for one in held if ":" not in one)} if held else {}
    end = End(f"strange/{name}", f"e{len(copy.ends)}", _device(copy), near=str(link.get("address", "")))
    document = Document(f"{address}/strange/{name}", Kind.PORT, parts)
    copy.add(_stubbed(document, copy.stub(end.mac)), end)
    copy.unbuilt.append(
        Unbuilt(address, f"what is behind the strange link '{name}' is not known; a stub stands for it")
    )


def _stubbed(document: Document, stub: Mapping[str, str], head: str = "") -> Document:
    """Return a document with this stub, in place of one that it may have."""
    own = {key: value for key, value in document.parts.items() if not key.startswith(f"{head}stub/")}
    own |= {f"{head}stub/{key}": value for key, value in stub.items()}
    return Document(document.address, document.kind, own)


def _taken(document: Document, head: str, mac: str, stub: Mapping[str, str]) -> Document:
    """Return an uplink that is a pair of links, with its own MAC."""
    parts = {**document.parts, f"{head}take": "stub", f"{head}mac": mac}
    return _stubbed(Document(document.address, document.kind, parts), stub, head)


def _device(copy: Copy) -> str:
    """Return the MAC of whoever is at an end of which nobody says it."""
    return _STRANGER.format(*divmod(len(copy.ends), 256))


def _mac(seen: _Seen, space: str, link: str) -> str:
    return str(seen.get(space, {}).get(link, {}).get("address", ""))


def _by_name(text: str) -> dict[str, Any]:
    return dict(_links(text))


def _links(text: str) -> Iterator[tuple[str, Any]]:
    yield from ((link["ifname"], link) for link in json.loads(text or "[]") if "ifname" in link)
