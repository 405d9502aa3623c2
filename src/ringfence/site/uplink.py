# SPDX-License-Identifier: Apache-2.0
"""An uplink: an address-less interface of the host that leads to the plant."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Uplink:
    """``interface`` is a NIC, bond or VLAN owned by the distribution's network tool."""

    name: str
    host: str
    interface: str
    shared: bool = False
    """The host uses the NIC too: a macvlan of it is taken instead of the NIC."""
    vlan: int | None = None
    description: str = ""
