# SPDX-License-Identifier: Apache-2.0
"""Rules of nftables read from their text, in the one form that both compiler and observation write (nft(8)).

A rule is steps from left to right, and at its end a verdict, or a map of verdicts. What is not known raises NotKnown
while it is read: nothing is guessed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from dataclasses import field as factory
from functools import lru_cache
from typing import Final

from . import field
from .literal import NotKnown, literal
from .look import Look, ether_type, limited, look_of, outside
from .step import Among, Change, Given, Mapped, Never, Step, Translated, Within
from .values import Values, exactly, joined

_WORD = re.compile(r'"[^"]*",?|\S+')
_FINAL: Final = frozenset({"accept", "drop"})
_AFTER: Final = frozenset({"goto", "jump"})
_DECIDES_NOTHING: Final = {"counter": 1, "log": 1, "notrack": 1}
_NEW_STATUS: Final = {
    "! confirmed": (field.CONFIRMED, 0),
    "confirmed": (field.CONFIRMED, 1),
    "dnat": (field.TRANSLATED, 1),
    "! dnat": (field.TRANSLATED, 0),
}

Words = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """A verdict that a map has for some fields; ``inline`` are its pairs where it has no name."""

    looks: tuple[Look, ...]
    name: str
    presence: Mapping[str, Values]
    inline: tuple[tuple[Values, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Read:
    """What a rule's text means. ``chance``: whether it matches depends on what came before (a limit).

    ``copies`` are the addresses that copies of the packet are sent to; ``verdict`` is empty where there is none.
    """

    steps: tuple[Step, ...] = ()
    verdict: str = ""
    asked: Asked | None = None
    chance: bool = False
    copies: Words = ()
    changes: tuple[Change, ...] = ()
    changed: frozenset[str] = frozenset()
    """Fields that the rule changes."""

    needs: Mapping[str, Values] = factory(default_factory=dict)
    """What a packet must be at least for the rule to do anything: asked first, because most rules do nothing."""


class _Reader:
    """Reads one rule."""

    def __init__(self, text: str) -> None:
        self.left: Words = tuple(_WORD.findall(text))
        self.text = text
        self.steps: list[Step] = []
        self.limits: dict[str, Values] = {}
        self.verdict = ""
        self.asked: Asked | None = None
        self.chance = False
        self.copies: list[str] = []
        self.changes: list[Change] = []
        self.changed: set[str] = set()

    def read(self) -> Read:
        while self.left:
            if self.verdict or self.asked:
                raise NotKnown(self.text)
            self._one()
        self._settle()
        steps, copies = tuple(self.steps), tuple(self.copies)
        changes, changed = tuple(self.changes), frozenset(self.changed)
        needs = _needs(steps, self.asked)
        return Read(steps, self.verdict, self.asked, self.chance, copies, changes, changed, needs)

    def _one(self) -> None:
        first = self.left[0]
        if first in _FINAL:
            self._take(1)
            self.verdict = first
        elif first in _AFTER and len(self.left) > 1:
            self.verdict = " ".join(self._take(2))
        elif first in _STATEMENTS:
            _STATEMENTS[first](self)
        else:
            self._compare()

    def _take(self, count: int) -> Words:
        if len(self.left) < count:
            raise NotKnown(self.text)
        taken, self.left = self.left[:count], self.left[count:]
        return taken

    def _settle(self) -> None:
        """Turn limits that were gathered into one step."""
        if self.limits:
            empty = any(not values for values in self.limits.values())
            self.steps.append(Never() if empty else Within(self.limits))
            self.limits = {}

    def _narrow(self, *limits: Mapping[str, Values]) -> None:
        for more in limits:
            self.limits = limited(self.limits, more)

    def _add(self, step: Step) -> None:
        self._settle()
        self.steps.append(step)

    def _change(self, step: Change, *fields: str) -> None:
        self._add(step)
        self.changes.append(step)
        self.changed |= set(fields)

    def counter(self) -> None:
        self._take(1)
        if self.left[:1] == ("name",):
            self._take(2)
        elif self.left[:1] == ("packets",):
            self._take(4)

    def log(self) -> None:
        self._take(1)
        while self.left[:1] and self.left[0] in {"prefix", "group", "level", "snaplen", "flags"}:
            self._take(2)

    def notrack(self) -> None:
        self._take(1)

    def limit(self) -> None:
        """``limit rate [over] N/second burst N packets``: whether it matches is chance here."""
        self._take(2)
        if self.left[:1] == ("over",):
            self._take(1)
        self._take(1)
        if self.left[:1] == ("burst",):
            self._take(3)
        self.chance = True

    def dup(self) -> None:
        _, to, member = self._take(3)
        if to != "to":
            raise NotKnown(self.text)
        self.copies.append(member)

    def nat(self) -> None:
        """``dnat to A``, ``snat ip prefix to NET``; both end the chain."""
        (kind,) = self._take(1)
        by_prefix = self.left[:2] in {("ip", "prefix"), ("ip6", "prefix")}
        if by_prefix:
            self._take(2)
        to, where = self._take(2)
        if to != "to" or self.left:
            raise NotKnown(self.text)
        wide = ":" in where
        name = {"dnat": (field.TARGET4, field.TARGET6), "snat": (field.SOURCE4, field.SOURCE6)}[kind][wide]
        self._change(Translated(name, literal(where), by_prefix), name, field.TRANSLATED)
        self.verdict = "accept"

    def ether(self) -> None:
        """``ether type X``, or a comparison of an address."""
        if self.left[1:2] == ("type",):
            self._take(2)
            unequal = self._unequal()
            self._narrow(ether_type(self._take(1)[0], unequal=unequal))
        else:
            self._compare()

    def status(self) -> None:
        """``ct status``, ``ct state``, ``ct direction``."""
        if self.left[1:2] != ("status",):
            self._compare()
            return
        self._take(2)
        words = self._take(2 if self.left[:1] == ("!",) else 1)
        known = _NEW_STATUS.get(" ".join(words))
        if known is None:
            raise NotKnown(self.text)
        self._narrow({known[0]: exactly(known[1])})

    def _unequal(self) -> bool:
        if self.left[:1] in {("!=",), ("!",)}:
            self._take(1)
            return True
        return False

    def _looks(self) -> tuple[Look, ...]:
        found = []
        while True:
            look = look_of(self.left[:3]) if self.left else None
            if look is None:
                raise NotKnown(self.text)
            if look[0].field in self.changed and self.left[look[1] : look[1] + 1] != ("set",):
                raise NotKnown(self.text)  # it would speak of the packet as changed
            found.append(look[0])
            self._take(look[1])
            if self.left[:1] != (".",):
                return tuple(found)
            self._take(1)

    def _compare(self) -> None:
        looks = self._looks()
        presence: dict[str, Values] = {}
        for look in looks:
            presence = limited(presence, look.presence)
        if self.left[:1] == ("vmap",):
            self._take(1)
            self._ask(looks, presence)
        elif self.left[:1] == ("set",):
            self._take(1)
            self._set(looks, presence)
        else:
            self._match(looks, presence, unequal=self._unequal())

    def _match(self, looks: tuple[Look, ...], presence: Mapping[str, Values], *, unequal: bool) -> None:
        if self.left[:1] and self.left[0].startswith("@"):
            if any(one.length for one in looks):
                raise NotKnown(self.text)
            self._add(Among(looks, self._take(1)[0][1:], presence, unequal))
            return
        if len(looks) != 1:
            raise NotKnown(self.text)
        (look,) = looks
        wanted = joined(span for word in self._values() for span in look.values(word))
        self._narrow(presence, {look.field: outside(wanted, look) if unequal else wanted})

    def _values(self) -> list[str]:
        """Return the words of ``{ a, b }``, or a single one."""
        if self.left[:1] != ("{",):
            return [self._take(1)[0]]
        end = self.left.index("}") if "}" in self.left else 0
        inside = self._take(end + 1)[1:-1]
        return [word.rstrip(",") for word in inside]

    def _ask(self, looks: tuple[Look, ...], presence: Mapping[str, Values]) -> None:
        self._settle()
        if self.left[:1] and self.left[0].startswith("@"):
            if any(one.length for one in looks):
                raise NotKnown(self.text)
            self.asked = Asked(looks, self._take(1)[0][1:], presence)
            return
        if len(looks) != 1 or self.left[:1] != ("{",) or self.left[-1] != "}":
            raise NotKnown(self.text)
        pairs = " ".join(self._take(len(self.left))[1:-1]).split(",")
        self.asked = Asked(looks, "", presence, tuple(_pair(looks[0], one) for one in pairs))

    def _set(self, looks: tuple[Look, ...], presence: Mapping[str, Values]) -> None:
        """``FIELD set VALUE``, or ``FIELD set OTHER map @M``."""
        (look,) = looks
        if not look.name.startswith("meta"):
            self._narrow(presence)
        if look_of(self.left[:3]) is None:
            self._change(Given(look.field, look.values(self._take(1)[0])), look.field)
            return
        keys = self._looks()
        word, name = self._take(2)
        if word != "map" or not name.startswith("@"):
            raise NotKnown(self.text)
        needs: dict[str, Values] = {}
        for one in keys:
            needs = limited(needs, one.presence)
        self._change(Mapped(look.field, keys, name[1:], needs), look.field)


def _needs(steps: tuple[Step, ...], asked: Asked | None) -> Mapping[str, Values]:
    """Return what the first step asks; without any step, what a map of verdicts asks."""
    match steps:
        case (Within(limits), *_):
            return limits
        case (Among(_, _, presence), *_):
            return presence
        case ():
            return asked.presence if asked else {}
        case _:
            return {}


def _pair(look: Look, text: str) -> tuple[Values, str]:
    value, _, verdict = text.strip().partition(" : ")
    if not verdict:
        raise NotKnown(text)
    return look.values(value.strip()), verdict.strip()


_STATEMENTS: Final[dict[str, Callable[[_Reader], None]]] = {
    "counter": _Reader.counter,
    "log": _Reader.log,
    "notrack": _Reader.notrack,
    "limit": _Reader.limit,
    "dup": _Reader.dup,
    "dnat": _Reader.nat,
    "snat": _Reader.nat,
    "ether": _Reader.ether,
    "ct": _Reader.status,
}


@lru_cache(maxsize=1 << 16)
def read_rule(text: str) -> Read:
    """Return what a rule's text means. Raises NotKnown with what is not known."""
    return _Reader(text).read()
