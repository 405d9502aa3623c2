# SPDX-License-Identifier: Apache-2.0
"""The host's network interfaces out of ``ip -j -d address show``, ``ip -j route`` and /sys/class/net."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ringfence.facts.nic import Manager, Nic

_LIES_ON_ANOTHER = {"vlan", "macvlan", "macvtap", "ipvlan", "ipvtap"}
_OWN = re.compile(r"^rf[a-z0-9-]*-[a-z2-7]{6}$", re.ASCII)  # base.identity.link_name
_LEG = re.compile(r"^ringfence:([a-z0-9-]+)/live/uplink/([a-z0-9-]+)(?:/([^/ ]+)|$)", re.ASCII)  # compile.part.alias
_NO_WIRE = {"translated", "stub"}
"""In place of the name that an interface has on the host: a leg that only leads to where the interface lies."""


@dataclass(frozen=True, slots=True)
class SysfsLink:
    """What /sys/class/net/NAME adds: the driver's name, the speed in Mbit/s (-1 where unknown), whether by radio."""

    driver: str = ""
    speed: int | None = None
    wireless: bool = False


def link_numbers(ip_json: str) -> dict[str, int]:
    """Return the index of every interface in ``ip -j`` output, by name."""
    return {str(link["ifname"]): int(link.get("ifindex", 0)) for link in json.loads(ip_json)}


def default_routes(routes_json: str) -> frozenset[str]:
    """Return the interfaces that default routes lead over, of ``ip -j route show``."""
    routes = (route for route in json.loads(routes_json or "[]") if route.get("dst") == "default")
    hops = (hop for route in routes for hop in (route, *route.get("nexthops", ())))
    return frozenset(str(hop["dev"]) for hop in hops if "dev" in hop)


def parse_nics(
    ip_json: str,
    links: Mapping[str, SysfsLink],
    defaults: Iterable[str] = (),
    managers: Mapping[str, Manager] | None = None,
) -> tuple[Nic, ...]:
    """List the host's interfaces in the kernel's order, without loopback and Ringfence's own.

    ``defaults`` are the names of those that carry a default route. Raises ValueError when the text is no JSON.
    """
    routed, told = frozenset(defaults), managers or {}
    wanted = [link for link in json.loads(ip_json) if _wanted(link)]
    return tuple(
        _nic(
            link,
            links.get(link["ifname"], SysfsLink()),
            default_route=link["ifname"] in routed,
            manager=told.get(link["ifname"]),
        )
        for link in wanted
    )


def parse_legs(ip_json: str) -> Iterator[Nic]:
    """Yield the legs of uplinks out of what ``ip -j -d address show`` prints in a namespace of a live router."""
    for link in json.loads(ip_json):
        whose = _LEG.match(str(link.get("ifalias", "")))
        if whose and whose[3] not in _NO_WIRE:
            yield _nic(link, SysfsLink(), holder=f"{whose[1]}/{whose[2]}")


def _wanted(link: dict[str, Any]) -> bool:
    if link.get("link_type") == "loopback" or _OWN.match(link["ifname"]):
        return False
    return link.get("link_type") == "ether" or bool(_addresses(link))


def _kind(link: dict[str, Any]) -> str:
    return str(link.get("linkinfo", {}).get("info_kind", ""))


def _nic(
    link: dict[str, Any],
    sysfs: SysfsLink,
    *,
    default_route: bool = False,
    manager: Manager | None = None,
    holder: str = "",
) -> Nic:
    flags, kind = link.get("flags", ()), _kind(link)
    return Nic(
        name=link["ifname"],
        mac=link.get("address", ""),
        driver=kind or sysfs.driver,
        up="UP" in flags and "LOWER_UP" in flags,
        addresses=_addresses(link),
        speed=sysfs.speed if sysfs.speed and sysfs.speed > 0 else None,
        kind=kind,
        permanent_mac=link.get("permaddr", ""),
        carrier="LOWER_UP" in flags if "UP" in flags else None,
        master=link.get("master", ""),
        parent=link.get("link", "") if kind in _LIES_ON_ANOTHER else "",
        default_route=default_route,
        wireless=sysfs.wireless,
        manager=manager,
        holder=holder,
    )


def _addresses(link: dict[str, Any]) -> tuple[str, ...]:
    infos = [info for info in link.get("addr_info", ()) if info.get("scope") != "link" and "local" in info]
    return tuple(f"{info['local']}/{info['prefixlen']}" for info in infos)
