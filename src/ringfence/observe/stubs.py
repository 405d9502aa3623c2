# SPDX-License-Identifier: Apache-2.0
"""What ``ip -json`` prints inside a stub's namespace becomes the stub's parts, its routes and rules included."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import ip_network

from ringfence.compile.part.port import SETTINGS

from .links import Space, links_of


@dataclass(frozen=True, slots=True)
class Routes:
    """Routes of one link that the kernel did not make from an address, and the rules that lead to them."""

    defaults: dict[str, str]
    """Gateway by ``4`` and ``6``."""
    own: dict[str, str]
    """The same in the link's own routing table."""
    table: str
    """Number of that table; empty where it has none."""
    sources: tuple[str, ...]
    """Addresses whose packets ask that table."""
    reach: tuple[str, ...]
    """Networks that the main table reaches by the link."""


def stub_parts(namespace: str, interface: str, space: Space | None) -> dict[str, str]:
    """Return the parts of a stub's interface, empty where the namespace is not there."""
    if space is None:
        return {}
    found = links_of(space).parts(interface, SETTINGS["stub"])
    found["ipv6"] = " ".join(one for one in found.get("ipv6", "").split() if not one.startswith("fe80:"))
    seen = stub_routes(space, interface)
    found |= {f"route{version}": gateway for version, gateway in seen.defaults.items()}
    found |= {f"via{version}": gateway for version, gateway in seen.own.items()}
    found |= {"table": seen.table, "from": " ".join(seen.sources), "reach": " ".join(seen.reach)}
    return {"namespace": namespace, **{key: value for key, value in found.items() if value}}


def stub_routes(space: Space, interface: str) -> Routes:
    """Return the ways out by one interface."""
    defaults: dict[str, str] = {}
    own: dict[str, str] = {}
    reach, table = [], ""
    for target, gateway, of in _routes(space.routes, interface):
        version = "6" if ":" in gateway else "4"
        if target == "default" and of == "main":
            defaults[version] = gateway
        elif target == "default":
            own[version], table = gateway, of
        elif of == "main":
            reach.append(str(ip_network(target)))
    return Routes(defaults, own, table, tuple(sorted(_sources(space.rules, table))), tuple(sorted(reach)))


def _routes(text: str, interface: str) -> Iterator[tuple[str, str, str]]:
    """Yield destination, gateway and table."""
    for route in json.loads(text or "[]"):
        if route.get("dev") == interface and route.get("gateway") and route.get("protocol") != "kernel":
            yield str(route["dst"]), str(route["gateway"]), str(route.get("table", "main"))


def _sources(text: str, table: str) -> Iterator[str]:
    for line in text.splitlines():
        yield from (str(rule["src"]) for rule in json.loads(line) if table and rule.get("table") == table)
