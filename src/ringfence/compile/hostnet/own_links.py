# SPDX-License-Identifier: Apache-2.0
"""Files that keep network tools off Ringfence's own bridges, legs and taps: rf, a name and a hash (base.identity)."""

from __future__ import annotations

from ringfence.compile.part.hostnet import NETWORKD, NETWORKMANAGER, stem
from ringfence.compile.scope import Scope
from ringfence.facts.network import Tool

from .form import networkd_unmanaged, networkmanager_unmanaged

_NAMES = "rf*-??????"
_WHAT = "its own bridges, legs and taps"
_LINK = """\
# Their names and MACs are set by whoever makes them. Left alone, udev would set a MAC of its own where it comes first.
[Match]
OriginalName={names}

[Link]
NamePolicy=keep kernel
MACAddressPolicy=none
"""


def own_files(scope: Scope, tools: frozenset[Tool]) -> dict[str, str]:
    """Return contents by path, for the tools that are on the host."""
    name, found = stem(scope.site), dict[str, str]()
    if "udev" in tools:
        found[f"{NETWORKD}/05-{name}.link"] = _LINK.format(names=_NAMES)
    if "networkd" in tools:
        found[f"{NETWORKD}/05-{name}.network"] = networkd_unmanaged(_NAMES)
    if "networkmanager" in tools:
        found[f"{NETWORKMANAGER}/90-{name}.conf"] = networkmanager_unmanaged(_NAMES)
    return {path: _head(scope) + text for path, text in found.items()}


def _head(scope: Scope) -> str:
    return (
        f"# Ringfence wrote this for site {scope.site}: network tools leave {_WHAT} alone.\n"
        "# A change made here is drift, and the next apply undoes it.\n"
    )
