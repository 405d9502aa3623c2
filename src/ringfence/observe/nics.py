# SPDX-License-Identifier: Apache-2.0
"""The host's network interfaces out of ``ip -j -d addr show`` and /sys/class/net."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ringfence.facts.host import Nic

_UPLINK_KINDS = {"", "bond", "team", "vlan"}  # a device has no kind
_OWN = re.compile(r"^rf[a-z0-9-]*-[a-z2-7]{6}$", re.ASCII)  # base.identity.link_name


@dataclass(frozen=True, slots=True)
class SysfsLink:
    """What /sys/class/net/NAME adds: the driver's name and the speed in Mbit/s (-1 where unknown)."""

    driver: str = ""
    speed: int | None = None


def link_names(ip_json: str) -> tuple[str, ...]:
    """Name every interface in ``ip -j`` output."""
    return tuple(str(link["ifname"]) for link in json.loads(ip_json))


def parse_nics(ip_json: str, links: Mapping[str, SysfsLink]) -> tuple[Nic, ...]:
    """List what may be an uplink, and whatever else carries an address, in the kernel's order.

    ``driver`` of a virtual interface is its kind (``bridge``, ``bond``, ``wireguard`` ...). Loopback and
    Ringfence's own interfaces are left out. Raises ValueError when the text is no JSON.
    """
    wanted = [link for link in json.loads(ip_json) if _wanted(link)]
    return tuple(_nic(link, links.get(link["ifname"], SysfsLink())) for link in wanted)


def _wanted(link: dict[str, Any]) -> bool:
    if link.get("link_type") == "loopback" or _OWN.match(link["ifname"]):
        return False
    uplink = link.get("link_type") == "ether" and _kind(link) in _UPLINK_KINDS
    return uplink or bool(_addresses(link))


def _kind(link: dict[str, Any]) -> str:
    return str(link.get("linkinfo", {}).get("info_kind", ""))


def _nic(link: dict[str, Any], sysfs: SysfsLink) -> Nic:
    flags = link.get("flags", ())
    return Nic(
        name=link["ifname"],
        mac=link.get("address", ""),
        driver=_kind(link) or sysfs.driver,
        up="UP" in flags and "LOWER_UP" in flags,
        addresses=_addresses(link),
        speed=sysfs.speed if sysfs.speed and sysfs.speed > 0 else None,
    )


def _addresses(link: dict[str, Any]) -> tuple[str, ...]:
    infos = [info for info in link.get("addr_info", ()) if info.get("scope") != "link" and "local" in info]
    return tuple(f"{info['local']}/{info['prefixlen']}" for info in infos)
