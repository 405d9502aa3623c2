# SPDX-License-Identifier: Apache-2.0
"""Words of nft as conditions on a bit-vector: single values, ranges, prefixes, names."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Any

import z3
from tests.oracle.terms import ARP, IP4, IP6, PROVIDER, TAGGED, Term

_ETHER = {"ip": IP4, "ip6": IP6, "arp": ARP, "8021q": TAGGED, "8021ad": PROVIDER}
_KINDS: dict[str, dict[str, int]] = {
    "ether": _ETHER,
    "family": {"ipv4": IP4, "ipv6": IP6},
    "protocol": {"icmp": 1, "igmp": 2, "tcp": 6, "udp": 17, "ipv6-icmp": 58, "vrrp": 112},
    "icmp": {
        "echo-reply": 0,
        "destination-unreachable": 3,
        "echo-request": 8,
        "time-exceeded": 11,
        "parameter-problem": 12,
    },
    "icmp6": {
        "destination-unreachable": 1,
        "packet-too-big": 2,
        "time-exceeded": 3,
        "parameter-problem": 4,
        "echo-request": 128,
        "echo-reply": 129,
        "mld-listener-query": 130,
        "mld-listener-report": 131,
        "mld-listener-done": 132,
        "nd-router-solicit": 133,
        "nd-router-advert": 134,
        "nd-neighbor-solicit": 135,
        "nd-neighbor-advert": 136,
        "nd-redirect": 137,
        "mld2-listener-report": 143,
    },
    "state": {"invalid": 0, "established": 1, "related": 2, "new": 3, "untracked": 4},
    "direction": {"original": 0, "reply": 1},
    "cast": {"host": 0, "unicast": 0, "broadcast": 1, "multicast": 2, "other": 3},
    "operation": {"request": 1, "reply": 2},
}
_NAME = 16


def holds(term: Term, kind: str, value: Any) -> Term:
    """Return when a bit-vector is a value, as ``tests.packets.ruleset`` reads it from a script."""
    first, last = span(kind, value)
    return term == first if first == last else z3.And(z3.UGE(term, first), z3.ULE(term, last))


def span(kind: str, value: Any) -> tuple[int, int]:
    """Return the first and the last number of what a word stands for. Raises KeyError for a word nobody knows."""
    match value:
        case int():
            return value, value
        case range():
            return value.start, value.stop - 1
        case IPv4Address() | IPv6Address():
            return int(value), int(value)
        case IPv4Network() | IPv6Network():
            return int(value.network_address), int(value.broadcast_address)
        case _:
            return _word(kind, str(value))


def _word(kind: str, text: str) -> tuple[int, int]:
    if kind == "name":
        return _interface(text)
    if kind == "mac":
        return (int(text.replace(":", ""), 16),) * 2
    if kind == "address":
        first, _, last = text.partition("-")
        return int(ip_address(first)), int(ip_address(last))
    return (_KINDS[kind][text],) * 2


def _interface(name: str) -> tuple[int, int]:
    """Names are compared as 16 bytes; an asterisk at the end leaves the rest open."""
    raw = name.removesuffix("*").encode()
    low = int.from_bytes(raw + bytes(_NAME - len(raw)), "big")
    high = int.from_bytes(raw + b"\xff" * (_NAME - len(raw)), "big")
    return (low, high) if name.endswith("*") else (low, low)
