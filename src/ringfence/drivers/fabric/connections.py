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
class Connection:
    """The direction in which a connection was opened."""

    protocol: str
    source: str
    target: str
    source_port: str
    target_port: str

    @property
    def command(self) -> list[str]:
        """Return the words that delete exactly this one."""
        words = ["-D", "-p", self.protocol, "-s", self.source, "-d", self.target]
        if self.target_port:
            words += ["--sport", self.source_port, "--dport", self.target_port]
        return words


def cut(scope: Scope, keys: Iterable[tuple[str, str]]) -> None:
    """Delete the connections that elements with these maps and keys let pass."""
    for version, family in _FAMILIES.items():
        wanted = [key for lookup, key in keys if lookup[1:2] == version or lookup == f"probe{version}"]
        if wanted:
            for connection in matching(_listed(scope, family), wanted):
                with contextlib.suppress(Refused):  # it has ended by itself
                    run(["conntrack", "-f", family, *connection.command], namespace=scope.namespace)


def _listed(scope: Scope, family: str) -> str:
    return run(["conntrack", "-L", "-f", family], namespace=scope.namespace, accept=(0, _NONE_FOUND))


def connections(text: str) -> Iterator[Connection]:
    """Yield what ``conntrack -L`` prints: the first four fields of a line are the opener's."""
    for line in text.splitlines():
        words = line.split()
        fields: dict[str, str] = {}
        for name, value in _FIELD.findall(line):
            fields.setdefault(name, value)
        if words and "src" in fields:
            ports = fields.get("sport", ""), fields.get("dport", "")
            yield Connection(words[0], fields["src"], fields["dst"], *ports)


def matching(text: str, keys: Sequence[str]) -> Iterator[Connection]:
    """Yield the connections of a listing that elements with these keys let pass."""
    exact = set(keys)
    ranges = [key for key in keys if _RANGE.search(key)]
    for one in connections(text):
        pair = f"{one.source} . {one.target} . {_PROTOCOLS.get(one.protocol, one.protocol)}"
        whole = f"{pair} . {one.target_port}" if one.target_port else pair
        if whole in exact or any(_covers(key, pair, one.target_port) for key in ranges):
            yield one


_PROTOCOLS = {"icmpv6": "ipv6-icmp"}


def _covers(key: str, pair: str, port: str) -> bool:
    before, _, ports = key.rpartition(" . ")
    first, _, last = ports.partition("-")
    return before == pair and port.isdecimal() and int(first) <= int(port) <= int(last)
