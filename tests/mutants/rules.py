# SPDX-License-Identifier: Apache-2.0
"""Mutants of rules and chains: dropped, a condition less, another verdict, another place, twice; policies turned."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tests.mutants.mutant import Mutant, changed

from ringfence.compile.document import Document

_WORD = re.compile(r'"[^"]*",?|\S+')
_FIELDS = (
    "iifname", "oifname", "ether saddr", "ether daddr", "ether type", "vlan id", "meta protocol", "meta l4proto",
    "meta nfproto", "meta mark", "meta skuid", "meta pkttype", "ip saddr", "ip daddr", "ip protocol", "ip ttl",
    "ip6 saddr", "ip6 daddr", "ip6 hoplimit", "th sport", "th dport", "tcp sport", "tcp dport", "udp sport",
    "udp dport", "icmp type", "icmpv6 type", "icmpv6 taddr", "ct state", "ct status", "ct direction", "arp htype",
    "arp ptype", "arp hlen", "arp plen", "arp operation", "arp saddr ether", "arp saddr ip", "arp daddr ether",
    "arp daddr ip",
)  # fmt: skip
_SIMPLE = {"accept": 1, "drop": 1, "goto": 2, "jump": 2, "notrack": 1, "dup": 3}
_TURNED = {"accept": ("drop",), "drop": ("accept",)}


def pieces(text: str) -> list[str]:
    """Split a rule into comparisons, statements and its verdict."""
    left, found = _WORD.findall(text), []
    while left:
        count = _length(left)
        found.append(" ".join(left[:count]))
        left = left[count:]
    return found


def _length(left: list[str]) -> int:
    """Return how many words the first piece of a rule has."""
    first = left[0]
    if first in _SIMPLE:
        return _SIMPLE[first]
    if first == "counter":
        return 3 if left[1:2] == ["name"] else 1
    if first in {"limit", "log"}:
        return left.index("packets") + 1 if first == "limit" else 5
    if first in {"dnat", "snat"}:
        return len(left)
    return _comparison(left)


def _comparison(left: list[str]) -> int:
    place = _field(left, 0)
    while left[place : place + 1] == ["."]:
        place = _field(left, place + 1)
    if left[place] in {"!=", "!", "set", "vmap"}:
        place += 1
    if left[place] == "{":
        return left.index("}", place) + 1
    if "map" in left[place:]:
        return left.index("map", place) + 2
    return place + 1


def _field(left: list[str], place: int) -> int:
    return place + (1 if left[place].startswith("@") or left[place] in _FIELDS else _longest(left, place))


def _longest(left: list[str], place: int) -> int:
    return next(count for count in (3, 2) if " ".join(left[place : place + count]) in _FIELDS)


def is_verdict(piece: str) -> bool:
    return piece.partition(" ")[0] in {"accept", "drop", "goto", "jump"} or " vmap " in piece


def rules(document: Document) -> Iterator[Mutant]:
    """Yield mutants of every chain's rules."""
    for key, order in document.parts.items():
        prefix, middle, chain = key.rpartition("order/")
        if middle and "/" not in chain:
            slugs = [one for one in order.split(", ") if one]
            for place, slug in enumerate(slugs):
                rule = f"{prefix}rule/{chain}/{slug}"
                yield from _order(document, key, slugs, place, rule)
                yield from _text(document, rule, document.parts.get(rule, ""))


def _order(document: Document, key: str, slugs: list[str], place: int, rule: str) -> Iterator[Mutant]:
    rest = [*slugs[:place], *slugs[place + 1 :]]

    def mutant(kind: str, order: list[str], how: str, parts: dict[str, str | None] | None = None) -> Mutant:
        changes = {document.address: {key: ", ".join(order), **(parts or {})}}
        return Mutant(f"rule {kind}", f"{document.address}#{rule} {how}", changes)

    yield mutant("dropped", rest, "dropped", {rule: None})
    yield mutant(
        "doubled", [*slugs, f"{slugs[place]}-again"], "again at the end", {f"{rule}-again": document.parts[rule]}
    )
    if place + 1 < len(slugs):
        yield mutant("moved", [*rest[: place + 1], slugs[place], *rest[place + 1 :]], f"behind {slugs[place + 1]}")
    if place > 1:
        yield mutant("moved", [slugs[place], *rest], "to the front")


def _text(document: Document, rule: str, text: str) -> Iterator[Mutant]:
    known = pieces(text)
    for place, piece in enumerate(known):
        rest = [*known[:place], *known[place + 1 :]]
        if is_verdict(piece):
            for other in _TURNED.get(piece, ("accept", "drop")):
                fresh = " ".join([*known[:place], other, *known[place + 1 :]])
                yield changed(document, rule, fresh, "rule turned", f"says {other} for {piece}")
        elif rest:
            yield changed(document, rule, " ".join(rest), "rule asks less", f"without {piece}")


def chains(document: Document) -> Iterator[Mutant]:
    """Yield mutants of chains: policies, hooks, priorities."""
    for key, value in document.parts.items():
        if not key.rpartition("chain/")[1] or value == "regular":
            continue
        policy = "accept" if value.endswith("drop") else "drop"
        yield changed(document, key, value.rpartition(" ")[0] + f" {policy}", "policy turned", f"policy {policy}")
        yield changed(document, key, "regular", "chain unhooked", "hooked nowhere")
