# SPDX-License-Identifier: Apache-2.0
"""What an artifact's address says, in words."""

from __future__ import annotations

from collections.abc import Mapping

from ringfence.compile.document import Document, Kind
from ringfence.compile.part.hostnet import OWN

_HOST_AND_FABRIC_AND_KIND = 4  # host/H/FABRIC/KIND before the names (compile/scope.py)
_WORKLOAD_FIRST = frozenset({Kind.GUARD, Kind.VOLUME, Kind.SEED, Kind.DOMAIN, Kind.RUN, Kind.PORT})
_PROBE = 2

_PHRASES: Mapping[Kind, str] = {
    Kind.HOSTNET: "what network tools know of uplink {0}",
    Kind.NAMESPACE: "the router's namespace",
    Kind.LINK: "the link of zone {0}",
    Kind.TABLE: "the rules of the {0}",
    Kind.UPLINK: "uplink {0}",
    Kind.GUARD: "the address guard of workload {0}",
    Kind.DHCP: "the address service of the {0}",
    Kind.IMAGE: "image {0:.12}",
    Kind.VOLUME: "disk {1} of workload {0}",
    Kind.SEED: "the cloud-init seed of workload {0}",
    Kind.DOMAIN: "the definition of workload {0}",
    Kind.RUN: "workload {0}",
    Kind.PORT: "port {1} of workload {0}",
    Kind.CONDUIT: "conduit {all}",
    Kind.FRAMES: "layer-2 conduit {0}",
    Kind.RELAY: "the relay of conduit {0}",
    Kind.BOOT: "the boot files",
}
_TABLES: Mapping[str, str] = {"relay4": "IPv4 relays", "relay6": "IPv6 relays"}
_PLURALS: Mapping[Kind, str] = {
    Kind.HOSTNET: "settings of network tools",
    Kind.NAMESPACE: "router namespaces",
    Kind.LINK: "zone links",
    Kind.TABLE: "rule tables",
    Kind.UPLINK: "uplinks",
    Kind.GUARD: "address guards",
    Kind.DHCP: "address services",
    Kind.IMAGE: "images",
    Kind.VOLUME: "disks",
    Kind.SEED: "cloud-init seeds",
    Kind.DOMAIN: "definitions",
    Kind.RUN: "workloads",
    Kind.PORT: "ports",
    Kind.CONDUIT: "conduits",
    Kind.FRAMES: "layer-2 conduits",
    Kind.RELAY: "relays",
    Kind.BOOT: "boot files",
}


def names(document: Document) -> tuple[str, ...]:
    """Return the names after the kind: ``("scada", "root")`` of ``host/h/live/volume/scada/root``."""
    return tuple(document.address.split("/")[_HOST_AND_FABRIC_AND_KIND:])


def workload_of(document: Document) -> str | None:
    """Return the workload that an artifact belongs to, as its address tells; None for what many share."""
    own = names(document)
    if document.kind in _WORKLOAD_FIRST and own:
        return own[0]
    if document.kind is Kind.CONDUIT and len(own) == _PROBE and own[0] == "probe":
        return own[1]
    return None


def thing(document: Document) -> str:
    """Return a phrase for the artifact: ``disk root of workload scada``."""
    own = names(document)
    if document.kind is Kind.HOSTNET and own == OWN:
        return "what network tools know of Ringfence's own links"
    if document.kind is Kind.TABLE:
        own = tuple(_TABLES.get(name, name) for name in own)
    return _PHRASES[document.kind].format(*own, "", "", all="/".join(own))


def things(documents: list[Document], such: str = "") -> str:
    """Return a phrase for artifacts of one kind: the thing itself when it is one, else ``3 dormant conduits``."""
    words = [thing(documents[0])] if len(documents) == 1 else [str(len(documents)), _PLURALS[documents[0].kind]]
    return " ".join([*words[:-1], such, words[-1]] if such else words)
