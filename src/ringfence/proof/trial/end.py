# SPDX-License-Identifier: Apache-2.0
"""Ends of a sealed copy: where packets are sent from, and where it is noted what arrives."""

from __future__ import annotations

from dataclasses import dataclass

SIX = 6
EVERYTHING = "*"
"""Address of an end that answers for whatever it is asked: the plant behind an uplink."""


@dataclass(frozen=True, slots=True)
class End:
    """One end of a link. ``name`` is a flow's end (proof/flow.py), or ``strange/LINK`` for what nobody declared.

    ``link`` is what stands for it in the copy; ``near`` the MAC of the router's leg on its network, empty where there
    is none; ``bridge`` that of the zone's bridge. ``addresses`` are those that it speaks with, and answers for.
    ``zone`` is the zone's name, or empty behind an uplink.
    """

    name: str
    link: str
    mac: str
    zone: str = ""
    addresses: tuple[str, ...] = ()
    near: str = ""
    bridge: str = ""

    def speaks(self, version: int) -> tuple[str, ...]:
        """Return its addresses of one version of IP."""
        return tuple(one for one in self.addresses if one != EVERYTHING and (":" in one) is (version == SIX))
