# SPDX-License-Identifier: Apache-2.0
"""Everything that a fabric's artifacts let happen, from the documents alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from ringfence.compile.document import Document
from ringfence.proof import field
from ringfence.proof.box import Box
from ringfence.proof.flow import Flow, Place, Reach
from ringfence.proof.region import Region
from ringfence.proof.values import exactly, joined, without

from .arrival import Arrival, arrivals, inside, promised, sent, straight, to_host
from .crossing import crossed
from .delivery import MANY, Delivery, finished
from .errors import RELATED, Peers, peers
from .holders import holders
from .router import TARGETS, VERSIONS, copies, of_version, prepared, routed, said, taken_in, through
from .settings import doors
from .topology import Leg
from .uplink import answers
from .world import World

_SINGLE = Box({field.CAST: exactly(field.TO_US)})
_MANY = Box({field.CAST: exactly(field.BROADCAST, field.MULTICAST)})


def reach(documents: Iterable[Document]) -> Reach:
    """Return all flows and doors of one fabric. ``documents`` are compiled ones, or what was observed."""
    world = World(tuple(documents))
    outer = [port for port in world.topology.ports.values() if not port.end.startswith("leg/")]
    taken = {port.name: sent(world, port) for port in outer}
    delivery = Delivery(world, holders(one for frames in taken.values() for one in frames))
    entries: list[_Entry] = []
    flows: list[Flow] = []
    for frames in taken.values():
        flows += straight(world, frames)
        flows += to_host(world, frames)
        found = list(arrivals(world, frames))
        flows += promised(found)
        entries += [entry for one in found for entry in _entries(one)]
    for leg in world.topology.legs.values():
        if not leg.bridge and leg.up:
            entries += _from_plant(leg)
            flows += answers(world, leg)
    flows += [flow for one in entries for flow in _conversations(delivery, one)]
    flows += _from_router(delivery)
    flows += list(_errors(delivery, entries, peers(flows)))
    return Reach(tuple(flows), tuple(doors(world)), tuple(world.unread))


class _Entry(NamedTuple):
    """Packets that come into the router by a leg."""

    source: str
    leg: Leg
    region: Region
    path: tuple[Place, ...]
    version: int


def _entries(one: Arrival) -> Iterator[_Entry]:
    for packets in inside(one):
        for version in (4, 6):
            region = of_version(packets, version)
            if region is not None:
                yield _Entry(one.port.end, one.leg, region, one.path, version)


def _from_plant(leg: Leg) -> Iterator[_Entry]:
    """Yield what comes in from the plant: there is no guard, anything may come."""
    number = exactly(field.named(leg.name))
    casts = exactly(field.TO_US, field.BROADCAST, field.MULTICAST)
    for version, kind in VERSIONS.items():
        if leg.speaks(version):
            box = Box({**kind.limits, field.IIF: number, field.LATER: exactly(0), field.CAST: casts})
            yield _Entry(leg.end, leg, Region(box), (leg.place,), version)


def _conversations(delivery: Delivery, one: _Entry) -> Iterator[Flow]:
    """Yield what becomes of packets in the router, but for errors."""
    yield from _onwards(delivery, one.source, one.leg, one.region, one.path, one.version)
    for last, way in taken_in(delivery.world, one.region):
        yield from finished(one.source, "router", last, (*one.path, *way), own=True)


def _errors(delivery: Delivery, entries: list[_Entry], known: Peers) -> Iterator[Flow]:
    """Yield errors about conversations: from end to end, to the router, and from it."""
    for one in entries:
        region = known.errors_of(one.source, one.region, one.version)
        if region is not None:
            yield from _onwards(delivery, one.source, one.leg, region, one.path, one.version)
        heard = one.region.within(RELATED) if one.source in known.routers else None
        for last, way in taken_in(delivery.world, heard) if heard else ():
            yield from finished(one.source, "router", last, (*one.path, *way), own=True)
    for version in (4, 6):
        ends = joined(span for (_, its), spans in known.found.items() if its == version for span in spans)
        for region, path in said(delivery.world, version, RELATED):
            found = region.within(Box({TARGETS[version]: ends})) if ends else None
            if found is not None:
                yield from _said_to_one(delivery, found, path, version)


def _onwards(
    delivery: Delivery, source: str, leg: Leg, region: Region, path: tuple[Place, ...], version: int
) -> Iterator[Flow]:
    """Yield what goes on from a leg: single packets to where they are sent, the others as copies."""
    single = region.within(_SINGLE)
    for start in prepared(delivery.world, single, version) if single else ():
        for going in through(delivery.world, leg, start, version):
            for end, last, way in delivery.ends(going, version):
                yield from finished(source, end, last, (*path, *way))
    many = region.within(_MANY)
    for going in copies(delivery.world, many, version) if many else ():
        for end, last, way in delivery.ends(going, version):
            yield from _copied(source, end, last, (*path, *way))


def _copied(source: str, target: str, region: Region, path: tuple[Place, ...]) -> Iterator[Flow]:
    """Yield the flow of a copy; how the router tracks it is no matter of the two ends."""
    for one in crossed(region, {field.STATE: None, field.DIRECTION: None}):
        yield from finished(source, target, one, path)


def _from_router(delivery: Delivery) -> Iterator[Flow]:
    """Yield what the router says by itself."""
    world = delivery.world
    for version in (4, 6):
        name = TARGETS[version]
        for region, path in said(world, version):
            free = name not in region.box.limits
            many = region.within(Box({name: MANY[version]}))
            if free or many is not None:
                yield from _said_to_all(delivery, region if free or many is None else many, path, version)
            if not free:
                yield from _said_to_one(delivery, region, path, version)


def _said_to_all(delivery: Delivery, region: Region, path: tuple[Place, ...], version: int) -> Iterator[Flow]:
    for leg in delivery.world.topology.legs.values():
        if not leg.up or not leg.speaks(version):
            continue
        here = region.within(Box({field.OIF: exactly(field.named(leg.name))}))
        if here is not None:
            for end, last, way in delivery.everybody(leg, here, path):
                yield from finished("router", end, last, way, own=True)


def _said_to_one(delivery: Delivery, region: Region, path: tuple[Place, ...], version: int) -> Iterator[Flow]:
    name = TARGETS[version]
    single = without(region.box.at(name), MANY[version])
    rest = region.within(Box({name: single})) if single else None
    for going in routed(delivery.world, rest, path, version) if rest else ():
        for end, last, way in delivery.ends(going, version):
            yield from finished("router", end, last, way, own=True)
