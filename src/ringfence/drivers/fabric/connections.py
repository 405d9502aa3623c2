# SPDX-License-Identifier: Apache-2.0
"""Ends tracked connections whose permission went. The maps already stop them; this makes the router forget them."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from ringfence.base.errors import Refused
from ringfence.compile.scope import Scope

from .tool import run

_FAMILIES = {"4": "ipv4", "6": "ipv6"}
_FIELD = re.compile(r"\b(src|dst|sport|dport)=(\S+)")
_RANGE = re.compile(r" \. \d+-\d+$")
_NONE_FOUND = 1


@dataclass(frozen=True, slots=True)
class Conversation:
    """All connections that one machine opened to one port of another: they share their permission."""

    protocol: str
    source: str
    target: str
    port: str

    @property
    def command(self) -> list[str]:
        """Return the words that delete its connections."""
        words = ["-D", "-p", self.protocol, "-s", self.source, "-d", self.target]
        return [*words, "--dport", self.port] if self.port else words


def cut(scope: Scope, keys: Iterable[tuple[str, str]]) -> None:
    """Delete the connections that elements with these maps and keys let pass."""
    for version, family in _FAMILIES.items():
        wanted = [key for lookup, key in keys if lookup[1:2] == version or lookup == f"probe{version}"]
        if wanted:
            for conversation in matching(_listed(scope, family), wanted):
                with contextlib.suppress(Refused):  # it has ended by itself
                    run(["conntrack", "-f", family, *conversation.command], namespace=scope.namespace)


def _listed(scope: Scope, family: str) -> str:
    return run(["conntrack", "-L", "-f", family], namespace=scope.namespace, accept=(0, _NONE_FOUND))


def conversations(text: str) -> list[Conversation]:
    """Return each of what ``conntrack -L`` prints once: the first fields of a line are the opener's.

    A poller leaves a closed connection behind every second, and deleting them one by one took seconds.
    """
    return list(dict.fromkeys(_openers(text)))


def _openers(text: str) -> Iterator[Conversation]:
    for line in text.splitlines():
        words = line.split()
        fields: dict[str, str] = {}
        for name, value in _FIELD.findall(line):
            fields.setdefault(name, value)
        if words and "src" in fields:
            protocol = words[1] if words[0] == "unknown" else words[0]  # no name for it: its number follows
            yield Conversation(protocol, fields["src"], fields["dst"], fields.get("dport", ""))


def matching(text: str, keys: Sequence[str]) -> Iterator[Conversation]:
    """Yield the conversations of a listing that elements with these keys let pass."""
    exact = set(keys)
    ranges = [key for key in keys if _RANGE.search(key)]
    for one in conversations(text):
        pair = f"{one.source} . {one.target} . {_PROTOCOLS.get(one.protocol, one.protocol)}"
        whole = f"{pair} . {one.port}" if one.port else pair
        if whole in exact or any(_covers(key, pair, one.port) for key in ranges):
            yield one


_PROTOCOLS = {"icmpv6": "ipv6-icmp"}


def _covers(key: str, pair: str, port: str) -> bool:
    before, _, ports = key.rpartition(" . ")
    first, _, last = ports.partition("-")
    return before == pair and port.isdecimal() and int(first) <= int(port) <= int(last)
