# SPDX-License-Identifier: Apache-2.0
"""Uplinks: an interface of the host is taken into the fabric, given its ways, and given back as it was."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from ringfence.base.errors import Refused
from ringfence.compile.document import Document
from ringfence.compile.scope import Scope
from ringfence.observe.links import Links, Space, links_of
from ringfence.observe.uplinks import OUTER, Leg, answers_of, legs_among, ways_of

from .look import look_host
from .namespaces import look_space, namespace_stands
from .tool import NAMESPACES, run

_MADE = frozenset({"stub", "translated"})
"""Sources of legs that we made ourselves."""


def ensure_uplink(scope: Scope, document: Document) -> None:
    """Make or mend an uplink. Raises Refused where its interface is not there, or is used by the host itself."""
    parts = document.parts
    for space, link, leg, kind in list(_standing(scope, document)):
        wanted = _wanted(parts, space)
        if leg.source != wanted.get("source") or (kind == "macvlan") != (wanted.get("take") == "macvlan"):
            _give_back(scope, space, link, leg)
    _refuse_missing(scope, document)
    run(["sh", "-e"], document.body)
    for space, lines in _strays(scope, document):
        if lines:
            run(["sh", "-e"], "\n".join(lines), namespace=space)


def remove_uplink(scope: Scope, document: Document) -> None:
    """Give an uplink's interface back to the host, and take away what was made for it."""
    for space, link, leg, _ in list(_standing(scope, document)):
        _give_back(scope, space, link, leg)
    if namespace_stands(scope.namespace):
        answers = (key.split("/", 2) for key in document.parts if key.startswith("proxy/"))
        standing = set(answers_of(_look(scope.namespace)))
        lines = [f"ip neigh del proxy {one} dev {link}" for _, link, one in answers if (link, one) in standing]
        run(["sh", "-e"], "\n".join(lines), namespace=scope.namespace)
    name = _name(document)
    for space in (scope.translator(name), scope.outside(name)):
        if namespace_stands(space):
            run(["ip", "netns", "del", space])


def give_all_back(scope: Scope) -> None:
    """Give every interface back before the namespaces go that hold them: the kernel would destroy some kinds."""
    spaces = [scope.namespace, *(one.name for one in Path(NAMESPACES).glob(f"{scope.namespace}~*"))]
    for space in filter(namespace_stands, spaces):
        for link, leg in legs_among(scope, links_of(_look(space))).items():
            _give_back(scope, space, link, leg)


def _standing(scope: Scope, document: Document) -> Iterator[tuple[str, str, Leg, str]]:
    """Yield namespace, name, leg and kind of every link of an uplink that stands."""
    name = _name(document)
    for space in filter(namespace_stands, (scope.namespace, scope.translator(name))):
        links = links_of(_look(space))
        for link, leg in legs_among(scope, links).items():
            if leg.uplink == name:
                yield space, link, leg, str(links.by_name[link].get("linkinfo", {}).get("info_kind", ""))


def _give_back(scope: Scope, space: str, link: str, leg: Leg) -> None:
    kind = _kind(space, link)
    if leg.source in _MADE or kind in {"macvlan", "vlan"}:
        run(["ip", "-n", space, "link", "del", "dev", link])
        return
    _refuse_taken(scope, leg)
    run(["ip", "-n", space, "link", "set", "dev", link, "down"])
    run(["ip", "-n", space, "link", "set", "dev", link, "netns", str(os.getpid()), "name", leg.source])
    run(["ip", "link", "set", "dev", leg.source, "alias", leg.held, leg.state])


def _refuse_taken(scope: Scope, leg: Leg) -> None:
    if leg.source in links_of(look_host(scope)).by_name:
        raise Refused(
            f"The interface of uplink {leg.uplink} cannot go back: the host has another one named '{leg.source}'.",
            f"Rename that one ('ip link set {leg.source} name ...'), then try again.",
        )


def _refuse_missing(scope: Scope, document: Document) -> None:
    """Raise Refused where an interface has to be taken and cannot be."""
    taken = {link for _, link, _, _ in _standing(scope, document)}
    parts = document.parts
    own = (parts["name"], parts) if "namespace" not in parts else (OUTER, _below(parts, "wire"))
    name, wanted = own
    if name in taken or wanted.get("take") in _MADE:
        return
    source, link = wanted["source"], links_of(look_host(scope)).by_name.get(wanted["source"])
    if link is None:
        problem = f"Uplink {_name(document)} needs the interface '{source}', which this host does not have now."
        raise Refused(problem, "Plug it in, or name another one ('ip link' lists them); then apply again.")
    if wanted["take"] == "move" and (why := _use(link)):
        problem = f"Uplink {_name(document)} would take '{source}', but {why}."
        raise Refused(problem, "Free it, or write 'shared: true' so that a part of it is taken.")


def _use(link: Mapping[str, Any]) -> str:
    """Say what the host uses an interface for; nothing for one that is free."""
    held = [f"{one['local']}" for one in link.get("addr_info", ()) if one.get("scope") != "link" and one.get("local")]
    if held:
        return f"the host has the address {held[0]} on it"
    return f"it is a part of '{link['master']}'" if "master" in link else ""


def _strays(scope: Scope, document: Document) -> Iterator[tuple[str, list[str]]]:
    """Yield, by namespace, commands that take away ways and addresses which the document does not name."""
    parts = document.parts
    router = _look(scope.namespace)
    yield (
        scope.namespace,
        [
            *_extra_addresses(links_of(router), parts["name"], parts),
            *_extra_routes(
                router, parts["name"], {key.removeprefix("route/") for key in parts if key.startswith("route/")}
            ),
            *_extra_answers(scope, router, parts),
        ],
    )
    if "namespace" in parts:
        links = links_of(_look(parts["namespace"]))
        yield parts["namespace"], list(_extra_addresses(links, OUTER, _below(parts, "wire")))


def _extra_addresses(links: Links, name: str, parts: Mapping[str, str]) -> Iterator[str]:
    found = links.parts(name, ())
    for version in ("ipv4", "ipv6"):
        for one in found.get(version, "").split():
            if one not in parts.get(version, "").split():
                yield f"ip address del {one} dev {name}"


def _extra_routes(space: Space, name: str, wanted: Iterable[str]) -> Iterator[str]:
    for target in ways_of(space, name):
        if target not in wanted:
            yield f"ip route del {target} dev {name}"


def _extra_answers(scope: Scope, space: Space, parts: Mapping[str, str]) -> Iterator[str]:
    legs = legs_among(scope, links_of(space))
    routes = {*_below(parts, "route"), *ways_of(space, parts["name"])}
    for link, one in answers_of(space):
        mine = link == parts["name"] or (one in routes and link not in legs)
        if mine and f"proxy/{link}/{one}" not in parts:
            yield f"ip neigh del proxy {one} dev {link}"


def _wanted(parts: Mapping[str, str], space: str) -> Mapping[str, str]:
    """Return the parts of the link that an uplink has in a namespace."""
    return _below(parts, "wire") if space == parts.get("namespace") else parts


def _below(parts: Mapping[str, str], head: str) -> dict[str, str]:
    return {key.removeprefix(f"{head}/"): value for key, value in parts.items() if key.startswith(f"{head}/")}


def _name(document: Document) -> str:
    return document.address.rsplit("/", 1)[-1]


def _kind(space: str, link: str) -> str:
    found = links_of(_look(space)).by_name.get(link, {})
    return str(found.get("linkinfo", {}).get("info_kind", ""))


def _look(namespace: str) -> Space:
    links, _, routes, proxies = look_space(namespace, (), "ip -j neigh show proxy")
    return Space(links, "", routes=routes, proxies=proxies)
