# SPDX-License-Identifier: Apache-2.0
"""Namespaces, links and ports: brought to their documents, removed, and never taken from somebody else."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ringfence.base.errors import Refused
from ringfence.compile.document import Document
from ringfence.compile.fabric.link import link_script
from ringfence.compile.fabric.namespace import namespace_script
from ringfence.compile.fabric.port import port_script
from ringfence.compile.fabric.shell import below
from ringfence.compile.part.alias import owner
from ringfence.compile.scope import Scope
from ringfence.observe.fabric import foreign_ways, known_ports, strangers
from ringfence.observe.links import Links, Space, links_of
from ringfence.observe.uplinks import ways_of
from ringfence.observe.wires import wires_among

from . import firewall
from .look import guard_tables, look_host
from .namespaces import look_space, namespace_stands
from .tool import run
from .uplinks import give_all_back
from .ways import clear_ways


def ensure_namespace(scope: Scope, document: Document) -> None:
    """Make or mend the router's namespace; links and routes in it that are nobody's go."""
    run(["sh", "-e"], namespace_script(scope, document.parts))
    shown, _, routes, proxies = look_space(scope.namespace, (), "ip -j neigh show proxy")
    space = Space(shown, "", routes=routes, proxies=proxies)
    lines = [
        # One end of a pair takes the other along.
        f"! ip link show dev {name} >/dev/null 2>&1 || ip link del dev {name}"
        for name in strangers(scope, links_of(space))
    ]
    lines += _against(foreign_ways(scope, space))
    if lines:
        run(["sh", "-e"], "\n".join(lines), namespace=scope.namespace)


def _against(ways: Iterable[tuple[str, str]]) -> Iterator[str]:
    """Yield what takes foreign routes and answers away: pairs of a part's key and its value."""
    for key, way in ways:
        kind, _, target = key.removeprefix("foreign/").partition("/")
        if kind == "route":
            yield f"ip route del {target} {way.replace('gateway', 'via')}"
        else:
            link, _, one = target.partition("/")
            yield f"ip neigh del proxy {one} dev {link}"


def remove_namespace(scope: Scope) -> None:
    """Remove the router's namespace with everything in it but the plant's interfaces, which go back to the host."""
    give_all_back(scope)
    if namespace_stands(scope.namespace):
        run(["ip", "netns", "del", scope.namespace])


def ensure_link(scope: Scope, document: Document) -> None:
    """Make or mend a zone's links, and take away what does not belong to them."""
    parts = document.parts
    _clear_way(scope, parts)
    run(["sh", "-e"], link_script(scope, parts))
    host = links_of(look_host(scope))
    legged = "leg/name" in parts
    lines = [*strays(host, parts, "bridge"), *_strange_ports(scope, host, parts)]
    lines += strays(host, parts, "leg") if legged else ()
    stray = [*strays(_inside(scope), parts, "router"), *_stray_routes(scope, parts)] if legged else []
    if lines:
        run(["sh", "-e"], "\n".join(lines))
    if stray:
        run(["sh", "-e"], "\n".join(stray), namespace=scope.namespace)
    if firewall.obstacles([parts["bridge/name"]]):
        firewall.accept(parts["bridge/name"])


def remove_link(scope: Scope, document: Document) -> None:
    """Remove a zone's bridge and legs."""
    host = links_of(look_host(scope))
    zone = document.address.rsplit("/", 1)[-1]
    for end in ("leg", "bridge"):
        for name in _aliased(host, owner(scope, "zone", zone, end)):
            if end == "bridge":
                firewall.forget(name)
            run(["ip", "link", "del", "dev", name])


def ensure_port(document: Document) -> None:
    """Mend a port; with a stub at its end, make it. Raises Refused where QEMU has opened no tap of that name."""
    name = document.parts["name"]
    standing = _link(name)
    if standing is None and "stub/namespace" not in document.parts:
        raise Refused(f"Port {name} is not there: its workload does not run.", "Start the workload, then apply again.")
    refuse_foreign(name, standing, document.parts["alias"], allow_bare=True)
    clear_ways(below(document.parts, "stub"))
    run(["sh", "-e"], port_script(document.parts))


def remove_port(document: Document) -> None:
    """Remove a stub with its port; a tap, which is QEMU's, is only taken off the bridge."""
    name, namespace = document.parts["name"], document.parts.get("stub/namespace", "")
    if _link(name) is not None:
        if namespace:
            run(["ip", "link", "del", "dev", name])
        else:
            run(["ip", "link", "set", "dev", name, "nomaster", "alias", ""])
    if namespace and namespace_stands(namespace):
        left = links_of(Space(look_space(namespace, ())[0], ""))
        if set(left.by_name) <= {"lo"}:
            run(["ip", "netns", "del", namespace])


def _clear_way(scope: Scope, parts: Mapping[str, str]) -> None:
    """Remove our links of other names, and a leg whose other end has gone; refuse names that are somebody else's."""
    host, inside = links_of(look_host(scope)), _inside(scope)
    zone = parts["bridge/alias"].removesuffix("/bridge")
    for end in ("bridge", "leg"):
        name, alias = parts.get(f"{end}/name", ""), f"{zone}/{end}"
        refuse_foreign(name, host.by_name.get(name), alias)
        for other in _aliased(host, alias):
            if other != name:
                run(["ip", "link", "del", "dev", other])
    leg, router = parts.get("leg/name", ""), parts.get("router/name")
    if leg in host.by_name and router not in inside.by_name:
        run(["ip", "link", "del", "dev", leg])


def refuse_foreign(name: str, link: Mapping[str, Any] | None, alias: str, *, allow_bare: bool = False) -> None:
    """Raise Refused where a link stands under our name that is somebody else's; ``allow_bare``: or nobody's."""
    found = str((link or {}).get("ifalias", ""))
    if link is None or found == alias or (allow_bare and not found):
        return
    raise Refused(
        f"A network interface '{name}' stands that is not this fabric's.",
        f"Remove or rename it ('ip link show {name}'), then apply again.",
    )


def strays(links: Links, parts: Mapping[str, str], end: str) -> Iterator[str]:
    """Yield commands that remove addresses and bound MACs which the parts do not name."""
    name = parts[f"{end}/name"]
    found = links.port_parts(name, ())
    for version in ("ipv4", "ipv6"):
        wanted = parts.get(f"{end}/{version}", "").split()
        for one in found.get(version, "").split():
            if one not in wanted:
                yield f"ip address del {one} dev {name}"
    for mac in found.get("fdb", "").split():
        if mac not in parts.get(f"{end}/fdb", "").split():
            yield f"bridge fdb del {mac} dev {name} master static"


def _stray_routes(scope: Scope, parts: Mapping[str, str]) -> Iterator[str]:
    """Yield commands that remove routes into a zone which the parts do not name."""
    shown, _, routes = look_space(scope.namespace, ())
    leg, wanted = parts["router/name"], {parts.get("router/route4"), parts.get("router/route6")}
    for target, way in ways_of(Space(shown, "", routes=routes), leg).items():
        if target not in wanted or way != "direct":
            yield f"ip route del {target} dev {leg}"


def _strange_ports(scope: Scope, host: Links, parts: Mapping[str, str]) -> Iterator[str]:
    known = {*known_ports(scope, host, guard_tables(scope).get(("bridge", scope.table))), *wires_among(scope, host)}
    for name in host.ports(parts["bridge/name"]):
        if name != parts.get("leg/name") and name not in known:
            yield f"ip link set dev {name} nomaster"


def _aliased(links: Links, alias: str) -> list[str]:
    return [name for name, link in links.by_name.items() if link.get("ifalias") == alias]


def _inside(scope: Scope) -> Links:
    return links_of(Space(look_space(scope.namespace, ())[0], ""))


def _link(name: str) -> Mapping[str, Any] | None:
    return links_of(Space(run(["ip", "-j", "-d", "address", "show"]), "")).by_name.get(name)
