# SPDX-License-Identifier: Apache-2.0
"""Conversations on the simulated host: every open conduit is used, and its opener says something each second."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ringfence.compile.document import Document, Kind
from ringfence.compile.part.element import Element, own_elements
from ringfence.compile.part.opening import DORMANT
from ringfence.compile.scope import Scope
from ringfence.facts.connection import Connection
from ringfence.ports.clock import Clock

from .file import WorldFile
from .state import SiteState

_REQUEST, _ANSWER = 52, 61
"""Bytes of a short question and its answer."""


class MemoryFlows:
    """A FlowPort."""

    def __init__(self, file: WorldFile, clock: Clock) -> None:
        self._file = file
        self._clock = clock

    def connections(self, scope: Scope) -> Sequence[Connection]:
        """Return a connection for each conversation that a conduit names, and those that were recorded."""
        state, now = self._file.read(scope.site), self._clock.now().timestamp()
        open_ = (one for one in _conduits(scope, state) if one.parts.get("state") != DORMANT)
        talks = (_talk(one, state, now) for document in open_ for one in own_elements(document.parts))
        return [*talks, *state.talks]

    def elements(self, scope: Scope) -> Sequence[Element]:
        """Return the elements of all conduits that stand."""
        found: dict[tuple[str, str], Element] = {}
        for document in _conduits(scope, self._file.read(scope.site)):
            name = document.address.partition("/conduit/")[2]
            for one in own_elements(document.parts):
                held = found.get(one[:2])
                found[one[:2]] = one._replace(owners=f"{held.owners} {name}" if held else name)
        return list(found.values())


def _conduits(scope: Scope, state: SiteState) -> Iterator[Document]:
    prefix = scope.address("conduit", "")
    return (one for one in state.of_kind(Kind.CONDUIT) if one.address.startswith(prefix))


def _talk(element: Element, state: SiteState, now: float) -> Connection:
    source, target, protocol, *ports = element.key.split(" . ")
    age = int(now - min(state.since.values(), default=now))
    port = int(ports[0].partition("-")[0]) if ports else 0
    tcp = "ESTABLISHED" if protocol == "tcp" else ""
    counts = (age, age * _REQUEST, age, age * _ANSWER)
    return Connection("icmpv6" if protocol == "ipv6-icmp" else protocol, source, target, port, tcp, *counts, age, 0)
