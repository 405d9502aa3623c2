# SPDX-License-Identifier: Apache-2.0
"""Everything that a fabric's artifacts let happen, from the documents alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from dataclasses import field as factory
from typing import NamedTuple

from ringfence.compile.document import Document
from ringfence.proof import field
from ringfence.proof.box import Box
from ringfence.proof.flow import Flow, Place, Reach
from ringfence.proof.region import Region
from ringfence.proof.values import exactly, without

from .arrival import Arrival, arrivals, inside, promised, sent, straight, to_host
from .checks import doors
from .crossing import crossed
from .delivery import MANY, Delivery, finished
from .errors import peers
from .holders import holders
from .router import (
    NO_ERRORS,
    RELATED,
    TARGETS,
    VERSIONS,
    across,
    copies,
    of_version,
    onwards,
    prepared,
    routed,
    said,
    stated,
    taken_in,
)
from .topology import Leg
from .uplink import answers
from .world import World

_SINGLE = Box({field.CAST: exactly(field.TO_US)})
_MANY = Box({field.CAST: exactly(field.BROADCAST, field.MULTICAST)})


def reach(documents: Iterable[Document]) -> Reach:
    """Return all flows and doors of one fabric. ``documents`` are compiled ones, or what was observed."""
    world = World(tuple(documents))
    outer = [port for port in world.topology.ports.values() if not port.end.startswith("leg/")]
    taken = [(port, sent(world, port)) for port in outer]
    run = _Run(Delivery(world, holders(one for _, frames in taken for one in frames)))
    for port, frames in taken:
        run.flows += straight(world, port, frames)
        run.flows += to_host(world, port, frames)
        found = list(arrivals(world, port, frames))
        run.flows += [flow for one in found for flow in promised(one)]
        run.enter([entry for one in found for entry in _entries(one)])
    for leg in world.topology.legs.values():
        if not leg.bridge and leg.up:
            run.flows += answers(world, leg)
            run.enter(list(_from_plant(leg)))
    run.speak()
    run.finish()
    return Reach(tuple(run.flows), tuple(doors(world, taken, run.flows)), tuple(world.unread))


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
            region = of_version(packets, version) if one.leg.speaks(version) else None
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


class _Passing(NamedTuple):
    """Errors that the rules let pass, until it is known about which conversations there can be any.

    ``heard``: by the router itself.
    """

    source: str
    region: Region
    path: tuple[Place, ...]
    version: int
    heard: bool = False


@dataclass(slots=True)
class _Run:
    """One computation: flows found so far, and errors that wait for them."""

    delivery: Delivery
    flows: list[Flow] = factory(default_factory=list)
    errors: list[_Passing] = factory(default_factory=list)

    def enter(self, entries: list[_Entry]) -> None:
        """Follow packets that come into the router from one end."""
        for leg in {one.leg.name: one.leg for one in entries}.values():
            for version in (4, 6):
                self._go(leg, [one for one in entries if one.version == version and one.leg is leg], version)
        for one in entries:
            for region, way in taken_in(self.delivery.world, one.leg, one.region):
                self._passed(_Passing(one.source, region, (*one.path, *way), one.version, heard=True))
            many = one.region.within(_MANY)
            for going in copies(self.delivery.world, many, one.version) if many else ():
                for end, last, way in self.delivery.ends(going, one.version):
                    self.flows += _copied(one.source, end, last, (*one.path, *way))

    def _go(self, leg: Leg, entries: list[_Entry], version: int) -> None:
        """Follow packets for single receivers from one leg to another."""
        world = self.delivery.world
        singles = [(one, region) for one in entries if (region := one.region.within(_SINGLE)) is not None]
        gate = across(world, leg, [region for _, region in singles], version)
        for one, region in singles if gate else ():
            for start in prepared(world, region, version):
                for passing in gate.through(start) if gate else ():
                    self._passed(_Passing(one.source, passing.region, (*one.path, *passing.path), version))

    def speak(self) -> None:
        """Follow what the router says by itself."""
        for version in (4, 6):
            for region, path in said(self.delivery.world, version):
                self._keep(_Passing("router", region, path, version))
                usual = region.within(NO_ERRORS)
                self.flows += _said(self.delivery, usual, path, version) if usual else ()

    def finish(self) -> None:
        """Follow errors, now that all conversations are known."""
        known = peers(self.flows)
        ends = {version: known.all(version) for version in (4, 6)}
        for one in self.errors:
            if one.source == "router":
                found = one.region.within(Box({TARGETS[one.version]: ends[one.version]})) if ends[one.version] else None
                self.flows += _said_to_one(self.delivery, found, one.path, one.version) if found else ()
            elif not one.heard:
                region = known.errors_of(one.source, one.region, one.version)
                self.flows += self._onwards(one, region) if region else ()
            elif one.source in known.routers:
                self.flows += finished(one.source, "router", one.region, one.path, own=True)

    def _passed(self, one: _Passing) -> None:
        self._keep(one)
        if one.heard:
            usual = one.region.within(NO_ERRORS)
            self.flows += finished(one.source, "router", usual, one.path, own=True) if usual else ()
            return
        for state in stated(one.region):
            self.flows += self._onwards(one, state)

    def _keep(self, one: _Passing) -> None:
        """Remember what can be errors; holes are cut out here, once for all ends that it may go to later."""
        region = one.region.within(RELATED)
        for box in region.boxes() if region else ():
            self.errors.append(_Passing(one.source, Region(box), one.path, one.version, one.heard))

    def _onwards(self, one: _Passing, region: Region) -> Iterator[Flow]:
        for going in onwards(self.delivery.world, region, one.path, one.version):
            for end, last, way in self.delivery.ends(going, one.version):
                yield from finished(one.source, end, last, way)


def _copied(source: str, target: str, region: Region, path: tuple[Place, ...]) -> Iterator[Flow]:
    """Yield the flow of a copy; how the router tracks it is no matter of the two ends."""
    for one in crossed(region, {field.STATE: None, field.DIRECTION: None}):
        yield from finished(source, target, one, path)


def _said(delivery: Delivery, region: Region, path: tuple[Place, ...], version: int) -> Iterator[Flow]:
    """Yield what the router says by itself, to everybody behind a leg or to one."""
    name = TARGETS[version]
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
            for start in crossed(here.pruned(), {field.OIF: None}):
                for end, last, way in delivery.everybody(leg, start.pruned(), path):
                    yield from finished("router", end, last, way, own=True)


def _said_to_one(delivery: Delivery, region: Region, path: tuple[Place, ...], version: int) -> Iterator[Flow]:
    name = TARGETS[version]
    single = without(region.box.at(name), MANY[version])
    rest = region.within(Box({name: single})) if single else None
    for going in routed(delivery.world, rest, path, version) if rest else ():
        for end, last, way in delivery.ends(going, version):
            yield from finished("router", end, last, way, own=True)
