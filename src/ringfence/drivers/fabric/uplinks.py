# SPDX-License-Identifier: Apache-2.0
"""Uplinks: an interface of the host is taken into the fabric, given its ways, and given back as it was."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from ringfence.base.errors import Refused
from ringfence.compile.document import Document
from ringfence.compile.fabric.translation import translated_script
from ringfence.compile.fabric.uplink import uplink_script
from ringfence.compile.scope import Scope
from ringfence.observe.links import Links, Space, links_of
from ringfence.observe.uplinks import (
    INNER,
    OUTER,
    Leg,
    answers_of,
    foreign_links,
    legs_among,
    neighbours_of,
    take_of,
    ways_of,
)

from .look import look_host
from .namespaces import look_space, namespace_stands
from .tool import NAMESPACES, run

_MADE = frozenset({"stub", "translated"})
"""Sources of legs that we made ourselves."""


def ensure_uplink(scope: Scope, document: Document) -> None:
    """Make or mend an uplink. Raises Refused where its interface is not there, or is used by the host itself."""
    parts = document.parts
    if "name" not in parts:  # what was left behind by somebody who was ended
        remove_uplink(scope, document)
        return
    for space, link, leg, take in list(_standing(scope, document)):
        if (link, leg.source, take) != _wanted(parts, space):
            _give_back(scope, space, link, leg)
    if "namespace" not in parts:
        _remove_space(scope.translator(_name(document)))
    _take_over(scope, document)
    _refuse_missing(scope, document)
    script = translated_script if "namespace" in parts else uplink_script
    run(["sh", "-e"], script(scope, parts))
    for space, lines in _strays(scope, document):
        if lines:
            run(["sh", "-e"], "\n".join(lines), namespace=space)


def remove_uplink(scope: Scope, document: Document) -> None:
    """Give an uplink's interface back to the host, and take away what was made for it."""
    for space, link, leg, _ in list(_standing(scope, document)):
        _give_back(scope, space, link, leg)
    _unmark(scope, _name(document))
    if namespace_stands(scope.namespace):
        answers = (key.split("/", 2) for key in document.parts if key.startswith("proxy/"))
        standing = set(answers_of(_look(scope.namespace)))
        lines = [f"ip neigh del proxy {one} dev {link}" for _, link, one in answers if (link, one) in standing]
        run(["sh", "-e"], "\n".join(lines), namespace=scope.namespace)
    name = _name(document)
    for space in (scope.translator(name), scope.outside(name)):
        _remove_space(space)


def _remove_space(space: str) -> None:
    if namespace_stands(space):
        run(["ip", "netns", "del", space])


def give_all_back(scope: Scope) -> None:
    """Give every interface back before the namespaces go that hold them: the kernel would destroy some kinds."""
    for space, link, leg in list(_taken(scope)):
        _give_back(scope, space, link, leg)
    _unmark(scope)


def _taken(scope: Scope) -> Iterator[tuple[str, str, Leg]]:
    """Yield namespace, name and leg of every link of every uplink."""
    spaces = [scope.namespace, *(one.name for one in Path(NAMESPACES).glob(f"{scope.translator('')}*"))]
    for space in filter(namespace_stands, spaces):
        yield from ((space, link, leg) for link, leg in legs_among(scope, links_of(_look(space))).items())


def _take_over(scope: Scope, document: Document) -> None:
    """Give an interface back that another uplink has had so far: the site file gives it to this one now."""
    parts = document.parts
    wanted = parts.get("wire/source", parts["source"])
    for space, link, leg in list(_taken(scope)):
        mine = leg.source != wanted or leg.source in _MADE or leg.uplink == _name(document)
        if not mine and _kind(space, link) not in {"macvlan", "vlan"}:
            _give_back(scope, space, link, leg)


def _unmark(scope: Scope, uplink: str = "") -> None:
    """Put interfaces right that never left the host, or came back, while somebody was ended in the middle."""
    for link, leg in legs_among(scope, links_of(look_host(scope))).items():
        if uplink in {"", leg.uplink}:
            run(["ip", "link", "set", "dev", link, "alias", leg.held, leg.state])


def _standing(scope: Scope, document: Document) -> Iterator[tuple[str, str, Leg, str]]:
    """Yield namespace, name and leg of every link of an uplink that stands, and how it was taken."""
    name = _name(document)
    for space in filter(namespace_stands, (scope.namespace, scope.translator(name))):
        links = links_of(_look(space))
        for link, leg in legs_among(scope, links).items():
            if leg.uplink == name:
                yield space, link, leg, take_of(scope, links, link, leg)


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
    if wanted["take"] == "move" and (why := _use(link, parts["owner"])):
        problem = f"Uplink {_name(document)} would take '{source}', but {why}."
        raise Refused(problem, "Free it, or write 'shared: true' so that a part of it is taken.")


def _use(link: Mapping[str, Any], mine: str) -> str:
    """Say what the host uses an interface for; nothing for one that is free."""
    alias = str(link.get("ifalias", ""))
    if alias.startswith("ringfence:") and not alias.startswith(mine):
        return f"it is taken already ('{alias.split(maxsplit=1)[0]}')"
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
            *_extra_neighbours(router, parts["name"], parts),
        ],
    )
    if "namespace" in parts:
        yield parts["namespace"], list(_strays_inside(_look(parts["namespace"]), parts))


def _strays_inside(space: Space, parts: Mapping[str, str]) -> Iterator[str]:
    """Yield commands that take away what is not a translating namespace's own; its rules are loaded anew anyway."""
    links = links_of(space)
    for name in foreign_links(links):
        # One end of a pair takes the other along.
        yield f"! ip link show dev {name} >/dev/null 2>&1 || ip link del dev {name}"
    for leg, own, ways in ((OUTER, _below(parts, "wire"), ()), (INNER, _below(parts, "inner"), ("default",))):
        yield from _extra_addresses(links, leg, own)
        yield from _extra_routes(space, leg, ways)
        yield from _extra_neighbours(space, leg, own)
    yield from (f"ip neigh del proxy {one} dev {link}" for link, one in answers_of(space))


def _extra_neighbours(space: Space, name: str, parts: Mapping[str, str]) -> Iterator[str]:
    for one in neighbours_of(space, name):
        if one != parts.get("neighbour"):
            yield f"ip neigh del {one.split()[0]} dev {name}"


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


def _wanted(parts: Mapping[str, str], space: str) -> tuple[str, str, str]:
    """Return name, source and way of taking of the link that an uplink has in a namespace."""
    own = {**_below(parts, "wire"), "name": OUTER} if space == parts.get("namespace") else parts
    return own["name"], own["source"], own["take"]


def _below(parts: Mapping[str, str], head: str) -> dict[str, str]:
    return {key.removeprefix(f"{head}/"): value for key, value in parts.items() if key.startswith(f"{head}/")}


def _name(document: Document) -> str:
    return document.address.rsplit("/", 1)[-1]


def _kind(space: str, link: str) -> str:
    found = links_of(_look(space)).by_name.get(link, {})
    return str(found.get("linkinfo", {}).get("info_kind", ""))


def _look(namespace: str) -> Space:
    more = ("ip -j neigh show proxy", "ip -j neigh show nud permanent")
    links, _, routes, proxies, neighbours = look_space(namespace, (), *more)
    return Space(links, "", routes=routes, proxies=proxies, neighbours=neighbours)
