# SPDX-License-Identifier: Apache-2.0
"""Uplinks as they stand: the leg, its routes, for whom the router answers, and the namespace that translates."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ringfence.compile.document import Document, Kind
from ringfence.compile.part.alias import owner
from ringfence.compile.part.link import SETTINGS
from ringfence.compile.part.namespace import SWITCHES
from ringfence.compile.part.port import SETTINGS as PORT_SETTINGS
from ringfence.compile.part.setting import sysctl_path
from ringfence.compile.scope import Scope

from .links import Links, Space, links_of
from .nft_listing import listed_tables

INNER, OUTER = "router", "wire"
"""Links of a translating namespace: to the router, and the plant's."""
NO_CARRIER = "no carrier"
"""Body of an uplink whose cable has no other end."""
_WORDS = 2
"""Interface and state, behind the owner in a leg's alias."""


@dataclass(frozen=True, slots=True)
class Outside:
    """What belongs to the uplinks of one host, as the tools print it."""

    translators: Mapping[str, tuple[Space, str]] = field(default_factory=dict)
    """Namespace and its rules, by uplink."""
    stubs: Mapping[str, Space] = field(default_factory=dict)
    """By uplink: what stands for the plant."""


@dataclass(frozen=True, slots=True)
class Leg:
    """Whose a link is: uplink, the host's interface it was, whether that was ``up`` or ``down``, and its alias then."""

    uplink: str
    source: str
    state: str
    held: str = ""


def legs_among(scope: Scope, links: Links) -> dict[str, Leg]:
    """Return the uplinks' legs among links, by name of the link."""
    prefix = owner(scope, "uplink") + "/"
    found = {}
    for name, link in links.by_name.items():
        alias = str(link.get("ifalias", ""))
        ours, _, held = alias.partition(" ")
        uplink, *rest = ours.removeprefix(prefix).split("/")
        if ours.startswith(prefix) and len(rest) == _WORDS:
            found[name] = Leg(uplink, rest[0], rest[1], held)
    return found


def left_behind(scope: Scope, host: Links) -> Iterator[Document]:
    """Yield uplinks of which the host has the interface itself: somebody was ended between marking and moving it."""
    for leg in legs_among(scope, host).values():
        parts = {"owner": owner(scope, "uplink", leg.uplink), "source": leg.source, "take": "none"}
        yield Document(scope.address("uplink", leg.uplink), Kind.UPLINK, parts)


def uplink_documents(scope: Scope, router: Space | None, outside: Outside) -> Iterator[Document]:
    """Yield every uplink that stands as a leg of the router, and what translates without one."""
    links = links_of(router) if router else Links({}, {}, {})
    legs = legs_among(scope, links)
    for uplink in outside.translators.keys() - {leg.uplink for leg in legs.values()}:
        parts = {"owner": owner(scope, "uplink", uplink), **_translator(scope, uplink, outside)}
        yield Document(scope.address("uplink", uplink), Kind.UPLINK, parts)
    if router is None:
        return
    for name, leg in legs.items():
        parts = {**_leg(scope, links, name, leg), **_ways(router, name, legs)}
        parts |= _translator(scope, leg.uplink, outside)
        if leg.uplink in outside.stubs and leg.uplink not in outside.translators:
            parts |= _prefixed("stub", _stub(scope, leg.uplink, outside.stubs[leg.uplink]))
        plugged = _plugged(scope, links, name, outside)
        yield Document(scope.address("uplink", leg.uplink), Kind.UPLINK, parts, "" if plugged else NO_CARRIER)


def _plugged(scope: Scope, links: Links, name: str, outside: Outside) -> bool:
    """Tell whether the cable of an uplink has another end; that of a translated one is in its namespace."""
    uplink = legs_among(scope, links)[name].uplink
    if uplink in outside.translators:
        links, name = links_of(outside.translators[uplink][0]), OUTER
    return "NO-CARRIER" not in links.by_name.get(name, {}).get("flags", ("NO-CARRIER",))


def ways_of(space: Space, leg: str) -> dict[str, str]:
    """Return the way to each target over a leg, of those that the kernel did not make from an address."""
    found = {}
    for route in _listed(space.routes):
        if route.get("dev") == leg and route.get("protocol") != "kernel" and "table" not in route:
            found[str(route["dst"])] = _way(route)
    return found


def answers_of(space: Space) -> list[tuple[str, str]]:
    """Return link and address of everything that the router answers for."""
    return [(str(one["dev"]), str(one["dst"])) for one in _listed(space.proxies)]


def _leg(scope: Scope, links: Links, name: str, leg: Leg) -> dict[str, str]:
    found = links.parts(name, SETTINGS["uplink"])
    found.pop("alias", None)
    take = take_of(scope, links, name, leg)
    if take == "move" or take.startswith("vlan"):
        found.pop("mac", None)
    return {**found, "owner": owner(scope, "uplink", leg.uplink), "source": leg.source, "take": take}


def take_of(scope: Scope, links: Links, name: str, leg: Leg) -> str:
    """Return how a leg was made of the host's interface, as compile says it."""
    if leg.source == "translated":
        return "translated"
    if scope.fabric != "live":
        return "stub"
    info = links.by_name[name].get("linkinfo", {})
    kind = info.get("info_kind")
    if kind == "vlan":
        return f"vlan {info.get('info_data', {}).get('id')}"
    return "macvlan" if kind == "macvlan" else "move"


def _ways(space: Space, leg: str, legs: Collection[str]) -> dict[str, str]:
    """Return routes over the leg; and for whom the router answers there, and inside zones for what lies there."""
    routes = ways_of(space, leg)
    found = {f"route/{target}": way for target, way in routes.items()}
    for link, one in answers_of(space):
        if link == leg or (link not in legs and one in routes):
            found[f"proxy/{link}/{one}"] = "yes"
    return found | _neighbour(space, leg)


def neighbours_of(space: Space, leg: str) -> list[str]:
    """Return whom a leg knows for good: address and hardware address, in order."""
    listed = (one for one in _listed(space.neighbours) if one.get("dev") == leg and "lladdr" in one)
    return sorted(f"{one['dst']} {one['lladdr']}" for one in listed if "PERMANENT" in one.get("state", ()))


def foreign_links(links: Links) -> Iterator[str]:
    """Yield the links of a translating namespace that are neither the way to the router nor the plant's."""
    yield from (name for name in links.by_name if name not in {"lo", INNER, OUTER})


def _neighbour(space: Space, leg: str) -> dict[str, str]:
    found = neighbours_of(space, leg)
    return {"neighbour": ", ".join(found)} if found else {}


def _translator(scope: Scope, uplink: str, outside: Outside) -> dict[str, str]:
    if uplink not in outside.translators:
        return {}
    space, ruleset = outside.translators[uplink]
    links = links_of(space)
    found = {"namespace": scope.translator(uplink)}
    leg = legs_among(scope, links).get(OUTER)
    if leg is not None:
        wire = _leg(scope, links, OUTER, leg)
        found |= _prefixed("wire", {key: value for key, value in wire.items() if key not in {"name", "owner"}})
        found |= _prefixed("wire", _neighbour(space, OUTER))
    found |= _prefixed("inner", _inner(space, links))
    found |= _prefixed("space", _own(links)) | _prefixed("foreign", dict(_foreign(scope, space, links, ruleset)))
    if uplink in outside.stubs:
        found |= _prefixed("wire/stub", _stub(scope, uplink, outside.stubs[uplink]))
    table = listed_tables(ruleset).get(("ip", scope.table))
    return found | _prefixed("nat", table.parts if table else {})


def _own(links: Links) -> dict[str, str]:
    """Return what a translating namespace is set to as a whole."""
    paths = {key: path for key in SWITCHES if (path := sysctl_path(key, ""))}
    found = {key: links.settings[path] for key, path in paths.items() if path in links.settings}
    return {**found, "lo": "up" if "UP" in links.by_name["lo"]["flags"] else "down"}


def _foreign(scope: Scope, space: Space, links: Links, ruleset: str) -> Iterator[tuple[str, str]]:
    """Yield what stands in a translating namespace that nobody declared."""
    yield from ((f"link/{name}", "there") for name in foreign_links(links))
    tables = (" ".join(key) for key in listed_tables(ruleset) if key != ("ip", scope.table))
    yield from ((f"table/{name}", "there") for name in tables)
    for leg, own in ((OUTER, set[str]()), (INNER, {"default"})):
        yield from ((f"route/{leg}/{one}", way) for one, way in ways_of(space, leg).items() if one not in own)
    yield from ((f"proxy/{link}/{one}", "there") for link, one in answers_of(space))


def _inner(space: Space, links: Links) -> dict[str, str]:
    found = links.parts(INNER, SETTINGS["inner"])
    found.pop("name", None)
    ways = ways_of(space, INNER)
    return {**found, **_neighbour(space, INNER), **({"default": ways["default"]} if "default" in ways else {})}


def _stub(scope: Scope, uplink: str, space: Space) -> dict[str, str]:
    found = links_of(space).parts(OUTER, PORT_SETTINGS["stub"])
    return {**found, "namespace": scope.outside(uplink)}


def _way(route: Mapping[str, Any]) -> str:
    if "via" in route:
        return f"via {route['via']['family']} {route['via']['host']}"
    return f"via {route['gateway']}" if "gateway" in route else "direct"


def _prefixed(head: str, parts: Mapping[str, str]) -> dict[str, str]:
    return {f"{head}/{key}": value for key, value in parts.items()}


def _listed(text: str) -> list[dict[str, Any]]:
    return list(json.loads(text or "[]"))
