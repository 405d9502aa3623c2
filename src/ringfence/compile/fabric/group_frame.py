# SPDX-License-Identifier: Apache-2.0
"""To which MAC address frames go whose packets are for many: every broadcast and group that a site relays."""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import IPv4Address, IPv6Address

from ringfence.site.site import Site

from .cast import EVERYBODY, broadcast_of
from .relay_table import group_flows

_ALL = "ff:ff:ff:ff:ff:ff"


def frames_to_many(site: Site) -> dict[str, Mapping[str, str]]:
    """Return MAC by address, by name of the guard's map; only the maps that the site's conduits need."""
    flows = [flow for flow in group_flows(site) if flow.reach != "unicast"]
    groups = {flow.group for flow in flows if flow.group}
    four = {str(group): group_mac(group) for group in groups if isinstance(group, IPv4Address)}
    six = {str(group): group_mac(group) for group in groups if isinstance(group, IPv6Address)}
    if any(flow.reach == "broadcast" for flow in flows):
        everybody = (EVERYBODY, *(broadcast_of(zone.ipv4) for zone in site.zones.values()))
        four |= dict.fromkeys(filter(None, everybody), _ALL)
    return {name: dict(sorted(found.items())) for name, found in (("casts4", four), ("casts6", six)) if found}


def group_mac(group: IPv4Address | IPv6Address) -> str:
    """Return the MAC address of a group's frames (RFC 1112 clause 6.4, RFC 2464 clause 7)."""
    tail = group.packed[-4:]
    if isinstance(group, IPv6Address):
        return f"33:33:{tail.hex(':')}"
    return f"01:00:5e:{tail[1] & 0x7F:02x}:{tail[2:].hex(':')}"
