# SPDX-License-Identifier: Apache-2.0
"""Looks at a fabric: asks the tools once per namespace and hands what they print to ``observe.fabric``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from ringfence.compile.part.alias import owner
from ringfence.compile.part.link import SETTINGS as LINK_SETTINGS
from ringfence.compile.part.namespace import SWITCHES
from ringfence.compile.part.port import SETTINGS as PORT_SETTINGS
from ringfence.compile.part.setting import sysctl_path
from ringfence.compile.part.wire import STUB_SETTINGS
from ringfence.compile.scope import Endpoints, Scope
from ringfence.observe.fabric import Sight, known_ports
from ringfence.observe.links import Links, Space, links_of
from ringfence.observe.nft_listing import Listed, listed_tables
from ringfence.observe.wires import wires_among

from .firewall import obstacles
from .held import held_tables
from .namespaces import NFT_LIST, look_space, namespace_stands
from .outside import look_outside
from .server import look_dhcp
from .tool import run

_HOST_SETTINGS = (*LINK_SETTINGS["bridge"], *LINK_SETTINGS["leg"], *PORT_SETTINGS["port"])


def look(scope: Scope) -> Sight:
    """Return all that the tools tell about a fabric."""
    with ThreadPoolExecutor(4) as pool:
        guard = pool.submit(guard_listing, scope)
        router = pool.submit(_router, scope)
        host = pool.submit(look_host, scope)
        dhcp = pool.submit(look_dhcp, scope)
        space, ruleset = router.result()
        links = links_of(host.result())
        stubs = _stubs(scope, links, guard.result())
        return Sight(
            host.result(),
            guard.result(),
            space,
            ruleset,
            stubs,
            dhcp.result(),
            obstacles(_bridges(scope, links)),
            look_outside(scope, space),
            held=held_tables(ruleset),
        )


def look_host(scope: Scope) -> Space:
    """Return the host's namespace: links and settings of this fabric alone."""
    shown = run(["ip", "-j", "-d", "address", "show"])
    names = [name for name, link in links_of(Space(shown, "")).by_name.items() if _ours(scope, name, link)]
    return Space(shown, _settings(names), run(["bridge", "-j", "fdb", "show"]))


def guard_listing(scope: Scope) -> str:
    """Return the guard's table as nft lists it; empty where there is none."""
    return run([*NFT_LIST, "table", "bridge", scope.table], accept=(0, 1))


def router_tables(scope: Scope) -> dict[tuple[str, str], Listed]:
    """Return every table in the router's namespace, but those that go with a command which runs now."""
    if not namespace_stands(scope.namespace):
        return {}
    listing = run([*NFT_LIST, "ruleset"], namespace=scope.namespace)
    held = held_tables(listing)
    return {key: one for key, one in listed_tables(listing).items() if one.name not in held}


def guard_tables(scope: Scope) -> dict[tuple[str, str], Listed]:
    """Return the guard's table by family and name."""
    return listed_tables(guard_listing(scope))


def _router(scope: Scope) -> tuple[Space | None, str]:
    if not namespace_stands(scope.namespace):
        return None, ""
    settings = [path for key in SWITCHES if (path := sysctl_path(key, ""))]
    keys = {*LINK_SETTINGS["router"], *LINK_SETTINGS["uplink"]}
    settings += [path for key in sorted(keys) if (path := sysctl_path(key, "*"))]
    more = ("ip -j neigh show proxy", "ip -j neigh show nud permanent", " ".join([*NFT_LIST, "ruleset"]))
    links, sysctls, routes, proxies, neighbours, ruleset = look_space(scope.namespace, settings, *more)
    return Space(links, sysctls, routes=routes, proxies=proxies, neighbours=neighbours), ruleset


def _stubs(scope: Scope, host: Links, guard: str) -> Mapping[str, Space]:
    ports = known_ports(scope, host, listed_tables(guard).get(("bridge", scope.table)))
    spaces = (
        {scope.outside(uplink) for uplink in wires_among(scope, host).values()} if scope.fabric != "live" else set()
    )
    spaces |= {scope.stub(workload) for workload, _ in ports.values()} if scope.endpoints is Endpoints.STUB else set()
    settings = [path for key in (*PORT_SETTINGS["stub"], *STUB_SETTINGS) if (path := sysctl_path(key, "*"))]
    found = {}
    for name in filter(namespace_stands, sorted(spaces)):
        found[name] = look_stub(name, settings)
    return found


def look_stub(namespace: str, settings: Iterable[str] = ()) -> Space:
    """Return links, routes and rules inside a stub's namespace."""
    links, sysctls, routes, rules = look_space(namespace, settings, "ip -j -4 rule; ip -j -6 rule")
    return Space(links, sysctls, routes=routes, rules=rules)


def _ours(scope: Scope, name: str, link: Mapping[str, object]) -> bool:
    return name.startswith("rf") or str(link.get("ifalias", "")).startswith(owner(scope, ""))


def _bridges(scope: Scope, host: Links) -> tuple[str, ...]:
    prefix = owner(scope, "zone") + "/"
    aliases = ((name, str(link.get("ifalias", ""))) for name, link in host.by_name.items())
    return tuple(name for name, alias in aliases if alias.startswith(prefix) and alias.endswith("/bridge"))


def _settings(names: Iterable[str]) -> str:
    lines = []
    for name in names:
        for key in dict.fromkeys(_HOST_SETTINGS):
            path = Path(sysctl_path(key, name) or "")
            if path.is_file():
                lines.append(f"{path}:{path.read_text().strip()}")
    return "\n".join(lines)
