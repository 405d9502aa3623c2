# SPDX-License-Identifier: Apache-2.0
"""Where a packet stops that should have passed: the rules that it meets, walked from one hook to the next."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from . import field
from .evaluate import walk
from .flow import Place
from .packet import Packet, alone
from .reach.topology import Leg, Port
from .reach.world import World
from .ruleset import Ruleset

_PLAIN: Final[Packet] = {
    field.TAG: 0,
    field.LATER: 0,
    field.HOPS: 64,
    field.CAST: field.TO_US,
    field.MARK: 0,
    field.USER: 0,
    field.SPORT: 1024,
    field.DPORT: 1,
    field.TYPE: 0,
    field.CONFIRMED: 1,
    field.TRANSLATED: 0,
    field.STATE: field.NEW,
    field.DIRECTION: field.ORIGINAL,
}
"""What a packet holds where nothing else is said: rules may look at any field of it."""


class _Hook(NamedTuple):
    """One hook on the way, with what it sees of interfaces and frames."""

    ruleset: Ruleset
    name: str
    seen: Mapping[str, int]


def stopped(world: World, source: str, target: str, packet: Packet) -> tuple[Place, ...]:
    """Return the rules that a packet meets up to the one that drops it; none where no rule does: there is no way."""
    whole = {**_PLAIN, **packet}
    for hook in _way(world, source, target):
        try:
            walked = walk(hook.ruleset, hook.name, alone({**whole, **hook.seen}))
        except (KeyError, IndexError):  # a rule looks at more than one packet's worth of fields
            return ()
        if not walked.accepted:
            return walked.path
    return ()


def _way(world: World, source: str, target: str) -> Iterator[_Hook]:
    """Yield the hooks between two ends, through the router."""
    ports = {one.end: one for one in world.topology.ports.values()}
    legs = {one.end: one for one in world.topology.legs.values()}
    here, there = _leg(world, ports, legs, source), _leg(world, ports, legs, target)
    if source in ports and here is not None:
        yield from _into(world, ports[source], here)
    if target.startswith("leg/"):
        return
    if source == "router" and there is not None:
        yield _Hook(world.router, "output", {field.OIF: field.named(there.name)})
    elif target == "router" and here is not None:
        yield _Hook(world.router, "input", {field.IIF: field.named(here.name)})
    elif here is not None and there is not None:
        links = {field.IIF: field.named(here.name), field.OIF: field.named(there.name)}
        yield _Hook(world.router, "forward", links)
    if target in ports and there is not None:
        links = {field.IIF: field.named(there.port), field.OIF: field.named(ports[target].name)}
        yield _Hook(world.guard, "forward", {**links, **_frame(there.mac, ports[target].macs)})


def _into(world: World, port: Port, leg: Leg) -> Iterator[_Hook]:
    frame = _frame(port.macs[0] if port.macs else None, () if leg.mac is None else (leg.mac,))
    arriving = {field.IIF: field.named(port.name), **frame}
    yield _Hook(world.guard, "prerouting", arriving)
    yield _Hook(world.guard, "forward", {**arriving, field.OIF: field.named(leg.port)})


def _frame(source: int | None, targets: tuple[int, ...]) -> dict[str, int]:
    """Return the addresses of a frame, as far as they are known."""
    found = {} if source is None else {field.ETHER_SOURCE: source}
    return {**found, field.ETHER_TARGET: targets[0]} if targets else found


def _leg(world: World, ports: Mapping[str, Port], legs: Mapping[str, Leg], end: str) -> Leg | None:
    """Return the router's leg that an end lies behind."""
    return world.topology.leg_of(ports[end].bridge) if end in ports else legs.get(end)
