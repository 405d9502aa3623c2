# SPDX-License-Identifier: Apache-2.0
"""Sets of the guard that layer-2 conduits own elements of: what a port may say, and from where to where it may go.

A set of its own per VLAN: nft has no data type for the number in a tag that a set could be declared with, but for
``typeof``, which the guard does without (guard_table.py).
"""

from __future__ import annotations

SAYS, FRAMES = "says", "frames"
SAYS_KEY = "ifname . ether_type . ether_addr . ether_addr"
"""Port, EtherType behind the tag, sender's and receiver's MAC."""
FRAMES_KEY = "ifname . ifname . ether_type . ether_addr . ether_addr"
"""Port that it comes in at, port that it leaves by, and the same."""


def frame_set(name: str, vlan: int) -> str:
    """Return the name of a set; VLAN 0 is what frames without a tag and with a priority alone belong to."""
    return f"{name}_{vlan}" if vlan else name


def vlan_of(lookup: str) -> int:
    """Return the VLAN of a set's frames; 0 for none."""
    tail = lookup.partition("_")[2]
    return int(tail) if tail.isdecimal() else 0


def is_passage(lookup: str) -> bool:
    """Tell whether a set of the guard says from which port to which frames may go."""
    return is_frame_set(lookup) and lookup.startswith(FRAMES)


def is_frame_set(lookup: str) -> bool:
    """Tell whether a set of the guard holds elements of layer-2 conduits."""
    name, _, tail = lookup.partition("_")
    return name in {SAYS, FRAMES} and (tail.isdecimal() or lookup == name)
