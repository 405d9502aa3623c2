# SPDX-License-Identifier: Apache-2.0
"""Where the files lie that tell the distribution's network tools to leave something alone, and whose each is.

Names of sites and uplinks hold no underscore, so that SITE_UPLINK names one uplink only. ``source-directory`` of
interfaces(5) takes names of letters, digits, hyphens and underscores.
"""

from __future__ import annotations

import re

OWN = ("own", "links")
"""Names of the artifact about Ringfence's own links; an uplink's is its own name alone."""
NETWORKD, NETWORKMANAGER = "/etc/systemd/network", "/etc/NetworkManager/conf.d"
NETPLAN, IFUPDOWN = "/etc/netplan", "/etc/network/interfaces.d"
FOLDERS = (NETWORKD, NETWORKMANAGER, NETPLAN, IFUPDOWN)
_NAME = r"[a-z][a-z0-9-]*"
_FILE = re.compile(
    rf"^(?:{NETWORKD}/05-|{NETWORKMANAGER}/90-|{NETPLAN}/90-|{IFUPDOWN}/)"
    rf"ringfence-({_NAME})(?:_({_NAME}))?(?:\.(?:network|link|conf|yaml))?$",
    re.ASCII,
)


def stem(site: str, uplink: str = "") -> str:
    """Return what the names of the files about an uplink, or about a site's own links, have in common."""
    return f"ringfence-{site}_{uplink}" if uplink else f"ringfence-{site}"


def whose(path: str, site: str) -> tuple[str, ...] | None:
    """Return the names of the artifact that a file belongs to; None for a file of another site or of no one."""
    found = _FILE.match(path)
    if found is None or found[1] != site:
        return None
    return (found[2],) if found[2] else OWN


def mode(path: str) -> str:
    """Return the octal mode of a file: netplan's hold secrets and are root's alone, all others are read by services."""
    return "0600" if path.startswith(f"{NETPLAN}/") else "0644"
