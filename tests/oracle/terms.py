# SPDX-License-Identifier: Apache-2.0
"""A packet as bit-vectors of z3, and what nft's expressions read in it.

Written from nft(8) and the kernel's nft_payload.c and nft_meta.c; shares nothing with the proof but the names that
fields have in boxes, which are needed to compare the two.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import z3

Term = Any
"""z3 has no types: a term is a bit-vector or a truth value."""
Terms = Mapping[str, Term]

BITS = {
    "iifname": 128,
    "oifname": 128,
    "ether saddr": 48,
    "ether daddr": 48,
    "tag": 16,
    "vlan id": 12,
    "meta protocol": 16,
    "ip saddr": 32,
    "ip daddr": 32,
    "ip6 saddr": 128,
    "ip6 daddr": 128,
    "meta l4proto": 8,
    "later fragment": 1,
    "th sport": 16,
    "th dport": 16,
    "icmp type": 8,
    "hops": 8,
    "ct state": 3,
    "ct direction": 2,
    "ct status confirmed": 1,
    "ct status dnat": 1,
    "meta mark": 32,
    "meta skuid": 32,
    "meta pkttype": 2,
    "arp htype": 16,
    "arp ptype": 16,
    "arp hlen": 8,
    "arp plen": 8,
    "arp operation": 16,
    "arp saddr ether": 48,
    "arp saddr ip": 32,
    "arp daddr ether": 48,
    "arp daddr ip": 32,
}
RAW_BITS = 128
IP4, IP6, ARP, TAGGED, PROVIDER = 0x0800, 0x86DD, 0x0806, 0x8100, 0x88A8
TCP, UDP, ICMP, ICMP6 = 6, 17, 1, 58
INVALID, NEW, UNTRACKED = 0, 3, 4
UNKNOWN = 2
"""Direction of a packet that no connection is known of."""


def bits(name: str) -> int:
    return BITS.get(name, RAW_BITS)


def packet(prefix: str = "") -> dict[str, Term]:
    """Return a packet of which everything is open."""
    return {name: z3.BitVec(prefix + name, size) for name, size in BITS.items()}


class Look(NamedTuple):
    """``value`` is what an expression reads where the packet satisfies ``given``; ``kind`` tells words apart."""

    value: Term
    given: Term
    kind: str = ""


def looks(of: dict[str, Term], words: str) -> Look | None:
    """Return what words read in a packet; None for words that are no expression."""
    if words.startswith("@th,") and " " not in words:
        return _raw(of, words)
    if words not in _LOOKS:
        return None
    name, given, kind = _LOOKS[words]
    return Look(_ether_type(of) if name == "ether type" else of[name], given(of), kind)


def _ether_type(of: Terms) -> Term:
    """What stands in the frame behind the addresses: a tag hides the rest."""
    return z3.If(of["tag"] != 0, of["tag"], of["meta protocol"])


def _raw(of: dict[str, Term], words: str) -> Look:
    _, offset, length = words.split(",")
    name = f"@th,{offset}"
    whole = of.setdefault(name, z3.BitVec(name, RAW_BITS))
    return Look(z3.Extract(RAW_BITS - 1, RAW_BITS - int(length), whole), _transport(of), "number")


def _always(_: Terms) -> Term:
    return z3.BoolVal(val=True)


def _ip4(of: Terms) -> Term:
    return of["meta protocol"] == IP4


def _ip6(of: Terms) -> Term:
    return of["meta protocol"] == IP6


def _ip(of: Terms) -> Term:
    return z3.Or(_ip4(of), _ip6(of))


def _arp(of: Terms) -> Term:
    return of["meta protocol"] == ARP


def _transport(of: Terms) -> Term:
    """The kernel knows where a transport header begins in whole packets and first fragments of IP alone."""
    return z3.And(_ip(of), of["later fragment"] == 0)


def _over(protocol: int) -> Any:
    return lambda of: z3.And(_transport(of), of["meta l4proto"] == protocol)


def _tagged(of: Terms) -> Term:
    return of["tag"] == TAGGED


def _tracked(of: Terms) -> Term:
    return of["ct direction"] != UNKNOWN


_LOOKS: dict[str, tuple[str, Any, str]] = {
    "iifname": ("iifname", _always, "name"),
    "oifname": ("oifname", _always, "name"),
    "ether saddr": ("ether saddr", _always, "mac"),
    "ether daddr": ("ether daddr", _always, "mac"),
    "ether type": ("ether type", _always, "ether"),
    "vlan id": ("vlan id", _tagged, "number"),
    "meta protocol": ("meta protocol", _always, "ether"),
    "meta nfproto": ("meta protocol", _always, "family"),
    "ip saddr": ("ip saddr", _ip4, "address"),
    "ip daddr": ("ip daddr", _ip4, "address"),
    "ip6 saddr": ("ip6 saddr", _ip6, "address"),
    "ip6 daddr": ("ip6 daddr", _ip6, "address"),
    "meta l4proto": ("meta l4proto", _ip, "protocol"),
    "ip protocol": ("meta l4proto", _ip4, "protocol"),
    "th sport": ("th sport", _transport, "number"),
    "th dport": ("th dport", _transport, "number"),
    "tcp sport": ("th sport", _over(TCP), "number"),
    "tcp dport": ("th dport", _over(TCP), "number"),
    "udp sport": ("th sport", _over(UDP), "number"),
    "udp dport": ("th dport", _over(UDP), "number"),
    "icmp type": ("icmp type", lambda of: z3.And(_ip4(of), _over(ICMP)(of)), "icmp"),
    "icmpv6 type": ("icmp type", lambda of: z3.And(_ip6(of), _over(ICMP6)(of)), "icmp6"),
    "ip ttl": ("hops", _ip4, "number"),
    "ip6 hoplimit": ("hops", _ip6, "number"),
    "ct state": ("ct state", _always, "state"),
    "ct direction": ("ct direction", _tracked, "direction"),
    "meta mark": ("meta mark", _always, "number"),
    "meta skuid": ("meta skuid", _always, "number"),
    "meta pkttype": ("meta pkttype", _always, "cast"),
    "arp htype": ("arp htype", _arp, "number"),
    "arp ptype": ("arp ptype", _arp, "ether"),
    "arp hlen": ("arp hlen", _arp, "number"),
    "arp plen": ("arp plen", _arp, "number"),
    "arp operation": ("arp operation", _arp, "operation"),
    "arp saddr ether": ("arp saddr ether", _arp, "mac"),
    "arp saddr ip": ("arp saddr ip", _arp, "address"),
    "arp daddr ether": ("arp daddr ether", _arp, "mac"),
    "arp daddr ip": ("arp daddr ip", _arp, "address"),
}


def real(of: Terms) -> Term:
    """What holds of every packet there is: boxes may promise nothing about others."""
    state, direction = of["ct state"], of["ct direction"]
    return z3.And(
        z3.Or(of["tag"] == 0, of["tag"] == TAGGED, of["tag"] == PROVIDER),
        z3.Or(of["later fragment"] == 0, _ip(of)),
        z3.ULE(state, UNTRACKED),
        z3.ULE(direction, UNKNOWN),
        (direction == UNKNOWN) == z3.Or(state == INVALID, state == UNTRACKED),
        z3.Implies(state == NEW, direction == 0),
    )
