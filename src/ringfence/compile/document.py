# SPDX-License-Identifier: Apache-2.0
"""Documents of keyed parts: what is compiled and what is observed have the same form, so that they can be compared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from ringfence.base.addresses import Address
from ringfence.base.identity import digest


class Kind(StrEnum):
    """Kinds of artifacts, in the order in which they have to stand before one another.

    Addresses (below ``host/H/FABRIC/``): ``hostnet/UPLINK`` (what the distribution's network tools are told);
    ``namespace/router``; ``link/ZONE`` (bridge and router leg of a zone); ``table/router``, ``table/guard``,
    ``table/neighbours`` (nftables, without what guards, ports and conduits own); ``uplink/NAME`` (the plant's
    interface as a leg, with routes and proxy neighbours); ``guard/WORKLOAD`` (anti-spoofing elements);
    ``dhcp/router``; ``image/SHA256``; ``volume/WORKLOAD/DISK``; ``seed/WORKLOAD``;
    ``domain/WORKLOAD`` (definition); ``run/WORKLOAD`` (it runs, from which definition); ``port/WORKLOAD/INTERFACE``
    (bridge port flags; with stub endpoints the veth and its namespace too); ``conduit/NAME`` and
    ``conduit/probe/WORKLOAD`` (map elements); ``frames/CONDUIT`` (layer-2 conduit, elements in the guard);
    ``relay/CONDUIT`` (groups and broadcasts copied to named members); ``boot/files``.
    """

    HOSTNET = "hostnet"
    NAMESPACE = "namespace"
    LINK = "link"
    TABLE = "table"
    UPLINK = "uplink"
    GUARD = "guard"
    DHCP = "dhcp"
    IMAGE = "image"
    VOLUME = "volume"
    SEED = "seed"
    DOMAIN = "domain"
    RUN = "run"
    PORT = "port"
    CONDUIT = "conduit"
    FRAMES = "frames"
    RELAY = "relay"
    BOOT = "boot"


CONVERSATIONS = (Kind.CONDUIT, Kind.FRAMES, Kind.RELAY)
"""What lets packets and frames pass, once what it leads to is up."""


@dataclass(frozen=True, slots=True)
class Document:
    """An artifact as keyed parts.

    ``parts`` are compared key by key (values are text; numbers are written in decimal). ``body`` is what the tool is
    given (XML, nft commands, a configuration file) and is derived from the same source; it is empty where the
    driver builds its calls from the parts alone. A document holds all that is needed to make the thing again.
    """

    address: Address
    kind: Kind
    parts: Mapping[str, str]
    body: str = ""

    @property
    def digest(self) -> str:
        """SHA-256 over address, parts and body."""
        return digest([self.address, str(self.kind), dict(self.parts), self.body])


@dataclass(frozen=True, slots=True)
class Artifact:
    """A compiled document, the site addresses it comes from, and the artifacts that must stand before it."""

    document: Document
    clauses: tuple[Address, ...] = ()
    needs: tuple[Address, ...] = ()
    facts: Mapping[str, str] = field(default_factory=dict)
    """What plan must know beyond parts: ``workload``, ``critical`` (yes/no), ``consent``, ``data`` (yes/no)."""

    @property
    def address(self) -> Address:
        """Return the document's address."""
        return self.document.address
