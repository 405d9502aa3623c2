# SPDX-License-Identifier: Apache-2.0
"""Relays: what one sender says to many, and who gets a copy. How they lie in nftables, so that they can be read back.

An element of a map names sender, group, ports and the router's leg, and leads to a chain with a rule per member.
Several conduits may name the same sender and group: each owns its own members, and the comments say whose they are.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import Literal

from ringfence.base.identity import digest

from .element import Element

Family = Literal["ip", "ip6"]
PASSING = ("element/", "rule/")
"""Beginnings of the parts that let something pass: elements of any conduit, and the members of a relay."""
TABLES: Mapping[str, Family] = {"relay4": "ip", "relay6": "ip6"}
"""Family of each table of relays."""
RELAY4, RELAY6, VRRP4 = "relay4", "relay6", "vrrp4"
LOOKUPS: Mapping[str, Family] = {RELAY4: "ip", RELAY6: "ip6", VRRP4: "ip"}
"""Family by map: datagrams of both versions, and VRRP, which has no ports."""
COPIES = "copies"
"""Set of the router: which mark may leave at which leg."""
_MARK = 0x52000000
FIRST, LAST = "prepare", "relayed"
"""Slugs of a chain's first and last rule, and the chains of the table that they lead to."""
ENDS: Mapping[str, str] = {FIRST: f"jump {FIRST}", LAST: f"goto {LAST}"}
"""Their rules by slug."""
ORDER = f"{FIRST}, members, {LAST}"
"""How a chain's rules follow each other; the order of members means nothing."""
SLUG = 7
"""Bytes by which a comment tells the members of a chain apart, before the names of their owners."""


@dataclass(slots=True)
class Relay:
    """One element and its chain. ``rules`` and ``owners`` (names of conduits) are by the member's address.

    ``holders`` are the conduits that the element names; ``strange`` are parts of the chain that nobody wrote.
    """

    lookup: str
    key: str
    rules: dict[str, str] = field(default_factory=dict)
    owners: dict[str, set[str]] = field(default_factory=dict)
    holders: set[str] = field(default_factory=set)
    strange: dict[str, str] = field(default_factory=dict)
    order: str = ORDER
    hook: str = "regular"

    @property
    def chain(self) -> str:
        """Return the chain's name."""
        return chain_of(self.lookup, self.key)

    @property
    def names(self) -> list[str]:
        """Return every conduit that owns something of it."""
        return sorted(self.holders.union(*self.owners.values()))

    @property
    def element(self) -> Element:
        """Return the element that leads to the chain."""
        return Element(self.lookup, self.key, f"goto {self.chain}", " ".join(sorted(self.holders)))

    def own(self, owner: str, member: str, rule: str) -> None:
        """Add a member for a conduit."""
        self.rules[member] = rule
        self.owners.setdefault(member, set()).add(owner)
        self.holders.add(owner)

    def disown(self, owners: AbstractSet[str]) -> None:
        """Take conduits off; a member without owner goes."""
        self.holders.difference_update(owners)
        for member, held in list(self.owners.items()):
            held.difference_update(owners)
            if not held:
                del self.owners[member], self.rules[member]

    def parts(self, owner: str) -> dict[str, str]:
        """Return what one conduit owns of it."""
        found = {f"chain/{self.chain}": self.hook, f"order/{self.chain}": self.order, **self.strange}
        found |= {f"rule/{self.chain}/{one}": rule for one, rule in self.rules.items() if owner in self.owners[one]}
        if owner in self.holders:
            found[f"element/{self.lookup}/{self.key}"] = self.element.value
        return found

    def chain_lines(self, table: str) -> Iterator[str]:
        """Yield the commands that make the chain and fill it anew. ``table`` is family and name."""
        yield f"add chain {table} {self.chain}"
        yield f"flush chain {table} {self.chain}"
        yield self._rule(table, ENDS[FIRST], FIRST)
        for member, rule in sorted(self.rules.items()):
            yield self._rule(table, rule, " ".join([digest(member)[: SLUG - 1], *sorted(self.owners[member])]))
        yield self._rule(table, ENDS[LAST], LAST)

    def _rule(self, table: str, text: str, comment: str) -> str:
        return f'add rule {table} {self.chain} {text} comment "{comment}"'


def mark_of(leg: str) -> str:
    """Return the mark of copies for members behind a leg of the router; it tells them from those for other legs."""
    return f"0x{_MARK | int(digest(leg)[:6], 16):x}"


def chain_of(lookup: str, key: str) -> str:
    """Return the name of the chain that an element leads to."""
    return f"{lookup}_{digest([lookup, key])[:12]}"
