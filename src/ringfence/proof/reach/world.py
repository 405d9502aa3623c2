# SPDX-License-Identifier: Apache-2.0
"""A fabric as its documents have it, read once: topology, tables, routes, and who holds which address."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

from ringfence.compile.document import Document, Kind
from ringfence.proof.box import Box
from ringfence.proof.field import BROADCAST, IIF, LATER, MULTICAST, TO_US, named
from ringfence.proof.flow import Unread
from ringfence.proof.gate import Gate
from ringfence.proof.region import Region
from ringfence.proof.ruleset import Ruleset, read
from ringfence.proof.values import Values, common, exactly

from .frames import EVERYBODY, groups, takes
from .relay_table import relay_table
from .routes import Routes, routes
from .topology import Leg, Port, Topology, topology
from .translator import Translator, is_translated


@dataclass
class World:
    """Everything that packets meet."""

    documents: Sequence[Document]
    topology: Topology = field(init=False)
    router: Ruleset = field(init=False)
    guard: Ruleset = field(init=False)
    neighbours: Ruleset = field(init=False)
    relays: dict[int, Ruleset] = field(init=False)
    """By IP version."""
    translators: list[Translator] = field(init=False)

    def __post_init__(self) -> None:
        self.topology = topology(self.documents)
        self.router = read(self._of("table/router", Kind.CONDUIT))
        self.guard = read(self._of("table/guard", Kind.GUARD, Kind.FRAMES))
        self.neighbours = read(self._of("table/neighbours"))
        relays = self._of("", Kind.RELAY)
        self.relays = {one: relay_table(self._of(f"table/relay{one}"), relays, one) for one in (4, 6)}
        self.translators = [Translator(one) for one in self.documents if is_translated(one)]

    def _of(self, table: str, *kinds: Kind) -> list[Document]:
        return [one for one in self.documents if one.kind in kinds or (table and one.address.endswith(f"/{table}"))]

    _casts: dict[tuple[str, int], tuple[tuple[int, Values], ...]] = field(default_factory=dict)

    def casts(self, port: Port, mac: int) -> tuple[tuple[int, Values], ...]:
        """Return the target addresses that a bridge hands to a leg's port, by what the router takes a frame for.

        ``mac`` is the router's end's (eth_type_trans in net/ethernet/eth.c).
        """
        known = self._casts.get((port.name, mac))
        if known is None:
            wanted = takes(self.topology, port)
            kinds = ((TO_US, exactly(mac)), (BROADCAST, exactly(EVERYBODY)), (MULTICAST, groups()))
            found = ((cast, common(wanted, targets)) for cast, targets in kinds)
            known = self._casts[port.name, mac] = tuple(one for one in found if one[1])
        return known

    _into_router: dict[str, Gate] = field(default_factory=dict)

    def into_router(self, leg: Leg) -> Gate:
        """Return what the router hears on a leg."""
        if leg.name not in self._into_router:
            box = Box({IIF: exactly(named(leg.name)), LATER: exactly(0)})
            self._into_router[leg.name] = Gate(self.router, "input", (Region(box),))
        return self._into_router[leg.name]

    @cached_property
    def routes(self) -> dict[int, Routes]:
        """Return routes by IP version."""
        return {version: routes(self.topology, version) for version in (4, 6)}

    @property
    def unread(self) -> list[Unread]:
        """Return everything that nobody understands."""
        nat = (one.rules for one in self.translators)
        tables = (self.router, self.guard, self.neighbours, *self.relays.values(), *nat)
        return [*self.topology.unread, *(one for table in tables for one in table.unread)]
