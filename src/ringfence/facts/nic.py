# SPDX-License-Identifier: Apache-2.0
"""What was observed about a network interface of a host."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

UNMOVABLE = frozenset({"bond", "team", "bridge"})
"""Kinds that the kernel never moves into another network namespace (NETIF_F_NETNS_LOCAL)."""

Manager = Literal["networkd", "networkmanager", "ifupdown"]


@dataclass(frozen=True, slots=True)
class Nic:
    """A physical or virtual network interface. ``speed`` in Mbit/s, None where unknown."""

    name: str
    mac: str
    driver: str
    """Driver of a device; the kind of whatever is made of others."""
    up: bool
    """It is switched on and has a carrier."""
    addresses: tuple[str, ...] = ()
    speed: int | None = None
    kind: str = ""
    """``bond``, ``vlan``, ``bridge``, ``veth`` ...; a device has none."""
    permanent_mac: str = ""
    """The one that the device was made with, where it shows another now."""
    carrier: bool | None = None
    """A cable with somebody at its other end; None while it is switched off and cannot tell."""
    master: str = ""
    """Bridge, bond or team that it is a port of."""
    parent: str = ""
    """What a VLAN or macvlan lies on."""
    default_route: bool = False
    """The host reaches everything beyond its own networks over it."""
    wireless: bool = False
    manager: Manager | None = None
    """Which network tool has it in its hands now."""
    holder: str = ""
    """``SITE/UPLINK``: it lies in that site's router, as that uplink's leg, and under the leg's name."""


def on_top_of(nics: Iterable[Nic], name: str) -> tuple[Nic, ...]:
    """Return the VLANs and macvlans of the host that lie on an interface."""
    return tuple(nic for nic in nics if nic.parent == name)
