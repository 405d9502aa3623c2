# SPDX-License-Identifier: Apache-2.0
"""What tools print about one fabric becomes documents, equal to the compiled ones when nothing was changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from ringfence.base.addresses import Address
from ringfence.compile.document import Document, Kind
from ringfence.compile.part.alias import owner
from ringfence.compile.part.link import LINK_LOCAL
from ringfence.compile.part.link import SETTINGS as LINK_SETTINGS
from ringfence.compile.part.namespace import SWITCHES
from ringfence.compile.part.port import SETTINGS as PORT_SETTINGS
from ringfence.compile.part.setting import sysctl_path
from ringfence.compile.scope import Endpoints, Scope

from .dnsmasq import DhcpSight, dhcp_document
from .links import Links, Space, foreign_routes, links_of
from .nft_listing import Listed, listed_tables
from .rules import guard_documents, ports_of, router_documents
from .stubs import stub_parts
from .uplinks import Outside, answers_of, left_behind, legs_among, uplink_documents, ways_of
from .wires import wire_documents, wires_among


@dataclass(frozen=True, slots=True)
class Sight:
    """What the tools printed. ``router`` None: there is no such namespace; ``guard`` empty: no such table."""

    host: Space
    guard: str
    router: Space | None = None
    ruleset: str = ""
    stubs: Mapping[str, Space] = field(default_factory=dict)
    """By name of the namespace."""
    dhcp: DhcpSight | None = None
    obstacles: Mapping[str, str] = field(default_factory=dict)
    """By bridge: why the host's own packet filter keeps bridged frames from passing."""
    outside: Outside = field(default_factory=Outside)
    held: frozenset[str] = frozenset()
    """Tables in the router's namespace that go with a command which runs now."""


def fabric_documents(scope: Scope, sight: Sight) -> dict[Address, Document]:
    """Return every artifact of the fabric that stands."""
    guards = listed_tables(sight.guard)
    rules = {key: one for key, one in listed_tables(sight.ruleset).items() if one.name not in sight.held}
    host = links_of(sight.host)
    inside = links_of(sight.router) if sight.router else Links({}, {}, {})
    known = known_ports(scope, host, guards.get(("bridge", scope.table)))
    found = [
        *_namespace(scope, sight.router, inside),
        *_links(scope, sight, host, inside, known),
        *wire_documents(scope, host, sight.stubs),
        *_ports(scope, sight, host, known),
        *dhcp_document(scope, sight.dhcp),
        *left_behind(scope, host),
        *uplink_documents(scope, sight.router, sight.outside),
    ]
    documents = {document.address: document for document in found}
    return {**documents, **guard_documents(scope, guards), **router_documents(scope, rules)}


def known_ports(scope: Scope, host: Links, guard: Listed | None) -> dict[str, tuple[str, str]]:
    """Return workload and interface by the name of each port that is ours, by its alias or by the guard."""
    found = ports_of(guard) if guard else {}
    prefix = owner(scope, "port") + "/"
    for name, link in host.by_name.items():
        words = str(link.get("ifalias", "")).removeprefix(prefix).split("/")
        if str(link.get("ifalias", "")).startswith(prefix) and len(words) == 2:  # noqa: PLR2004 - workload/interface
            found[name] = (words[0], words[1])
    return {name: whose for name, whose in found.items() if name in host.by_name}


def _namespace(scope: Scope, space: Space | None, inside: Links) -> Iterator[Document]:
    if space is None:
        return
    paths = {key: path for key in SWITCHES if (path := sysctl_path(key, ""))}
    parts = {key: inside.settings[path] for key, path in paths.items() if path in inside.settings}
    parts |= {"name": scope.namespace, "lo": "up" if "UP" in inside.by_name["lo"]["flags"] else "down"}
    parts |= {f"foreign/link/{name}": "there" for name in strangers(scope, inside)}
    parts |= dict(foreign_ways(scope, space))
    yield Document(scope.address("namespace", "router"), Kind.NAMESPACE, parts)


def strangers(scope: Scope, inside: Links) -> Iterator[str]:
    """Yield the links of the router's namespace that belong to no zone and no uplink."""
    ours = tuple(owner(scope, kind) for kind in ("zone", "uplink"))
    for name, link in inside.by_name.items():
        if name != "lo" and not str(link.get("ifalias", "")).startswith(ours):
            yield name


def foreign_ways(scope: Scope, space: Space) -> Iterator[tuple[str, str]]:
    """Yield routes that lead over no leg of ours, and addresses that the router answers for without any route."""
    inside = links_of(space)
    legs = {*legs_among(scope, inside), *(name for _, name in _named(scope, inside, "router"))}
    yield from ((f"foreign/route/{target}", way) for target, way in foreign_routes(space.routes, legs))
    routed = {target for leg in legs_among(scope, inside) for target in ways_of(space, leg)}
    for link, one in answers_of(space):
        if link not in legs_among(scope, inside) and one not in routed:
            yield f"foreign/proxy/{link}/{one}", "there"


def _links(
    scope: Scope, sight: Sight, host: Links, inside: Links, known: Mapping[str, tuple[str, str]]
) -> Iterator[Document]:
    ends = (("bridge", host), ("leg", host), ("router", inside))
    found: dict[str, dict[str, str]] = {}
    for end, links in ends:
        for zone, name in _named(scope, links, end):
            look = links.port_parts if end == "leg" else links.parts
            parts = found.setdefault(zone, {})
            parts |= {f"{end}/{key}": value for key, value in look(name, LINK_SETTINGS[end]).items()}
            if end == "router" and sight.router is not None:
                parts |= _zone_routes(sight.router, name)
    for zone, parts in found.items():
        bridge = parts.get("bridge/name", "")
        strange = set(host.ports(bridge)) - {parts.get("leg/name")} - set(known) - set(wires_among(scope, host))
        parts |= {f"bridge/strange/{name}": "port" for name in strange if bridge}
        if bridge in sight.obstacles:
            parts["bridge/obstacle"] = sight.obstacles[bridge]
        yield Document(scope.address("link", zone), Kind.LINK, _in_order(parts))


def _zone_routes(space: Space, leg: str) -> dict[str, str]:
    """Return the routes into a zone in which the router has no address; another way in is foreign."""
    found = {}
    for target, way in ways_of(space, leg).items():
        key = f"router/route{6 if ':' in target else 4}"
        found[f"router/strange/{target}" if way != "direct" or key in found else key] = target
    return found


def _in_order(parts: dict[str, str]) -> dict[str, str]:
    """Put the link-local address last, as the compiler does: the order of addresses means nothing."""
    local = f"{LINK_LOCAL}/64"
    addresses = parts.get("router/ipv6", "").split()
    if local in addresses:
        parts["router/ipv6"] = " ".join([*(one for one in addresses if one != local), local])
    return parts


def _named(scope: Scope, links: Links, end: str) -> Iterator[tuple[str, str]]:
    prefix, tail = owner(scope, "zone") + "/", f"/{end}"
    for name, link in links.by_name.items():
        alias = str(link.get("ifalias", ""))
        if alias.startswith(prefix) and alias.endswith(tail):
            yield alias.removeprefix(prefix).removesuffix(tail), name


def _ports(scope: Scope, sight: Sight, host: Links, known: Mapping[str, tuple[str, str]]) -> Iterator[Document]:
    for name, (workload, interface) in known.items():
        parts = host.port_parts(name, PORT_SETTINGS["port"])
        if scope.endpoints is Endpoints.STUB:
            stub = stub_parts(scope.stub(workload), interface, sight.stubs.get(scope.stub(workload)))
            parts |= {f"stub/{key}": value for key, value in stub.items()}
        else:
            parts.pop("mac", None)  # QEMU's tap has the kernel's own
        yield Document(scope.address("port", workload, interface), Kind.PORT, parts)
