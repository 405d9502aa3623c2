# SPDX-License-Identifier: Apache-2.0
"""What gets from a port of a bridge through the guard: to the router's leg, to other ports, and to the host."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from ringfence.proof import field
from ringfence.proof.box import Box
from ringfence.proof.evaluate import Passed, passed
from ringfence.proof.flow import Flow, Place
from ringfence.proof.gate import Gate
from ringfence.proof.merge import merged
from ringfence.proof.region import Region
from ringfence.proof.values import Values, exactly

from .crossing import crossed
from .frames import EVERYBODY, groups, hosts, neighbours, takes
from .topology import Leg, Port
from .world import World

FORGOTTEN: Final[dict[str, Values | None]] = {
    field.IIF: None,
    field.OIF: None,
    field.CAST: None,
    field.MARK: None,
}
"""What nobody at the other end knows of a frame."""


_TAGS: Final = exactly(0, field.TAGGED, field.PROVIDER)
"""What the kernel takes for a tag, or none."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """Frames at the router's leg, as the guard let them through. ``casts``: whom the frames may be for."""

    port: Port
    leg: Leg
    casts: tuple[int, ...]
    region: Region
    path: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class Sent:
    """Frames that the guard takes from a port."""

    port: Port
    region: Region
    path: tuple[Place, ...]


def sent(world: World, port: Port) -> list[Sent]:
    """Return the frames that the guard takes from a port; whatever comes in may say anything."""
    start = Region(Box({field.IIF: exactly(field.named(port.name)), field.TAG: _TAGS}))
    found = (Passed(one.region.pruned(), one.path) for one in passed(world.guard, "prerouting", [start]))
    return [Sent(port, one.region, one.path) for one in merged(found)]


def arrivals(world: World, port: Port, frames: list[Sent]) -> Iterator[Arrival]:
    """Yield what of a port's frames reaches the router's leg, by whom it was for."""
    for other in neighbours(world.topology, port):
        leg = world.topology.leg_of(other.bridge) if other.end.startswith("leg/") else None
        if leg is None or leg.mac is None:
            continue
        kinds, gate = world.casts(other, leg.mac), _gate(world, port, other)
        for one in frames:
            for region, path in handed(gate, one, other):
                yield from _arrived(one, leg, kinds, region, path)


def _arrived(
    one: Sent, leg: Leg, kinds: tuple[tuple[int, Values], ...], region: Region, path: tuple[Place, ...]
) -> Iterator[Arrival]:
    """Yield frames once for all kinds, unless a rule asked whom they are for."""
    if field.ETHER_TARGET not in region.box.limits:
        yield Arrival(one.port, leg, tuple(cast for cast, _ in kinds), region, path)
        return
    for cast, targets in kinds:
        found = region.within(Box({field.ETHER_TARGET: targets}))
        if found is not None:
            yield Arrival(one.port, leg, (cast,), found, path)


def _gate(world: World, port: Port, other: Port) -> Gate:
    limits = {field.IIF: exactly(field.named(port.name)), field.OIF: exactly(field.named(other.name))}
    return Gate(world.guard, "forward", (Region(Box(limits)),))


def handed(gate: Gate, one: Sent, other: Port) -> Iterator[tuple[Region, tuple[Place, ...]]]:
    """Yield what of a port's frames the guard lets out of another port, whomever they are for."""
    for start in crossed(one.region, {field.OIF: exactly(field.named(other.name))}):
        for passing in gate.through(start):
            yield passing.region, (*one.path, *passing.path)


def straight(world: World, port: Port, frames: list[Sent]) -> Iterator[Flow]:
    """Yield the frames that reach another port or wire of the bridge without the router."""
    for other in neighbours(world.topology, port):
        if other.end.startswith("leg/"):
            continue
        targets, gate = Box({field.ETHER_TARGET: takes(world.topology, other)}), _gate(world, port, other)
        for one in frames:
            for region, path in handed(gate, one, other):
                found = region.within(targets)
                if found is not None:
                    yield from (Flow(one.port.end, other.end, end, path) for end in crossed(found, FORGOTTEN))


def to_host(world: World, port: Port, frames: list[Sent]) -> Iterator[Flow]:
    """Yield the frames that the host itself hears: its own addresses, and what is for everybody."""
    own = hosts(world.topology, port.bridge)
    kinds = ((field.TO_US, own), (field.BROADCAST, exactly(EVERYBODY)), (field.MULTICAST, groups()))
    casts = exactly(field.TO_US, field.BROADCAST, field.MULTICAST)
    limits = {field.IIF: exactly(field.named(port.name)), field.CAST: casts}
    gate = Gate(world.guard, "input", (Region(Box(limits)),))
    for one in frames:
        for start in crossed(one.region, {field.CAST: casts}):
            for passing in gate.through(start):
                for cast, targets in kinds:
                    found = passing.region.within(Box({field.CAST: exactly(cast), field.ETHER_TARGET: targets}))
                    if targets and found is not None:
                        yield from _heard(one, found, passing.path)


def _heard(one: Sent, region: Region, path: tuple[Place, ...]) -> Iterator[Flow]:
    for end in crossed(region, FORGOTTEN):
        yield Flow(one.port.end, "host", end, (*one.path, *path))


def promised(one: Arrival) -> Iterator[Flow]:
    """Yield what a port hands to the router's leg, whoever it was for: the guard's own promise."""
    if one.casts:
        for region in crossed(one.region, {**FORGOTTEN, field.ETHER_TARGET: None}):
            yield Flow(one.port.end, one.leg.end, region, one.path)


UNTAGGED: Final = (Box({field.TAG: exactly(0)}), Box({field.TAG: exactly(field.TAGGED), field.VLAN: exactly(0)}))
"""Frames that the router's end of a leg takes: tagged ones only where the tag is for priority (IEEE 802.1Q)."""
INSIDE: Final = {
    field.ETHER_SOURCE: None,
    field.ETHER_TARGET: None,
    field.TAG: None,
    field.VLAN: None,
    field.OIF: None,
    field.MARK: None,
    field.LATER: exactly(0),
}
"""What the router makes of a frame's fields: connection tracking puts fragments together first (nf_defrag)."""


def inside(one: Arrival) -> Iterator[Region]:
    """Yield packets as the router's own rules see them first; CAST has every kind that they come as."""
    if not one.casts:
        return
    whole = Box({field.LATER: exactly(0), field.PROTOCOL: exactly(field.IP4, field.IP6)})
    now = {**INSIDE, field.IIF: exactly(field.named(one.leg.name)), field.CAST: exactly(*one.casts)}
    for untagged in UNTAGGED:
        region = one.region.within(untagged)
        region = region.within(whole) if region else None
        if region is not None:
            yield from crossed(region, now)
