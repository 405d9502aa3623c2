# SPDX-License-Identifier: Apache-2.0
"""Conduits' relays: elements and chains that copy what is said to many to exactly the members that a conduit names.

The copy keeps its sender and its content. A range of ports is cut where another one of the same sender and group begins
or ends, and a chain that several conduits need has the members of all of them, each with the names of its owners.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from ringfence.base.errors import BadInput
from ringfence.compile.document import Artifact, Document, Kind
from ringfence.compile.part.element import COMMENT_BYTES, add_elements
from ringfence.compile.part.relay import LOOKUPS, SLUG, TABLES, VRRP4, Relay, mark_of
from ringfence.compile.scope import Scope
from ringfence.site.service import PortRange

from .cast import Cast, Casting, Member, casts
from .claim import pieces
from .conduit import closed, ends
from .endpoints import Place
from .leg import legs_of
from .names import quoted

_Wanted = tuple[str, ...]
"""Owner and the fields of a member."""


@dataclass(slots=True)
class Relays:
    """All relays of a fabric, while conduits say what they want."""

    links: Mapping[str, str]
    """The router's end of each leg, by the leg's key."""
    _wanted: dict[Cast, list[tuple[PortRange, _Wanted]]] = field(default_factory=lambda: defaultdict(list))

    def claim(self, owner: str, castings: Iterator[Casting]) -> None:
        """Note that ``owner`` wants castings; the same one twice is one."""
        for cast, ports, member in dict.fromkeys(castings):
            self._wanted[cast].append((ports, (owner, *member)))

    def settle(self) -> Iterator[Relay]:
        """Yield the relays, ranges of ports cut. Raises BadInput where too many conduits name one member."""
        for cast, wanted in sorted(self._wanted.items()):
            for ports, members in pieces(wanted):
                relay = Relay(cast.lookup, self._key(cast, ports))
                for owner, *fields in members:
                    member = Member(*fields)
                    relay.own(owner, member.address, self._rule(member))
                _refuse_crowd(relay)
                yield relay

    def _key(self, cast: Cast, ports: PortRange) -> str:
        tail = [] if cast.lookup == VRRP4 else [str(ports)]
        # The link comes last: nft 1.0.6 cannot list a map in words whose key begins with one.
        return " . ".join([cast.source, cast.target, *tail, quoted(self.links[cast.leg])])

    def _rule(self, member: Member) -> str:
        words = f"ip daddr set {member.target} " if member.target else ""
        return f"{words}meta mark set {mark_of(self.links[member.leg])} dup to {member.address}"


def relay_artifacts(place: Place, scope: Scope, now: datetime) -> Iterator[Artifact]:
    """Yield an artifact for each conduit that relays something on this host and has not closed by its expiry."""
    links = {leg.key: leg.link for leg in legs_of(place.site, scope)}
    relays, named, owned = Relays(links), dict[str, set[str]](), defaultdict[str, list[Relay]](list)
    for conduit in place.site.conduits.values():
        if not closed(conduit, now) and not conduit.dormant:
            near, far = place.stands(conduit.source), place.stands(conduit.target)
            flows = [flow for name in conduit.services for flow in place.site.services[name].flows]
            named[conduit.name] = {stand.workload for stand in (*near, *far) if stand.workload}
            relays.claim(conduit.name, casts(place.pairs(conduit), flows, place.site))
    for relay in relays.settle():
        for owner in relay.names:
            owned[owner].append(relay)
    for name, held in sorted(owned.items()):
        document = _document(scope, name, held)
        tables = {table for table, family in TABLES.items() if family in _families(held)}
        needs = (
            *(scope.address("table", one) for one in sorted({"router", *tables})),
            *ends(place, scope, named[name]),
        )
        yield Artifact(document, (f"conduit/{name}",), needs)


def relay_lines(table: str, relays: Collection[Relay]) -> Iterator[str]:
    """Yield the commands that make relays' chains anew and add their elements. ``table`` is family and name."""
    for relay in relays:
        yield from relay.chain_lines(table)
    yield from add_elements(table, sorted(relay.element for relay in relays))


def _document(scope: Scope, name: str, relays: list[Relay]) -> Document:
    parts: dict[str, str] = {}
    for relay in relays:
        parts |= relay.parts(name)
    return Document(scope.address("relay", name), Kind.RELAY, parts, "\n".join(_lines(scope, relays)) + "\n")


def _lines(scope: Scope, relays: list[Relay]) -> Iterator[str]:
    """Yield the commands that load relays; chains hold the members of all conduits, so that order does not matter."""
    for family in sorted(_families(relays)):
        table, mine = f"{family} {scope.table}", [one for one in relays if LOOKUPS[one.lookup] == family]
        yield from relay_lines(table, mine)


def _families(relays: list[Relay]) -> set[str]:
    return {LOOKUPS[one.lookup] for one in relays}


def _refuse_crowd(relay: Relay) -> None:
    if len(" ".join(relay.names)) + SLUG > COMMENT_BYTES:
        raise BadInput(
            f"Too many conduits relay the same to somebody ({relay.key}): {', '.join(relay.names)}.",
            "Let one conduit name all members of it; three always fit.",
        )
