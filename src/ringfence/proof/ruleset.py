# SPDX-License-Identifier: Apache-2.0
"""One table of nftables as its documents have it: chains in order, and sets and maps with everybody's elements."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from ringfence.compile.document import Document, Kind
from ringfence.compile.part.element import Element as Found
from ringfence.compile.part.port_chain import guard_value

from .depth import DEEPEST, depths
from .fitting import ill_fitting, names_of
from .flow import Place, Unread
from .literal import NotKnown
from .lookup import Lookup
from .rule import Read, read_rule

_COUNTED: Final = re.compile(r'\bcounter name "([^"]+)"')
_HOOK: Final = re.compile(r"(filter|nat|route) hook (\w+) priority (-?\d+); policy (accept|drop)")


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule at its place. ``read`` None: it says something that is not known."""

    place: Place
    text: str
    read: Read | None


@dataclass(slots=True)
class Chain:
    """``hook`` is empty for a chain that is only jumped to."""

    name: str
    place: Place
    hook: str = ""
    priority: int = 0
    policy: str = "accept"
    rules: list[Rule] = field(default_factory=list)
    active: list[tuple[Rule, Read]] = field(default_factory=list)
    """Rules that are understood and can decide or change anything."""


@dataclass(slots=True)
class Ruleset:
    """A table. ``unread`` is what of it nobody understands."""

    chains: dict[str, Chain] = field(default_factory=dict)
    lookups: dict[str, Lookup] = field(default_factory=dict)
    unread: list[Unread] = field(default_factory=list)
    changes: bool = False
    """Some rule changes packets."""
    _base: dict[str, list[Chain]] = field(default_factory=dict)

    def base(self, hook: str) -> list[Chain]:
        """Return the chains of a hook in the order in which they run."""
        if hook not in self._base:
            found = [one for one in self.chains.values() if one.hook == hook]
            self._base[hook] = sorted(found, key=lambda one: one.priority)
        return self._base[hook]


def read(documents: Iterable[Document], prefix: str = "") -> Ruleset:
    """Return the table that documents make together: its own, and those of who owns elements and chains in it.

    ``prefix`` stands before the keys of its parts (``nat/`` in an uplink's document). Names of sets that only an
    element knows become sets; an element that several documents have is one.
    """
    known = list(documents)
    reading = _Reading(prefix)
    for document in known:
        reading.outline(document)
    for document in known:
        reading.fill(document)
    reading.check()
    settle(reading.found)
    return reading.found


def settle(found: Ruleset) -> None:
    """Find out once what every evaluation would ask again."""
    for chain in found.chains.values():
        known = [(one, one.read) for one in chain.rules if one.read is not None]
        chain.active = [(one, read) for one, read in known if _acts(found, read)]
        found.changes = found.changes or any(read.changes for _, read in known)


def _acts(found: Ruleset, read: Read) -> bool:
    """Tell whether a rule can do anything: one that counts does not, nor one that asks a map without elements."""
    if read.asked is None or read.changes or read.copies:
        return bool(read.verdict or read.asked or read.changes or read.copies)
    lookup = found.lookups.get(read.asked.name) if read.asked.name else None
    return lookup is None or bool(lookup.elements)


@dataclass(slots=True)
class _Reading:
    """Reads documents one after the other; ``seen`` are the elements that are known already."""

    prefix: str
    found: Ruleset = field(default_factory=Ruleset)
    seen: set[tuple[str, str]] = field(default_factory=set)
    defined: dict[str, tuple[str, Place]] = field(default_factory=dict)
    """Definition of each set and map."""
    counters: set[str] = field(default_factory=set)

    def check(self) -> None:
        """Name what does not fit together."""
        for name, lookup in self.found.lookups.items():
            if name in self.defined:
                self.found.unread += ill_fitting(lookup, *self.defined[name])
            elif lookup.elements:
                self._unread(lookup.elements[0].place, lookup.elements[0].text, f"there is no set {name}")
        for rule in [one for chain in self.found.chains.values() for one in chain.rules]:
            for what in self._missing(rule):
                self._unread(rule.place, rule.text, f"there is no {what}")
        self._check_chains()

    def _check_chains(self) -> None:
        chains = self.found.chains
        for name, place in verdicts(self.found):
            if name not in chains:
                self._unread(place, name, f"there is no chain {name}")
        deep = depths({name: set(_ways(self.found, one)) for name, one in chains.items()})
        for name, depth in deep.items():
            if depth >= DEEPEST and chains[name].hook:
                self._unread(chains[name].place, name, "its chains lead deeper than the kernel goes")

    def _missing(self, rule: Rule) -> Iterator[str]:
        """Yield what a rule names that is not there."""
        if rule.read is None:
            return
        yield from (f"set {name}" for name in names_of(rule.read) if name not in self.found.lookups)
        word, _, chain = rule.read.verdict.partition(" ")
        if word in {"goto", "jump"} and chain not in self.found.chains:
            yield f"chain {chain}"
        yield from (f"counter {name}" for name in _COUNTED.findall(rule.text) if name not in self.counters)

    def outline(self, document: Document) -> None:
        """Read what chains and sets there are."""
        for key, value in document.parts.items():
            kind, _, name = key.removeprefix(self.prefix).partition("/")
            if not key.startswith(self.prefix):
                continue
            if kind == "chain":
                self.found.chains[name] = self._chain(Place(document.address, key), name, value)
            elif kind in {"set", "map"}:
                self.found.lookups.setdefault(name, Lookup(name))
                self.defined[name] = (value, Place(document.address, key))
            elif kind == "counter":
                self.counters.add(name)

    def fill(self, document: Document) -> None:
        """Read what is in chains and sets."""
        for key, value in document.parts.items():
            if not key.startswith(self.prefix):
                continue
            kind, _, rest = key.removeprefix(self.prefix).removeprefix("foreign/").partition("/")
            if kind == "order":
                self._rules(document, rest, value)
            elif kind == "element":
                self._element(document, key, rest, value)

    def _chain(self, place: Place, name: str, value: str) -> Chain:
        chain = Chain(name, place)
        if value != "regular":
            hook = _HOOK.fullmatch(value)
            if hook is None:
                self._unread(place, value, "a chain of a kind that is not known")
            else:
                chain.hook, chain.priority, chain.policy = hook[2], int(hook[3]), hook[4]
        return chain

    def _rules(self, document: Document, chain: str, order: str) -> None:
        for slug in filter(None, order.split(", ")):
            key = f"{self.prefix}rule/{chain}/{slug}"
            place, text = Place(document.address, key), document.parts.get(key)
            if text is None or chain not in self.found.chains:
                self._unread(place, text or "", "a rule that is named and not there")
            else:
                self.found.chains[chain].rules.append(Rule(place, text, self._understood(place, text)))

    def _understood(self, place: Place, text: str) -> Read | None:
        try:
            return read_rule(text)
        except NotKnown as error:
            self._unread(place, text, f"'{error.args[0]}' is not known")
            return None

    def _element(self, document: Document, key: str, rest: str, value: str) -> None:
        name, _, element = rest.partition("/")
        if (name, element) in self.seen:
            return
        self.seen.add((name, element))
        place = Place(document.address, key)
        if document.kind is Kind.GUARD:
            value = value.partition(" ")[2] or guard_value(Found(name, element))
        try:
            self.found.lookups.setdefault(name, Lookup(name)).add(element, value, place)
        except NotKnown as error:
            self._unread(place, element, f"'{error.args[0]}' is not known")

    def _unread(self, place: Place, text: str, why: str) -> None:
        self.found.unread.append(Unread(place, text, why))


def _ways(found: Ruleset, chain: Chain) -> Iterator[str]:
    """Yield the chains that a chain leads to, by its rules and by the elements of the maps that they ask."""
    for read in [one.read for one in chain.rules if one.read is not None]:
        said = [read.verdict]
        if read.asked is not None:
            lookup = found.lookups.get(read.asked.name)
            said += [verdict for _, verdict in read.asked.inline]
            said += {element.value for element in lookup.elements} if lookup else ()
        yield from (one.partition(" ")[2] for one in said if one.startswith(("goto ", "jump ")))


def verdicts(found: Ruleset) -> Iterator[tuple[str, Place]]:
    """Yield the chains that elements lead to, each once for a set, with the place of the first that does."""
    for lookup in found.lookups.values():
        seen: set[str] = set()
        for element in lookup.elements:
            if element.value not in seen:
                seen.add(element.value)
                word, _, chain = element.value.partition(" ")
                if word in {"goto", "jump"}:
                    yield chain, element.place
