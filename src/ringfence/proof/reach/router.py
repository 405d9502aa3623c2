# SPDX-License-Identifier: Apache-2.0
"""What the router lets through: into itself, from leg to leg, out of itself, and in copies.

Connection tracking is taken at its word: a packet is new, or belongs to a connection in one direction or the other, or
is an error about one, or is none of these (nf_conntrack). All of them are tried; nothing is assumed about who may have
opened a connection before.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from ringfence.proof import field
from ringfence.proof.box import Box
from ringfence.proof.evaluate import copied, passed
from ringfence.proof.flow import Place
from ringfence.proof.gate import Gate
from ringfence.proof.literal import literal
from ringfence.proof.region import Region
from ringfence.proof.values import Values, exactly, joined

from .crossing import crossed
from .topology import Leg
from .world import World

_USUAL: Final = (
    Box({field.STATE: exactly(field.ESTABLISHED, field.NEW), field.DIRECTION: exactly(field.ORIGINAL)}),
    Box({field.STATE: exactly(field.ESTABLISHED), field.DIRECTION: exactly(field.REPLY)}),
    Box({field.STATE: exactly(field.INVALID, field.UNTRACKED), field.DIRECTION: exactly(field.NO_DIRECTION)}),
)
RELATED: Final = Box({field.STATE: exactly(field.RELATED), field.DIRECTION: exactly(field.ORIGINAL, field.REPLY)})
STATES: Final = (*_USUAL, RELATED)
"""Every state a packet can be in: flows and claims are to be compared inside of these only."""
NO_ERRORS: Final = Box({field.STATE: exactly(field.INVALID, field.ESTABLISHED, field.NEW, field.UNTRACKED)})
"""All of the usual ones at once, where how a packet is tracked is no matter of the flow."""
TARGETS: Final = {4: field.TARGET4, 6: field.TARGET6}
SOURCES: Final = {4: field.SOURCE4, 6: field.SOURCE6}
VERSIONS: Final = {4: Box({field.PROTOCOL: exactly(field.IP4)}), 6: Box({field.PROTOCOL: exactly(field.IP6)})}


class Going(NamedTuple):
    """Packets on their way out of a leg."""

    leg: Leg
    region: Region
    path: tuple[Place, ...]


def of_version(region: Region, version: int) -> Region | None:
    """Return the packets of one version."""
    return region.within(VERSIONS[version])


def prepared(world: World, region: Region, version: int) -> Iterator[Region]:
    """Yield what goes on behind the relays: what is to be copied does not."""
    relays = world.relays[version]
    if not relays.chains:
        yield region
        return
    for one in passed(relays, "prerouting", [region]):
        yield one.region


def stated(region: Region) -> Iterator[Region]:
    """Yield packets in every state that connection tracking may see them in, but for errors."""
    for state in _USUAL:
        found = region.within(state)
        if found is not None:
            yield found


def taken_in(world: World, leg: Leg, region: Region) -> Iterator[tuple[Region, tuple[Place, ...]]]:
    """Yield what the router itself hears, in any state. Its addresses are not asked: the rules alone have to hold."""
    for one in world.into_router(leg).through(region):
        yield one.region, one.path


def backed(world: World, leg: Leg, region: Region, version: int) -> Region | None:
    """Return the packets whose way back leads out where they came in (RFC 3704); IPv6 has no such check."""
    if version == 6 or not leg.strict:  # noqa: PLR2004 - IP version
        return region
    way = world.routes[4].towards(leg.name)
    return region.within(Box({field.SOURCE4: way})) if way else None


def across(world: World, leg: Leg, regions: Iterable[Region], version: int) -> Gate | None:
    """Return what may go from a leg to others of all that regions hold, asked once for their sources together.

    None where forwarding is off, for the version or the leg.
    """
    on = world.topology.forwards4 and leg.forwards if version == 4 else world.topology.forwards6  # noqa: PLR2004 - IP version
    name = SOURCES[version]
    sources = [one.box.limits.get(name) for one in regions]
    limits = {**VERSIONS[version].limits, field.IIF: exactly(field.named(leg.name)), field.LATER: exactly(0)}
    if all(sources):
        limits[name] = joined(span for values in sources if values for span in values)
    start = backed(world, leg, Region(Box(limits)), version) if on else None
    if start is None:
        return None
    parts = (start.within(state) for state in (NO_ERRORS, RELATED))
    return Gate(world.router, "forward", tuple(part for part in parts if part is not None))


def onwards(world: World, region: Region, path: tuple[Place, ...], version: int) -> Iterator[Going]:
    """Yield packets that may go on by the leg that their target lies behind."""
    for going in routed(world, region, path, version):
        yield from _beside(world, going, version)


def _beside(world: World, going: Going, version: int) -> Iterator[Going]:
    """Ask the relays' table as well, which makes no difference but to how far a packet may still go."""
    relays = world.relays[version]
    if not relays.base("forward"):
        yield going
        return
    for one in passed(relays, "forward", [going.region]):
        yield Going(going.leg, one.region, going.path)


def routed(world: World, region: Region, path: tuple[Place, ...], version: int) -> Iterator[Going]:
    """Yield packets by the leg that their target lies behind, if their rules let them out there."""
    name = TARGETS[version]
    for leg, span in world.routes[version].legs_for(region.box.at(name)):
        number = exactly(field.named(leg))
        found = region.within(Box({name: (span,), field.OIF: number}))
        if found is not None:
            yield Going(world.topology.legs[leg], found, path)


def said(world: World, version: int) -> Iterator[tuple[Region, tuple[Place, ...]]]:
    """Yield what the router may say by itself, to anybody and in any state; where it leads is for the caller.

    Only relays mark packets: nobody in the router's namespace may (SO_MARK needs CAP_NET_ADMIN, socket(7)).
    """
    start = Box({**VERSIONS[version].limits, field.LATER: exactly(0), field.MARK: exactly(0)})
    for one in passed(world.router, "output", [Region(start)]):
        for last in _behind(world, one.region, version):
            yield last, one.path


def _behind(world: World, region: Region, version: int) -> Iterator[Region]:
    """Yield what the relays' table lets out; how far a packet may go is forgotten where nobody asked for it before."""
    relays = world.relays[version]
    if not relays.base("output"):
        yield region
        return
    for one in passed(relays, "output", [region]):
        if field.HOPS in region.box.limits:
            yield one.region
        else:
            yield from crossed(one.region, {field.HOPS: None})


def copies(world: World, region: Region, version: int) -> Iterator[Going]:
    """Yield the copies that relays make of packets, by the leg that their member lies behind (nf_dup_ipv4)."""
    relays = world.relays[version]
    if not relays.chains:
        return
    for one in copied(relays, "prerouting", [region]):
        ((member, _),) = literal(one.member)
        for leg, _ in world.routes[version].legs_for(exactly(member)):
            yield from _copy(world, one.region, member, (one.place,), leg, version)


def _copy(
    world: World, region: Region, member: int, path: tuple[Place, ...], leg: str, version: int
) -> Iterator[Going]:
    now: dict[str, Values | None] = {
        field.IIF: None,
        field.HOPS: None,
        field.CAST: None,
        field.OIF: exactly(field.named(leg)),
        field.STATE: exactly(field.UNTRACKED),
        field.DIRECTION: exactly(field.NO_DIRECTION),
        MEMBER: exactly(member),
    }
    for start in crossed(region, now):
        for one in passed(world.router, "output", [start]):
            for last in _behind(world, one.region, version):
                yield Going(world.topology.legs[leg], last, (*path, *one.path))


MEMBER: Final = "member"
"""Whom a copy is for: a field of ours, which no rule asks."""
