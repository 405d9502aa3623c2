# SPDX-License-Identifier: Apache-2.0
"""Tables that mark one packet for ``nft monitor trace``, and see where it ends.

The packet that a trace injects is dropped behind every other rule: in postrouting and in input, at the last moment
before the kernel would confirm its connection. So it reaches nobody and no connection of it stays. It is known by 16
bytes of its own, whatever addresses it has by then, so that a relay's copies are dropped too.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

FIRST, LAST = -450, 2147483646
"""Before connection tracking (-200) and whatever stands there; behind everything but its confirmation (2147483647)."""
END = "end"
_ONCE = "limit rate 1/day burst 1 packets"
_IP = {4: "ip", 6: "ip6"}
_PORTS = frozenset({"tcp", "udp"})


@dataclass(frozen=True, slots=True)
class Sought:
    """The conversation whose packet is sought; ``port`` 0 where the protocol has none."""

    source: str
    target: str
    protocol: str
    port: int

    @property
    def version(self) -> int:
        """Return the version of IP."""
        return 6 if ":" in self.source else 4

    @property
    def match(self) -> str:
        """Return what its packets match in its opener's direction."""
        ip = _IP[self.version]
        ends = f"{ip} saddr {self.source} {ip} daddr {self.target}"
        if self.protocol in _PORTS:
            return f"{ends} {self.protocol} dport {self.port}"
        if self.protocol in {"icmp", "icmpv6"}:
            return f"{ends} {self.protocol} type echo-request"
        return f"{ends} meta l4proto {self.protocol}"


def inject_lines(table: str, leg: str, mark: bytes) -> Iterator[str]:
    """Yield the commands for a packet that comes in at ``leg``; its transport begins with the 16 bytes ``mark``."""
    mine = f"@th,0,128 0x{mark.hex()}"
    yield from _table("inet", table)
    yield from _chain(table, "begin", "prerouting", FIRST, f'iifname "{leg}" {mine} meta nftrace set 1')
    for hook in ("postrouting", "input"):
        yield from _chain(table, hook, hook, LAST, f'{mine} drop comment "{END}"')


def follow_lines(family: str, table: str) -> Iterator[str]:
    """Yield the commands that make a table for real packets; it drops nothing, and marks nothing yet."""
    yield from _table(family, table)
    yield from _chain(table, "begin", "prerouting", FIRST, "", family)
    if family == "inet":
        for hook in ("postrouting", "input"):
            yield from _chain(table, hook, hook, LAST, f'counter comment "{END}"', family)


def next_line(family: str, table: str, sought: Sought) -> str:
    """Return the command that marks the next packet of a conversation, and none after it."""
    return f"add rule {family} {table} begin {sought.match} {_ONCE} meta nftrace set 1"


def _table(family: str, table: str) -> Iterator[str]:
    yield f"add table {family} {table}"


def _chain(table: str, chain: str, hook: str, priority: int, rule: str, family: str = "inet") -> Iterator[str]:
    yield f"add chain {family} {table} {chain} {{ type filter hook {hook} priority {priority}; policy accept; }}"
    if rule:
        yield f"add rule {family} {table} {chain} {rule}"
