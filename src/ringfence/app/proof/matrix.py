# SPDX-License-Identifier: Apache-2.0
"""Who may open what to whom, by everything that the artifacts let happen: by zone, and by workload and asset."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from dataclasses import field as factory

from ringfence.app.services import services
from ringfence.compile.document import Kind
from ringfence.messages.proof import MatrixCell, MatrixEnd, ProofMatrix
from ringfence.proof import field
from ringfence.proof.box import Box
from ringfence.proof.compare import beyond, indexed
from ringfence.proof.door_words import FABRIC, said
from ringfence.proof.flow import Claim, Flow
from ringfence.proof.index import Index
from ringfence.proof.reach.topology import kind_and_names
from ringfence.proof.values import Values, common, exactly
from ringfence.site.site import Site

from .case import Case
from .ends import HOST, Ends
from .told import word_of

_PROTOCOLS = {field.TCP: "tcp", field.UDP: "udp", field.IGMP: "igmp", field.VRRP: "vrrp", 132: "sctp"}
_PINGS = (exactly(8), exactly(128))
_OWN = frozenset({Kind.GUARD, Kind.PORT, Kind.DOMAIN, Kind.RUN, Kind.VOLUME, Kind.SEED})
"""Kinds of artifacts that are one workload's."""
_LEG = "leg/"
_OURS = frozenset({HOST, "router"})
Pair = tuple[str, str]


@dataclass(slots=True)
class _Cell:
    services: set[str] = factory(default_factory=set)
    owners: set[str] = factory(default_factory=set)
    undeclared: set[str] = factory(default_factory=set)
    doors: set[str] = factory(default_factory=set)
    strange: set[str] = factory(default_factory=set)


class _Cells(defaultdict[Pair, _Cell]):
    """Cells by source and target."""

    def __init__(self) -> None:
        super().__init__(_Cell)

    def told(self) -> tuple[MatrixCell, ...]:
        """Return them as messages, in order."""
        return tuple(
            MatrixCell(
                *pair,
                *(
                    tuple(sorted(one))
                    for one in (held.services, held.owners, held.undeclared, held.doors, held.strange)
                ),
            )
            for pair, held in sorted(self.items())
        )


def matrix_of(case: Case) -> ProofMatrix:
    """Return the matrix of a case."""
    ends, by_end, by_zone = Ends(case), _Cells(), _Cells()
    allowed = indexed(case.claims, lambda one: one.box)
    names = _Named(case.site)
    for flow in case.reach.flows:
        if _opens(flow):
            _add(flow, allowed.get((flow.source, flow.target)), names, ends, (by_end, by_zone))
    _doors(case, ends, by_end, by_zone)
    unproven, shared = _unproven(case)
    order = sorted(case.site.zones.values(), key=lambda zone: (-zone.level, zone.name))
    return ProofMatrix(
        case.site.name,
        case.of,
        word_of(case, case.verdict()),
        tuple(zone.name for zone in order),
        tuple(_ends(case, ends, by_end, unproven)),
        by_zone.told(),
        by_end.told(),
        shared,
    )


def named(site: Site, box: Box) -> str:
    """Return what packets ask for, by the names that the site has for it."""
    return _Named(site).of(box)


class _Named:
    """Services by their names in the site."""

    def __init__(self, site: Site) -> None:
        self._known = services(site)

    def of(self, box: Box) -> str:
        """Return what packets ask for: ``modbus``, ``tcp/5000-5003``, ``ping``, ``EtherType 0x88b8``."""
        kind, protocol = box.limits.get(field.PROTOCOL), box.limits.get(field.PROTO)
        if kind and not common(kind, exactly(field.IP4, field.IP6)):
            return ", ".join(f"EtherType 0x{first:04x}" for first, _ in kind)
        if protocol is None:
            return "anything"
        if box.limits.get(field.TYPE) in _PINGS:
            return "ping"
        number = protocol[0][0]
        name, ports = _PROTOCOLS.get(number, f"protocol {number}"), box.limits.get(field.DPORT)
        return ", ".join(self._port(name, *span) for span in ports) if ports else name

    def _port(self, protocol: str, first: int, last: int) -> str:
        if first == last:
            return self._known.at(protocol, first) or f"{protocol}/{first}"
        return f"{protocol}/{first}-{last}"


def _opens(flow: Flow) -> bool:
    """Tell whether a flow is more than answers and errors, and between two who are not the router."""
    inner = ("router", "leg/", "answer/")
    if flow.source.startswith(inner) or flow.target.startswith(inner):
        return False
    states: Values | None = flow.region.box.limits.get(field.STATE)
    return states is None or bool(common(states, exactly(field.NEW)))


def _add(flow: Flow, allowed: Index[Claim] | None, names: _Named, ends: Ends, cells: tuple[_Cells, _Cells]) -> None:
    box = flow.region.box
    what, owners = names.of(box), {one.owner for one in allowed.near(box) if one.box.meets(box)} if allowed else set()
    strange = bool(beyond(flow.region, allowed))
    for source in ends.who(flow.source, box, source=True):
        for target in ends.who(flow.target, box, source=False):
            pairs = (source, target), (ends.zone(source, flow.source), ends.zone(target, flow.target))
            for held, pair in zip(cells, pairs, strict=True):
                if all(pair):
                    held[pair].services.add(what)
                    held[pair].owners |= owners
                    held[pair].undeclared |= {what} if strange else set()


def _doors(case: Case, ends: Ends, by_end: _Cells, by_zone: _Cells) -> None:
    """Add ways past the network; declared ones that lead to Ringfence's own parts are no matter between two."""
    owners = {one.key: one.owner for one in case.doors}
    for door in case.reach.doors:
        owner = owners.get(door.key)
        pair = _end(door.source), _end(door.target)
        if door.target == FABRIC or (owner is not None and (owner.startswith("standing/") or _OURS & set(pair))):
            continue
        zones = tuple(_zone(ends, *one) for one in zip(pair, (door.source, door.target), strict=True))
        met = [by_end[pair]] if not any(one.startswith(_LEG) for one in pair) else []
        for cell in (*met, *([by_zone[zones[0], zones[1]]] if all(zones) else [])):
            cell.doors.add(said(door))
            if owner is None:
                cell.strange.add(said(door))


def _zone(ends: Ends, end: str, port: str) -> str:
    return end.removeprefix(_LEG) if end.startswith(_LEG) else ends.zone(end, port)


def _end(end: str) -> str:
    kind, _, name = end.partition("/")
    return f"workload/{name.partition('/')[0]}" if kind == "workload" else end


def _ends(case: Case, ends: Ends, cells: _Cells, unproven: set[str]) -> Iterator[MatrixEnd]:
    """Yield everybody by zone, the highest level first; uplinks, the host and others where they are met."""
    site = case.site
    known = [*(f"workload/{name}" for name in site.workloads), *(f"asset/{name}" for name in site.assets)]
    zones = {one: ends.zone(one) for one in known}
    order = {zone.name: (-zone.level, zone.name) for zone in site.zones.values()}
    for one in sorted(known, key=lambda end: (order[zones[end]], end.partition("/")[0] != "workload", end)):
        yield MatrixEnd(one, zones[one], one in unproven)
    met = {end for pair in cells for end in pair} - set(known)
    yield from (MatrixEnd(one, "", one in unproven) for one in sorted(met))


def _unproven(case: Case) -> tuple[set[str], tuple[str, ...]]:
    """Return the workloads that something of their own is not understood of, and what may concern anybody."""
    own, shared = set(), [f"Not seen: {text}" for text in case.not_seen]
    for one in case.reach.unread:
        kind, names = kind_and_names(one.place.artifact)
        if kind in _OWN and names:
            own.add(f"workload/{names[0]}")
        else:
            shared.append(f"Not understood: {one.place.artifact} ({one.place.key}): {one.why}.")
    shared += [f"Not counted here: {text}" for text in case.strangers()]
    return own, tuple(dict.fromkeys(shared))
