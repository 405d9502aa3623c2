# SPDX-License-Identifier: Apache-2.0
"""A layer-2 uplink's interface, its wire: a port of a layer-2 zone's bridge, and what it was before it became one."""

from __future__ import annotations

WIRE = {
    "isolated": "0",
    "learning": "0",  # what lies behind it is declared, and bound
    "flood": "0",
    "mcast_flood": "1",
    "bcast_flood": "1",
    "bpdu_guard": "1",
    "inet6.conf.disable_ipv6": "1",  # else the host itself would ask for routers on the plant's wire
    "up": "yes",
}
STUB = {"inet6.conf.disable_ipv6": "1", "up": "yes"}
"""The end that stands for the plant in a sealed copy."""
SETTINGS = STUB_SETTINGS = ("inet6.conf.disable_ipv6",)
"""Kernel settings that are parts."""
_WAS = " was "


def with_past(alias: str, past: str) -> str:
    """Return what an interface carries as its alias while it is ours: ``OWNER was up 0 OTHER``.

    ``past`` is ``up`` or ``down``, ``disable_ipv6``, and the alias that somebody else had given it.
    """
    return f"{alias}{_WAS}{past}"


def without_past(alias: str) -> str:
    """Return whose an interface is."""
    return alias.partition(_WAS)[0]
