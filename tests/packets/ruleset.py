# SPDX-License-Identifier: Apache-2.0
"""nft scripts as data: the commands of ``nft -f`` that the fabric uses, read by the grammar of nft(8)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from ipaddress import ip_address, ip_network
from typing import Any

Value = Any
"""What a field or a literal is: an address, a network, a number, or a word."""

_WORDS = re.compile(r'"[^"]*"|[{};]|:(?=\s)|,(?=\s)|[^\s{};"]+(?<!,)|,')
_NUMBER = re.compile(r"0x[0-9a-f]+|\d+")
_RANGE = re.compile(r"(\d+)-(\d+)")
_ADDRESS = re.compile(r"[0-9a-f]*:[0-9a-f:.]*|\d+\.\d+\.\d+\.\d+")
_LINK = re.compile(r"(?:[0-9a-f]{2}:){5}[0-9a-f]{2}")


@dataclass(slots=True)
class Chain:
    """``hook`` is None for a chain that is only jumped to. Rules are lists of words without their comments."""

    hook: str | None = None
    priority: int = 0
    policy: str = "accept"
    rules: list[tuple[str, list[str]]] = field(default_factory=list)


@dataclass(slots=True)
class Ruleset:
    """One table. Elements are lists of fields; a map's have a verdict as well."""

    chains: dict[str, Chain] = field(default_factory=dict)
    sets: dict[str, list[tuple[Value, ...]]] = field(default_factory=dict)
    maps: dict[str, dict[tuple[Value, ...], list[str]]] = field(default_factory=dict)

    def load(self, script: str) -> None:
        """Read commands; raises ValueError for one that is not known."""
        for line in filter(str.strip, script.splitlines()):
            self._command(words(line))

    def base(self, hook: str) -> list[tuple[str, Chain]]:
        """Return the chains of a hook with their names, in the order in which they run."""
        found = [(name, one) for name, one in self.chains.items() if one.hook == hook]
        return sorted(found, key=lambda pair: pair[1].priority)

    def _command(self, line: list[str]) -> None:
        match line:
            case ["add", "table" | "counter", *_]:
                pass
            case ["flush", "chain", _, _, name]:
                self.chains[name].rules.clear()
            case ["add", "chain", _, _, name, *rest]:
                self.chains.setdefault(name, Chain())
                if rest:
                    self._hook(self.chains[name], rest)
            case ["add", "set" | "map" as kind, _, _, name, *_]:
                self.maps.setdefault(name, {}) if kind == "map" else self.sets.setdefault(name, [])
            case ["add", "rule", _, _, chain, *rule]:
                mark = rule.index("comment")
                self.chains[chain].rules.append((rule[mark + 1].strip('"'), rule[:mark]))
            case ["add", "element", _, _, name, "{", *elements, "}"]:
                self._elements(name, elements)
            case _:
                raise ValueError(" ".join(line))

    @staticmethod
    def _hook(chain: Chain, rest: list[str]) -> None:
        chain.hook, chain.priority = rest[rest.index("hook") + 1], int(rest[rest.index("priority") + 1])
        chain.policy = rest[rest.index("policy") + 1]

    def _elements(self, name: str, line: list[str]) -> None:
        for element in split(line, ","):
            key, _, verdict = partition(element, ":")
            plain = without_comment(key)
            fields = tuple(literal(" ".join(word)) for word in split(plain, "."))
            if name in self.maps:
                self.maps[name][fields] = verdict
            elif fields not in self.sets[name]:
                self.sets[name].append(fields)


def words(line: str) -> list[str]:
    """Split a command; braces, commas, colons and semicolons stand alone, quoted text stays whole."""
    return _WORDS.findall(line)


def split(line: list[str], mark: str) -> Iterator[list[str]]:
    """Yield what stands between marks."""
    found: list[str] = []
    for word in line:
        if word == mark:
            yield found
            found = []
        else:
            found.append(word)
    yield found


def partition(line: list[str], mark: str) -> tuple[list[str], str, list[str]]:
    """Split at the first mark."""
    place = line.index(mark) if mark in line else len(line)
    return line[:place], mark, line[place + 1 :]


def without_comment(line: list[str]) -> list[str]:
    return line[: line.index("comment")] if "comment" in line else line


@cache
def literal(word: str) -> Value:
    """Return what a word means: an address, a network, a range, a number, or itself."""
    if word.startswith('"') or _LINK.fullmatch(word):
        return word.strip('"')
    if found := _RANGE.fullmatch(word):
        return range(int(found[1]), int(found[2]) + 1)
    if _NUMBER.fullmatch(word):
        return int(word, 0)
    if _ADDRESS.fullmatch(word.partition("/")[0]):
        return ip_network(word) if "/" in word else ip_address(word)
    return word
