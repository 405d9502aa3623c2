# SPDX-License-Identifier: Apache-2.0
"""The words in which each network tool is told to leave interfaces alone."""

from __future__ import annotations

import json
from collections.abc import Iterable

from ringfence.facts.network import Declared

_NETWORKD = """\
[Match]
Name={names}

[Link]
Unmanaged=yes
RequiredForOnline=no
"""


def networkd_unmanaged(*names: str) -> str:
    """Return a .network file: the first that matches an interface counts (systemd.network(5))."""
    return _NETWORKD.format(names=" ".join(names))


def networkmanager_unmanaged(*names: str) -> str:
    """Return a file for conf.d, which adds to what other files say (NetworkManager.conf(5), Device List Format)."""
    return f"[keyfile]\nunmanaged-devices+={';'.join(f'interface-name:{name}' for name in names)}\n"


def netplan_optional(declared: Iterable[Declared]) -> str:
    """Return YAML that is merged into definitions of these names (netplan(5)): no address, and no boot waits for it."""
    lines = ["network:", "  version: 2"]
    for one in declared:
        lines += [f"  {one.method}:", f"    {json.dumps(one.name)}:", "      optional: true"]
        lines += ["      dhcp4: false", "      dhcp6: false", "      accept-ra: false", "      link-local: []"]
    return "\n".join(lines) + "\n"


def ifupdown_manual(name: str) -> str:
    """Return a stanza that brings nothing up, and tells NetworkManager's ifupdown part whose it is (interfaces(5))."""
    return f"iface {name} inet manual\n"
