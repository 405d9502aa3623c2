# SPDX-License-Identifier: Apache-2.0
"""Claims: which conduits own which elements of the router's maps.

Two conduits may name the same conversation, or overlapping ranges of ports. A map holds a key once, so ranges are cut
where any of them begins or ends, and an element carries the names of all its owners in its comment.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TypeVar

from ringfence.base.errors import BadInput
from ringfence.compile.part.element import COMMENT_BYTES, Element
from ringfence.site.service import PortRange

from .conversation import Conversation, Pair
from .limit import limited_verdict

_PROTOCOLS = {"tcp": "tcp", "udp": "udp", "icmp": "icmp", "icmpv6": "ipv6-icmp", "vrrp": "112"}
_WITHOUT_PORTS = frozenset({"icmp", "icmpv6", "vrrp"})
_MOST_OWNERS = (COMMENT_BYTES + 1) // 2
"""Names of one letter that a comment holds: with more, owners need not be kept apart any further."""
Named = TypeVar("Named", bound=Hashable)
_Key = tuple[str, str]
"""Map and key."""


@dataclass(slots=True)
class Claims:
    """``owners`` by map and key, ``verdicts`` by map and key. ``limited`` names conduits with a rate."""

    limited: AbstractSet[str] = frozenset()
    owners: dict[_Key, list[str]] = field(default_factory=lambda: defaultdict(list))
    verdicts: dict[_Key, str] = field(default_factory=dict)
    _ranges: dict[tuple[str, Pair], list[tuple[PortRange, str]]] = field(default_factory=lambda: defaultdict(list))

    def claim(self, owner: str, wanted: Iterable[Conversation], *, dormant: bool) -> None:
        """Note that ``owner`` wants conversations; the same one twice is one."""
        for pair, ports in dict.fromkeys(wanted):
            if pair.protocol in _WITHOUT_PORTS:
                self._own("e" if dormant else "p" if pair.is_exact else "s", pair, "", owner)
            elif ports.size == 1 and pair.is_exact and not dormant:
                self._own("c", pair, f" . {ports}", owner)
            else:
                self._ranges["d" if dormant else "r", pair].append((ports, owner))

    def settle(self) -> None:
        """Cut the ranges into elements. Raises BadInput where conduits name one conversation that cannot share it."""
        for (kind, pair), ranges in self._ranges.items():
            for ports, owners in cut(ranges):
                for owner in owners:
                    self._own(kind, pair, f" . {ports}", owner)
        self._ranges.clear()
        for (_, key), owners in self.owners.items():
            refuse_crowd(key, owners)
            if len(owners) > 1 and not self.limited.isdisjoint(owners):
                _refuse_limits(key, owners)

    def by_owner(self) -> Mapping[str, list[Element]]:
        """Return every owner's elements; each element names all of its owners."""
        found: dict[str, list[Element]] = defaultdict(list)
        for (lookup, key), owners in self.owners.items():
            element = Element(lookup, key, self.verdicts[lookup, key], " ".join(sorted(owners)))
            for owner in owners:
                found[owner].append(element)
        return found

    def _own(self, kind: str, pair: Pair, tail: str, owner: str) -> None:
        lookup = f"{kind}{pair.version}_{pair.origin}"
        key = f"{pair.source} . {pair.target} . {_PROTOCOLS[pair.protocol]}{tail}"
        self.owners[lookup, key].append(owner)
        self.verdicts[lookup, key] = (
            limited_verdict(owner, pair.leg) if owner in self.limited else f"goto leg_{pair.leg}"
        )


def cut(ranges: Iterable[tuple[PortRange, str]]) -> Iterator[tuple[PortRange, list[str]]]:
    """Yield ranges that do not overlap, each with the sorted owners of the given ranges that cover it.

    Raises BadInput where more owners meet than an element can name.
    """
    for piece, owners in pieces(ranges):
        if len(owners) > _MOST_OWNERS:
            refuse_crowd(str(piece), owners)
        yield piece, owners


def pieces(ranges: Iterable[tuple[PortRange, Named]]) -> Iterator[tuple[PortRange, list[Named]]]:
    """Yield ranges that do not overlap, each with the sorted names of the given ranges that cover it.

    Goes over the ports once, from edge to edge.
    """
    begins, ends = _edges(ranges)
    open_: Counter[Named] = Counter()
    for first, after in pairwise(sorted({*begins, *ends})):
        open_.subtract(ends.get(first, ()))
        open_.update(begins.get(first, ()))
        names = sorted((name for name, count in open_.items() if count > 0), key=str)
        open_ = Counter({name: open_[name] for name in names})
        if names:
            yield PortRange(first, after - 1), names


def _edges(
    ranges: Iterable[tuple[PortRange, Named]],
) -> tuple[dict[int, list[Named]], dict[int, list[Named]]]:
    """Return whose ranges begin, and whose have ended, at which port."""
    begins: dict[int, list[Named]] = defaultdict(list)
    ends: dict[int, list[Named]] = defaultdict(list)
    for ports, owner in ranges:
        begins[ports.first].append(owner)
        ends[ports.last + 1].append(owner)
    return begins, ends


def refuse_crowd(key: str, owners: Iterable[str]) -> None:
    """Raise BadInput where an element's comment cannot name all of its owners."""
    names = sorted(owners)
    if len(" ".join(names)) > COMMENT_BYTES:
        raise BadInput(
            f"Too many conduits allow the same conversation ({key}): {', '.join(names)}.",
            "Let fewer conduits name it; four always fit.",
        )


def _refuse_limits(key: str, owners: Iterable[str]) -> None:
    names = " and ".join(sorted(owners))
    raise BadInput(
        f"Conduits {names} allow the same conversation ({key}), and not all of them without a limit.",
        "Let one conduit alone name it.",
    )
