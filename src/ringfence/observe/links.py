# SPDX-License-Identifier: Apache-2.0
"""What ip and bridge print (``-json``, iproute2 6.1 and later) and what sysctl files hold become parts of links."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ringfence.compile.part.port import PORT_FLAGS
from ringfence.compile.part.setting import sysctl_path


@dataclass(frozen=True, slots=True)
class Space:
    """One network namespace as its tools print it."""

    links: str
    """``ip -j -d address show``."""
    sysctls: str
    """``grep -H ^ FILE...``: a line ``path:value`` for each file."""
    fdb: str = "[]"
    """``bridge -j fdb show``."""
    routes: str = "[]"
    """``ip -j route show table all``."""
    proxies: str = "[]"
    """``ip -j neigh show proxy``."""
    neighbours: str = "[]"
    """``ip -j neigh show nud permanent``."""
    rules: str = ""
    """``ip -j -4 rule`` and ``ip -j -6 rule``, a line each."""


@dataclass(frozen=True, slots=True)
class Links:
    """Links of one namespace by name, with their settings."""

    by_name: Mapping[str, Mapping[str, Any]]
    settings: Mapping[str, str]
    """By path of the file."""
    bound: Mapping[str, tuple[str, ...]]
    """Static MACs by port."""

    def parts(self, name: str, keys: Iterable[str]) -> dict[str, str]:
        """Return a link's parts; ``keys`` are its settings. Empty where there is no such link."""
        link = self.by_name.get(name)
        if link is None:
            return {}
        found = {"name": name, "mac": str(link.get("address", "")), "up": _up(link)}
        for key, field in (("alias", "ifalias"), ("master", "master")):
            if field in link:
                found[key] = str(link[field])
        found |= {key: value for key in keys if (value := self._setting(key, name)) is not None}
        return {**found, **_addresses(link), **_details(link)}

    def port_parts(self, name: str, keys: Iterable[str]) -> dict[str, str]:
        """Return the parts of a bridge's port: those of the link, its flags and the MACs bound to it."""
        found = self.parts(name, keys)
        macs = " ".join(self.bound.get(name, ()))
        return {**found, **({"fdb": macs} if macs and found else {})}

    def ports(self, bridge: str) -> tuple[str, ...]:
        """Return the names of a bridge's ports."""
        return tuple(name for name, link in self.by_name.items() if link.get("master") == bridge)

    def _setting(self, key: str, name: str) -> str | None:
        path = sysctl_path(key, name)
        return self.settings.get(path) if path else None


def links_of(space: Space) -> Links:
    """Return the links that a namespace's tools printed."""
    by_name = {link["ifname"]: link for link in json.loads(space.links or "[]") if "ifname" in link}
    settings = dict(line.rsplit(":", 1) for line in space.sysctls.splitlines() if ":" in line)
    return Links(by_name, settings, _bound(space.fdb))


def foreign_routes(text: str, ours: Collection[str] = ()) -> Iterator[tuple[str, str]]:
    """Yield destination and way of each route that the kernel did not make from an address; none over ``ours``."""
    for route in json.loads(text or "[]"):
        if route.get("protocol") != "kernel" and ("table" in route or route.get("dev") not in ours):
            words = [f"{key} {route[key]}" for key in ("gateway", "dev", "table") if key in route]
            yield str(route.get("dst", "")), " ".join(words) or str(route.get("type", "there"))


def _bound(text: str) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for entry in json.loads(text or "[]"):
        if entry.get("state") == "static" and "master" in entry:
            name = entry["ifname"]
            found[name] = tuple(sorted((*found.get(name, ()), entry["mac"])))
    return found


def _up(link: Mapping[str, Any]) -> str:
    return "yes" if "UP" in link.get("flags", ()) else "no"


def _addresses(link: Mapping[str, Any]) -> dict[str, str]:
    found: dict[str, list[str]] = {"ipv4": [], "ipv6": []}
    for one in link.get("addr_info", ()):
        if one.get("local"):
            version = {"inet": "ipv4", "inet6": "ipv6"}[one["family"]]
            found[version].append(f"{one['local']}/{one['prefixlen']}")
    return {version: " ".join(sorted(texts)) for version, texts in found.items() if texts}


def _details(link: Mapping[str, Any]) -> dict[str, str]:
    info = link.get("linkinfo", {})
    found = {}
    if info.get("info_kind") == "bridge":
        found = {key: str(info["info_data"].get(key)) for key in ("stp_state", "mcast_snooping")}
    if info.get("info_slave_kind") == "bridge":
        flags = info["info_slave_data"]
        found |= {key: str(int(bool(flags.get(word)))) for key, word in PORT_FLAGS.items()}
    return found
