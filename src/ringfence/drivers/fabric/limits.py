# SPDX-License-Identifier: Apache-2.0
"""Limits of conduits: their chains and counters in the router's table.

They come in the transaction that brings the elements which lead to them. They go behind those: an element of a grant
that has run out holds its chain until the kernel collects it, which it does with the next change of the same map, at
most once a second (net/netfilter/nft_set_pipapo.c).
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from ringfence.base.errors import DeadlinePassed, Refused
from ringfence.compile.fabric.limit import limit_lines
from ringfence.compile.part.limit import own_limits, part_owner
from ringfence.compile.part.opening import GRANTED
from ringfence.observe.nft_listing import Listed
from ringfence.plan.change import Change

from .tables import load

TRIES, PAUSE_S = 4, 1.0
_NOBODY = {"4": "0.0.0.1 . 0.0.0.1", "6": "::1 . ::1"}
"""A pair of addresses that no conduit names."""

Parts = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Limits:
    """``wanted``: the documents' parts of the conduits that change, by conduit; none for one that goes."""

    table: Listed
    wanted: Mapping[str, Parts]

    def script(self) -> str:
        """Return the commands that bring the limits which are wanted."""
        lines = (line for parts in self.wanted.values() for line in limit_lines(self._name, own_limits(parts)))
        return "".join(f"{line}\n" for line in lines)

    def remove(self, namespace: str) -> None:
        """Take away those that nobody wants. Raises Refused where something holds them for good."""
        kept = {key for parts in self.wanted.values() for key in own_limits(parts)}
        gone = [key for key in self.table.parts if part_owner(key) in self.wanted and key not in kept]
        lines = list(removal_lines(self._name, gone))
        if not lines:
            return
        for tried in range(TRIES):
            try:
                load("\n".join([*lines, ""]), namespace)
            except DeadlinePassed:
                raise
            except Refused:
                if tried == TRIES - 1:
                    raise
                time.sleep(PAUSE_S)
                load("\n".join([*self._stir(), ""]), namespace)
            else:
                return

    @property
    def _name(self) -> str:
        return f"{self.table.family} {self.table.name}"

    def _stir(self) -> Iterator[str]:
        """Yield commands that change each map of grants and leave it as it was, so that the kernel collects."""
        for key in self.table.parts:
            kind, _, name = key.partition("/")
            if kind == "map" and name[:1] in GRANTED.values() and name[1:2] in _NOBODY:
                element = f"{_NOBODY[name[1]]} . tcp" + (" . 1" if name[0] == GRANTED["d"] else "")
                yield f"add element {self._name} {name} {{ {element} timeout 1s : drop }}"
                yield f"delete element {self._name} {name} {{ {element} }}"


def come_lines(table: str, changes: Iterable[Change]) -> Iterator[str]:
    """Yield commands that bring the limits of conduits, where they are not as they should be."""
    for before, after in _limits(changes):
        if before != after:
            yield from limit_lines(table, after)


def gone_lines(table: str, changes: Sequence[Change]) -> Iterator[str]:
    """Yield commands that take away what changes leave of limits, behind the elements that led there."""
    for before, after in _limits(changes):
        yield from removal_lines(table, [key for key in before if key not in after])


def removal_lines(table: str, keys: Iterable[str]) -> Iterator[str]:
    """Yield commands that remove chains and counters, whatever order the chains call each other in."""
    names = [tuple(key.split("/", 1)) for key in keys]
    chains = [name for kind, name in names if kind == "chain"]
    yield from (f"flush chain {table} {name}" for name in chains)
    yield from (f"delete chain {table} {name}" for name in chains)
    yield from (f"delete counter {table} {name}" for kind, name in names if kind == "counter")


def _limits(changes: Iterable[Change]) -> Iterator[tuple[Parts, Parts]]:
    for change in changes:
        before, after = (own_limits(one.parts) if one else {} for one in (change.before, change.after))
        yield before, after
