# SPDX-License-Identifier: Apache-2.0
"""Who permits a conversation: the elements of the router's maps, asked as the router's rules ask them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from ipaddress import ip_address, ip_network
from typing import NamedTuple

from ringfence.compile.part.element import Element
from ringfence.compile.part.opening import GRANTED

from .rules import grants, is_grant

_PROTOCOLS = {"icmpv6": "ipv6-icmp"}
_MAPS = re.compile(r"(?:[crgpqde][46]_|probe[46]$)")
_EVERY_PORT = (0, 0)


class Asked(NamedTuple):
    """A conversation that is asked for: text of the addresses; ``port`` 0 where the protocol has none."""

    source: str
    target: str
    protocol: str
    port: int


class _Span(NamedTuple):
    """First and last address as numbers, and their version."""

    version: int
    first: int
    last: int


class _Wide(NamedTuple):
    source: _Span
    target: _Span
    ports: tuple[int, int]
    element: Element


@dataclass(slots=True)
class Permissions:
    """Elements by what they permit. Most name two addresses, so that few are left to be tried one by one."""

    pairs: dict[tuple[str, str, str], list[tuple[int, int, Element]]] = field(default_factory=lambda: defaultdict(list))
    """By source, target and protocol; first and last port."""
    wide: dict[str, list[_Wide]] = field(default_factory=lambda: defaultdict(list))
    """Those with networks or ranges of addresses, by protocol."""

    def of(self, asked: Asked) -> list[Element]:
        """Return the elements that let a conversation pass."""
        pair = self.pairs.get((asked.source, asked.target, asked.protocol), ())
        found = [element for first, last, element in pair if first <= asked.port <= last]
        if self.wide:
            found += self._of_wide(asked)
        return found

    def between(self, source: str, target: str) -> list[Element]:
        """Return the elements that let anything pass from one address to another."""
        found = [element for key, held in self.pairs.items() if key[:2] == (source, target) for *_, element in held]
        near, far = span(source), span(target)
        wide = (one for held in self.wide.values() for one in held)
        return found + [one.element for one in wide if _within(near, one.source) and _within(far, one.target)]

    def _of_wide(self, asked: Asked) -> list[Element]:
        near, far = span(asked.source), span(asked.target)
        return [
            one.element
            for one in self.wide.get(asked.protocol, ())
            if one.ports[0] <= asked.port <= one.ports[1] and _within(near, one.source) and _within(far, one.target)
        ]


def permissions(elements: Iterable[Element], *, dormant: bool = False) -> Permissions:
    """Return what elements permit; with ``dormant``, what those would permit that a person may grant."""
    found = Permissions()
    for one in elements:
        if one.owners and _MAPS.match(one.lookup) and (one.lookup[0] in GRANTED) is dormant:
            _add(found, one)
    return found


def owners(elements: Iterable[Element]) -> tuple[str, ...]:
    """Return the conduits that elements belong to, each once: ``poll``, ``probe/plc``."""
    return tuple(dict.fromkeys(name for one in elements for name in _names(one)))


def span(text: str) -> _Span:
    """Return the addresses that a field of a key means: one, a network or a range. Raises ValueError."""
    first, dash, last = text.partition("-")
    if dash:
        low, high = ip_address(first), ip_address(last)
        return _Span(low.version, int(low), int(high))
    network = ip_network(text)
    return _Span(network.version, int(network.network_address), int(network.broadcast_address))


def _add(found: Permissions, element: Element) -> None:
    source, target, protocol, *port = element.key.split(" . ")
    protocol = next((ours for ours, theirs in _PROTOCOLS.items() if theirs == protocol), protocol)
    ports = _ports(port[0]) if port else _EVERY_PORT
    if any(mark in source + target for mark in "/-"):
        found.wide[protocol].append(_Wide(span(source), span(target), ports, element))
    else:
        found.pairs[source, target, protocol].append((*ports, element))


def _ports(text: str) -> tuple[int, int]:
    first, _, last = text.partition("-")
    return int(first), int(last or first)


def _within(one: _Span, held: _Span) -> bool:
    return one.version == held.version and held.first <= one.first and one.last <= held.last


def _names(element: Element) -> Iterator[str]:
    if is_grant(element):
        yield from (grant.conduit for grant in grants(element))
    else:
        yield from element.owners.split()
