# SPDX-License-Identifier: Apache-2.0
"""What a ruleset accepts, as a formula: every rule turned into a condition, first match by first match.

A way through the rules is a condition on the packet as it came and the packet as it is by then. A limit may match and
may not, so what it takes also goes on.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import z3
from tests.oracle.terms import Look, Term, looks
from tests.oracle.words import holds, span
from tests.packets.ruleset import Chain, Ruleset, literal, partition, split

_LONGEST = 3
_DECIDES_NOTHING = {"counter": 3, "notrack": 1, "log": 5, "dup": 3}
"""Statements that let a packet go on as it is, and how many words they have here."""


class Way(NamedTuple):
    """``when`` speaks of the packet as it came; ``now`` is what it has become."""

    when: Term
    now: dict[str, Term]

    def also(self, *more: Term) -> Way:
        return Way(z3.And(self.when, *more), self.now)


def _joined(ways: list[Way]) -> list[Way]:
    """Return ways as one for each state of the packet, or their number doubles with every jump."""
    found: dict[tuple[int, ...], Way] = {}
    for way in ways:
        state = tuple(term.get_id() for term in way.now.values())
        other = found.get(state)
        found[state] = Way(z3.Or(other.when, way.when), way.now) if other else way
    return list(found.values())


class Strange(Exception):
    """A statement that this reader does not know."""


def accepted(rules: Ruleset, hook: str, packet: dict[str, Term]) -> list[Way]:
    """Return the ways on which a packet gets through all base chains of a hook."""
    ways = [Way(z3.BoolVal(val=True), packet)]
    for name, chain in rules.base(hook):
        run = _Run(rules)
        for way in ways:
            left = run.chain(rules.chains[name], way)
            run.passed += left if chain.policy == "accept" else []
        ways = _joined(run.passed)
    return ways


def passes(ways: list[Way]) -> Term:
    """Return when a packet gets through on any way."""
    return z3.Or(z3.BoolVal(val=False), *(way.when for way in ways))


class _Run:
    def __init__(self, rules: Ruleset) -> None:
        self.rules = rules
        self.passed: list[Way] = []

    def chain(self, chain: Chain, start: Way) -> list[Way]:
        """Return the ways that come out at a chain's end."""
        ways, out = [start], []
        for _, rule in chain.rules:
            after: list[Way] = []
            for way in ways:
                on, left = self._rule(rule, way)
                after += on
                out += left
            ways = _joined(after)
        return _joined(out + ways)

    def _rule(self, words: list[str], way: Way) -> tuple[list[Way], list[Way]]:
        """Return the ways that go on to the next rule, and those that leave the chain."""
        said = _Said(self.rules, words, way.now)
        said.read()
        hit, missed = way.also(said.asks), way if said.chance else way.also(z3.Not(said.asks))
        if said.pairs:
            missed = way if said.chance else way.also(z3.Not(z3.And(said.asks, z3.Or(*(one for one, _ in said.pairs)))))
            on, out = [missed], list[Way]()
            for when, verdict in said.pairs:
                more, left = self._verdict(verdict, hit.also(when))
                on, out = on + more, out + left
            return on, out
        on, out = self._verdict(said.verdict, Way(hit.when, said.now))
        return [missed, *on], out

    def _verdict(self, verdict: str, way: Way) -> tuple[list[Way], list[Way]]:
        how, _, name = verdict.partition(" ")
        if how == "accept":
            self.passed.append(way)
        elif how in {"goto", "jump"}:
            left = self.chain(self.rules.chains[name], way)
            return ([], left) if how == "goto" else (left, [])
        elif how == "":
            return [way], []
        elif how == "return":
            return [], [way]
        elif how != "drop":
            raise Strange(verdict)
        return [], []


class _Said:
    """One rule, read from left to right."""

    def __init__(self, rules: Ruleset, words: list[str], now: dict[str, Term]) -> None:
        self.rules, self.left, self.now = rules, list(words), now
        self.conditions: list[Term] = []
        self.chance = False
        self.verdict = ""
        self.pairs: list[tuple[Term, str]] = []

    @property
    def asks(self) -> Term:
        return z3.And(z3.BoolVal(val=True), *self.conditions)

    def read(self) -> None:
        while self.left:
            match self.left:
                case ["accept" | "drop" | "return" as word, *_]:
                    self.verdict, self.left = word, self.left[1:]
                case ["goto" | "jump" as word, name, *_]:
                    self.verdict, self.left = f"{word} {name}", self.left[2:]
                case ["limit", *_]:
                    self.left, self.chance = self.left[self.left.index("packets") + 1 :], True
                case ["ct", "status", *rest]:
                    self._status(rest)
                case [word, *_] if word in _DECIDES_NOTHING:
                    self.left = self.left[_DECIDES_NOTHING[word] :]
                case _:
                    self._expression()

    def _status(self, left: list[str]) -> None:
        yes = left[0] != "!"
        word, self.left = (left[0], left[1:]) if yes else (left[1], left[2:])
        if word not in {"confirmed", "dnat"}:
            raise Strange(" ".join(left))
        self.conditions.append(self.now[f"ct status {word}"] == int(yes))

    def _looks(self) -> list[Look]:
        found = []
        while True:
            for length in range(_LONGEST, 0, -1):
                look = looks(self.now, " ".join(self.left[:length]))
                if look is not None:
                    break
            else:
                raise Strange(" ".join(self.left))
            self.last, self.left = " ".join(self.left[:length]), self.left[length:]
            found.append(look)
            if self.left[:1] != ["."]:
                return found
            self.left = self.left[1:]

    def _expression(self) -> None:
        read = self._looks()
        self.conditions += [one.given for one in read] if self.left[:1] != ["set"] else []
        if self.left[0] == "vmap":
            self._vmap(read)
        elif self.left[0] == "set":
            self._set(self.last)
        else:
            self._compare(read)

    def _compare(self, read: list[Look]) -> None:
        unequal = self.left[0] in {"!=", "!"}
        left = self.left[1:] if unequal else self.left
        if left[0] == "{":
            inside, _, self.left = partition(left[1:], "}")
            keys = [tuple(literal(" ".join(word)) for word in split(one, ".")) for one in split(inside, ",")]
        elif left[0].startswith("@"):
            keys, self.left = self.rules.sets[left[0][1:]], left[1:]
        else:
            keys, self.left = [(literal(left[0]),)], left[1:]
        found = z3.Or(z3.BoolVal(val=False), *(_is(read, key) for key in keys))
        self.conditions.append(z3.Not(found) if unequal else found)

    def _vmap(self, read: list[Look]) -> None:
        left, self.left = self.left[1:], []
        if left[0] == "{":
            self.pairs = list(_inline(read, left[1:-1]))
        else:
            elements = self.rules.maps[left[0][1:]]
            self.pairs = [(_is(read, key), " ".join(verdict)) for key, verdict in elements.items()]
        self.pairs = self.pairs or [(z3.BoolVal(val=False), "drop")]

    def _set(self, field: str) -> None:
        name = {"ip ttl": "hops", "ip6 hoplimit": "hops"}.get(field, field)
        look, self.left = looks(self.now, field), self.left[1:]
        assert look is not None
        if not field.startswith("meta"):
            self.conditions.append(look.given)
        size = self.now[name].size()
        if any(looks(self.now, " ".join(self.left[:length])) for length in range(1, _LONGEST)):
            value = self._mapped(look.kind, size)
        else:
            value, self.left = z3.BitVecVal(span(look.kind, literal(self.left[0]))[0], size), self.left[1:]
        self.now = {**self.now, name: value}

    def _mapped(self, kind: str, size: int) -> Term:
        """Return what a map has for a key; a key that it does not have ends the rule."""
        read = self._looks()
        elements, self.left = self.rules.maps[self.left[1][1:]], self.left[2:]
        self.conditions += [one.given for one in read]
        self.conditions.append(z3.Or(z3.BoolVal(val=False), *(_is(read, key) for key in elements)))
        value = z3.BitVecVal(0, size)
        for key, words in elements.items():
            value = z3.If(_is(read, key), z3.BitVecVal(span(kind, literal(" ".join(words)))[0], size), value)
        return value


def _inline(read: list[Look], left: list[str]) -> Iterator[tuple[Term, str]]:
    for pair in split(left, ","):
        key, _, verdict = partition(pair, ":")
        yield _is(read, (literal(" ".join(key)),)), " ".join(verdict)


def _is(read: list[Look], key: tuple[Any, ...]) -> Term:
    assert len(read) == len(key)
    return z3.And(*(holds(look.value, look.kind, value) for look, value in zip(read, key, strict=True)))
