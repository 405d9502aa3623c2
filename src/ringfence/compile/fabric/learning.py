# SPDX-License-Identifier: Apache-2.0
"""Tables that count who talks in a zone, without copying a packet. They drop nothing and decide nothing.

Right behind connection tracking every packet in its opener's direction is counted by conversation; behind all rules it
is noted which of them passed. On the bridge, before the guard, frames that are neither IP nor ARP are counted, and who
asks for whom. Sets are of a fixed size: a scan of ports fills them, and what did not fit is counted.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

SIZE = 32768
"""Conversations that are kept apart, for each version of IP: at most 10 MiB of the kernel's memory."""
MISSED = "missed"
"""Counter of packets whose conversation did not fit."""
_KEPT = "1h"
"""A conversation that is silent for so long makes room."""
_TRACKED, _PASSED, _ARRIVING = -199, 300, -350
_TYPES = {"4": ("ip", "ipv4_addr", "ipv4"), "6": ("ip6", "ipv6_addr", "ipv6")}
_DYNAMIC = f"size {SIZE}; flags dynamic,timeout; timeout {_KEPT};"
_PORTS = "meta l4proto { tcp, udp }"


def router_lines(table: str, leg: str, subnets: Iterable[str]) -> Iterator[str]:
    """Yield the commands for the router's namespace."""
    yield f"add table inet {table}"
    yield f"add counter inet {table} {MISSED}"
    for v, (_, typed, _) in _TYPES.items():
        pair = f"{typed} . {typed} . inet_proto"
        for name, key in (
            *((f"{kind}{v}", f"{pair} . inet_service") for kind in ("seen", "beats", "passed")),
            *((f"{kind}{v}", pair) for kind in ("other", "otherpassed")),
        ):
            yield f"add set inet {table} {name} {{ type {key}; {_DYNAMIC} }}"
    for chain in ("beats", "zone", "passed"):
        yield f"add chain inet {table} {chain}"
    yield from _rules(f"inet {table} beats", _beats())
    yield from _rules(f"inet {table} zone", _zone())
    yield from _rules(f"inet {table} passed", _passed())
    yield f"add chain inet {table} begin {{ type filter hook prerouting priority {_TRACKED}; policy accept; }}"
    yield from _rules(f"inet {table} begin", _begin(leg, subnets, "zone"))
    yield f"add chain inet {table} end {{ type filter hook postrouting priority {_PASSED}; policy accept; }}"
    yield from _rules(f"inet {table} end", _begin(leg, subnets, "passed"))


def bridge_lines(table: str, names: Iterable[str]) -> Iterator[str]:
    """Yield the commands for the host's namespace."""
    ports = ", ".join(f'"{one}"' for one in names)
    count = "ether saddr . ether daddr . meta protocol counter"
    asks = "arp operation request arp saddr ip != 0.0.0.0"
    yield f"add table bridge {table}"
    yield f"add counter bridge {table} {MISSED}"
    yield f"add set bridge {table} frames {{ type ether_addr . ether_addr . ether_type; {_DYNAMIC} }}"
    yield f"add set bridge {table} asks {{ type ipv4_addr . ipv4_addr; {_DYNAMIC} }}"
    yield f"add chain bridge {table} zone"
    yield from _rules(
        f"bridge {table} zone",
        (
            "meta protocol { ip, ip6 } return",
            f"{asks} update @asks {{ arp saddr ip . arp daddr ip counter }} return",
            "meta protocol arp return",
            f"update @frames {{ {count} }} return",
            f'counter name "{MISSED}"',
        ),
    )
    yield f"add chain bridge {table} begin {{ type filter hook prerouting priority {_ARRIVING}; policy accept; }}"
    yield from _rules(f"bridge {table} begin", (f"iifname {{ {ports} }} jump zone",))


def _rules(chain: str, rules: Iterable[str]) -> Iterator[str]:
    yield from (f"add rule {chain} {rule}" for rule in rules)


def _begin(leg: str, subnets: Iterable[str], chain: str) -> Iterator[str]:
    """Yield what is counted: what comes from the zone or is for it, but no answers, errors and neighbours."""
    yield "ct state { invalid, related, untracked } return"
    yield "ct direction reply return"
    yield f'iifname "{leg}" goto {chain}'
    for subnet in subnets:
        yield f"{'ip6' if ':' in subnet else 'ip'} daddr {subnet} goto {chain}"


def _zone() -> Iterator[str]:
    for v, (ip, _, family) in _TYPES.items():
        pair = f"{ip} saddr . {ip} daddr . meta l4proto"
        match = f"meta nfproto {family}"
        yield f"{match} {_PORTS} update @seen{v} {{ {pair} . th dport counter }} goto beats"
        yield f"{match} meta l4proto != {{ tcp, udp }} update @other{v} {{ {pair} counter }} return"
    yield f'counter name "{MISSED}"'


def _beats() -> Iterator[str]:
    for v, (ip, _, _) in _TYPES.items():
        key = f"{ip} saddr . {ip} daddr . meta l4proto . th dport"
        yield f"tcp flags & (syn | psh) != 0 update @beats{v} {{ {key} counter }}"


def _passed() -> Iterator[str]:
    """Yield what notes that a conversation passed. The sets above are not asked: that alone would count again."""
    for v, (ip, _, family) in _TYPES.items():
        pair = f"{ip} saddr . {ip} daddr . meta l4proto"
        yield f"meta nfproto {family} {_PORTS} update @passed{v} {{ {pair} . th dport }} return"
        yield f"meta nfproto {family} update @otherpassed{v} {{ {pair} }} return"
