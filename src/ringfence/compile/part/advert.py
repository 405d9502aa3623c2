# SPDX-License-Identifier: Apache-2.0
"""The guard's chains that tell which neighbour advertisements (RFC 4861) a port may send."""

from __future__ import annotations

from .element import MEMBER, Element

ADVERTS = "adverts"
"""Map from a port to its chain."""


def advert_chain(port: str) -> str:
    """Return the name of a port's chain; ``port`` may be quoted as in an element."""
    return "advert_" + port.strip('"')


def guard_value(element: Element) -> str:
    """Return what an element of the guard maps to: its port's chain, or nothing where it is in a set."""
    return f"goto {advert_chain(element.key)}" if element.lookup == ADVERTS else MEMBER
