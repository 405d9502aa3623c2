# SPDX-License-Identifier: Apache-2.0
"""Chains of the guard that belong to one port: for what nftables could only look up in sets of raw fields."""

from __future__ import annotations

from collections.abc import Mapping

from .element import MEMBER, Element

ADVERTS, LEASES, QUESTIONS, ERRORS4, ERRORS6 = "adverts", "leases", "questions", "errors4", "errors6"
_CHAINS: Mapping[str, str] = {
    ADVERTS: "advert",
    LEASES: "lease",
    QUESTIONS: "question",
    ERRORS4: "error4",
    ERRORS6: "error6",
}
"""By map from a port to its chain: which neighbour advertisements (RFC 4861) a port may send, for which MAC it may
ask for an address (RFC 2131), how often it may ask the router at all, and about which packets it may send errors."""


def has_chain(lookup: str) -> bool:
    """Tell whether the elements of a map lead to chains of ports."""
    return lookup in _CHAINS


def port_chain(lookup: str, port: str) -> str:
    """Return the name of a port's chain; ``port`` may be quoted as in an element."""
    return f"{_CHAINS[lookup]}_" + port.strip('"')


def guard_value(element: Element) -> str:
    """Return what an element of the guard maps to: its port's chain, or nothing where it is in a set."""
    return f"goto {port_chain(element.lookup, element.key)}" if has_chain(element.lookup) else MEMBER
