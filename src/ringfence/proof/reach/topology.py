# SPDX-License-Identifier: Apache-2.0
"""What documents say stands where: ports and legs on bridges, the router's legs, its routes and its neighbours."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Interface, IPv6Interface, ip_interface, ip_network

from ringfence.base.addresses import Address
from ringfence.compile.document import Document, Kind
from ringfence.proof.flow import Place, Unread
from ringfence.proof.values import Values, between, joined

_KIND_AT = 3
"""Where an address says what kind of artifact it is: ``host/H/FABRIC/KIND/...``."""


@dataclass(frozen=True, slots=True)
class Port:
    """A port of a bridge. ``end`` is who is behind it; ``macs`` are the addresses that frames find it by."""

    name: str
    end: str
    bridge: str
    place: Place
    macs: tuple[int, ...]
    isolated: bool
    flood: bool
    multicast: bool
    broadcast: bool
    device: int | None = None
    """The port's own hardware address: frames to it are for the host."""


@dataclass(frozen=True, slots=True)
class Leg:
    """The router's end of a zone's link, or an uplink: ``name`` in the router, ``port`` its other end on a bridge."""

    name: str
    end: str
    place: Place
    mac: int | None
    up: bool
    strict: bool
    """Packets of IPv4 come in only where the way back leads out."""
    forwards: bool
    port: str = ""
    bridge: str = ""
    bridge_mac: int | None = None
    ipv4: tuple[IPv4Interface, ...] = ()
    ipv6: tuple[IPv6Interface, ...] = ()
    routes: tuple[str, ...] = ()

    silent6: bool = False
    """It speaks no IPv6."""

    def speaks(self, version: int) -> bool:
        """Tell whether packets of a version come and go here."""
        return version == 4 or not self.silent6  # noqa: PLR2004 - IP version

    @property
    def own(self) -> Values:
        """Return the leg's IPv4 addresses."""
        return joined((int(one.ip), int(one.ip)) for one in self.ipv4)


@dataclass(slots=True)
class Topology:
    """Everything that stands, by name."""

    ports: dict[str, Port] = field(default_factory=dict)
    legs: dict[str, Leg] = field(default_factory=dict)
    on: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    """Ports by bridge."""
    forwards4: bool = True
    forwards6: bool = True
    unread: list[Unread] = field(default_factory=list)

    def leg_of(self, bridge: str) -> Leg | None:
        """Return the leg that a bridge leads to the router by."""
        return next((one for one in self.legs.values() if one.bridge == bridge and bridge), None)


def kind_and_names(address: Address) -> tuple[str, list[str]]:
    """Return what kind of artifact an address names, and its names."""
    words = address.split("/")
    return words[_KIND_AT], words[_KIND_AT + 1 :]


def topology(documents: Iterable[Document]) -> Topology:
    """Return what documents say stands."""
    found = Topology()
    strict = True
    for one in documents:
        if one.kind is Kind.NAMESPACE:
            strict = one.parts.get("net.ipv4.conf.all.rp_filter") == "1"
            found.forwards4 = one.parts.get("net.ipv4.ip_forward") == "1"
            found.forwards6 = one.parts.get("net.ipv6.conf.all.forwarding") == "1"
    for one in documents:
        _READERS.get(one.kind, _nothing)(found, one, strict)
    return found


def _nothing(found: Topology, document: Document, strict: bool) -> None:  # noqa: FBT001 - one of many readers
    """Read a document that says nothing of where things stand."""


def _port(found: Topology, document: Document, strict: bool) -> None:  # noqa: ARG001, FBT001 - one of many readers
    _, names = kind_and_names(document.address)
    _stand(found, _bridge_port(document, document.parts, "/".join(("workload", *names)), ""))


def _stand(found: Topology, port: Port | None) -> None:
    if port is not None:
        found.ports[port.name] = port
        found.on[port.bridge].append(port.name)


def _bridge_port(document: Document, parts: Mapping[str, str], end: str, prefix: str) -> Port | None:
    """Return a port that is up and on a bridge; nothing passes any other one."""
    name, bridge = parts.get(f"{prefix}name"), parts.get(f"{prefix}master")
    if not name or not bridge or parts.get(f"{prefix}up") != "yes":
        return None
    return Port(
        name,
        end,
        bridge,
        Place(document.address, f"{prefix}name"),
        tuple(mac_number(one) for one in parts.get(f"{prefix}fdb", "").split()),
        parts.get(f"{prefix}isolated") == "1",
        parts.get(f"{prefix}flood") != "0",
        parts.get(f"{prefix}mcast_flood") != "0",
        parts.get(f"{prefix}bcast_flood") != "0",
        _mac(parts.get(f"{prefix}mac")),
    )


def _link(found: Topology, document: Document, strict: bool) -> None:  # noqa: FBT001 - one of many readers
    _, (zone, *_) = kind_and_names(document.address)
    parts = document.parts
    if parts.get("bridge/up") != "yes":
        return
    port = _bridge_port(document, parts, f"leg/{zone}", "leg/")
    _stand(found, port)
    if port is not None and parts.get("router/name"):
        name = parts["router/name"]
        found.legs[name] = _leg(document, "router/", name, f"leg/{zone}", port, strict=strict)


def _leg(document: Document, prefix: str, name: str, end: str, port: Port | None, *, strict: bool) -> Leg:
    parts = document.parts
    ipv4 = tuple(IPv4Interface(one) for one in parts.get(f"{prefix}ipv4", "").split())
    ipv6 = tuple(IPv6Interface(one) for one in parts.get(f"{prefix}ipv6", "").split())
    return Leg(
        name,
        end,
        Place(document.address, f"{prefix}name"),
        _mac(parts.get(f"{prefix}mac")),
        parts.get(f"{prefix}up") == "yes",
        strict or parts.get(f"{prefix}inet.conf.rp_filter") == "1",
        parts.get(f"{prefix}inet.conf.forwarding") == "1",
        port.name if port else "",
        port.bridge if port else "",
        _mac(parts.get("bridge/mac")) if port else None,
        ipv4,
        ipv6,
        tuple(_routes(parts, prefix)),
        parts.get(f"{prefix}inet6.conf.disable_ipv6") == "1",
    )


def _routes(parts: Mapping[str, str], prefix: str) -> Iterator[str]:
    for key, value in parts.items():
        bare = key.removeprefix(prefix)
        if not key.startswith(prefix):
            continue
        if bare.startswith("route/"):
            yield bare.partition("/")[2]
        elif bare in {"route4", "route6"}:
            yield value


def _uplink(found: Topology, document: Document, strict: bool) -> None:  # noqa: FBT001 - one of many readers
    _, (name, *_) = kind_and_names(document.address)
    parts = document.parts
    if "master" in parts:
        _stand(found, _bridge_port(document, parts, f"wire/{name}", ""))
    elif parts.get("name"):
        found.legs[parts["name"]] = _leg(document, "", parts["name"], f"uplink/{name}", None, strict=strict)


_READERS = {Kind.PORT: _port, Kind.LINK: _link, Kind.UPLINK: _uplink}


def mac_number(text: str) -> int:
    """Return a hardware address as a number."""
    return int(text.replace(":", ""), 16)


def _mac(text: str | None) -> int | None:
    return mac_number(text) if text else None


def span_of(network: str) -> tuple[int, int]:
    """Return first and last address of a network or an address."""
    net = ip_network(ip_interface(network).network)
    return int(net.network_address), int(net.broadcast_address)


def spans_of(networks: Iterable[str]) -> Values:
    """Return the addresses of networks."""
    return joined(span for one in networks for span in between(*span_of(one)))
