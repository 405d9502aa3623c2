# SPDX-License-Identifier: Apache-2.0
"""A table of nftables: counters, sets, maps and chains, without the elements that others own.

Rules are known by the slug in their comment, so that one inserted by hand does not shift the names of the others.
The text of a rule is exactly what ``observe.nft_text`` makes of the kernel's listing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. ``slug`` is unique in its chain and stands in the rule's comment."""

    slug: str
    text: str


@dataclass(frozen=True, slots=True)
class Chain:
    """``hook`` is empty for a chain that is only jumped to, else ``filter hook forward priority 0; policy drop``."""

    name: str
    rules: tuple[Rule, ...]
    hook: str = ""

    @property
    def parts(self) -> dict[str, str]:
        """Return a part for the chain, each rule, and their order."""
        found = {f"chain/{self.name}": self.hook or "regular"}
        found[f"order/{self.name}"] = ", ".join(rule.slug for rule in self.rules)
        return found | {f"rule/{self.name}/{rule.slug}": rule.text for rule in self.rules}


@dataclass(frozen=True, slots=True)
class Lookup:
    """A set, or a map to verdicts or ``data``. ``key`` is its type: ``ipv4_addr . inet_service``, or ``typeof ...``."""

    name: str
    key: str
    verdicts: bool = False
    flags: tuple[str, ...] = ()
    data: str = ""
    """Type of what a map that has no verdicts gives, such as ``ether_addr``."""

    @property
    def keyword(self) -> Literal["map", "set"]:
        """Return nft's word for it."""
        return "map" if self.verdicts or self.data else "set"

    @property
    def definition(self) -> str:
        """Return its type and flags as one text."""
        typed = self.key if self.key.startswith("typeof ") else f"type {self.key}"
        typed += " : verdict" if self.verdicts else f" : {self.data}" if self.data else ""
        return f"{typed}; flags {','.join(self.flags)}" if self.flags else typed


@dataclass(frozen=True, slots=True)
class Table:
    """``elements`` are the table's own, by set or map and key; the value is a verdict, or ``member`` in a set."""

    family: Literal["inet", "bridge", "arp", "ip", "ip6"]
    name: str
    counters: tuple[str, ...]
    lookups: tuple[Lookup, ...]
    chains: tuple[Chain, ...]
    elements: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    @property
    def parts(self) -> dict[str, str]:
        """Return one part for the table, each counter, set, chain, rule, order of rules, and element."""
        found = {"table": f"{self.family} {self.name}"}
        found.update({f"counter/{name}": "counter" for name in self.counters})
        found.update({f"{one.keyword}/{one.name}": one.definition for one in self.lookups})
        for chain in self.chains:
            found.update(chain.parts)
        for name, elements in self.elements.items():
            found.update({f"element/{name}/{key}": value for key, value in elements.items()})
        return found
