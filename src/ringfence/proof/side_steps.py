# SPDX-License-Identifier: Apache-2.0
"""Steps past the network: side doors, out of machines into the host and back, the plant's own network, management."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from .flow import Door, Unread
from .known import Holds, Known
from .network_steps import end_of
from .paths import NEVER, How, State, Step
from .side import kind
from .side.told import begun, end_words, sentence

HOST, ROUTER, FABRIC, MANAGEMENT = "host", "router", "fabric", "management"
_PEOPLE = frozenset({kind.AGENT, kind.CONSOLE, kind.SCREEN, kind.MANAGEMENT, kind.CLIPBOARD, kind.FILES})
_OWN_PARTS = ("domain", "run", "volume", "seed")
"""Artifacts of one machine: what is not understood in them is a way out of that machine at most."""


def door_steps(known: Known) -> Iterator[Step]:
    """Yield the steps through side doors, but for what shows in flows: machines in two zones, declared leases."""
    declared = {door.key: door for door in known.declared}
    for door in known.reach.doors:
        allowed = declared.get(door.key)
        shown = door.kind == kind.LEGS or (allowed is not None and door.target.startswith("leg/"))
        if not shown and door.target != FABRIC:
            yield from _through(door, allowed, known)


def stranger_steps(known: Known, ends: frozenset[str]) -> Iterator[Step]:
    """Yield what lies in the fabric that nobody compiled: it may let anybody do anything to the router."""
    strange = [door for door in known.reach.doors if door.target == FABRIC]
    if strange:
        more = f" And {len(strange) - 1} more." if len(strange) > 1 else ""
        what = f"{strange[0].source}#{strange[0].what} is nothing that was compiled.{more}"
        through = f"{strange[0].kind} {strange[0].what}"
        yield from (Step(end, ROUTER, How.NETWORK, through, what, State.UNDECLARED) for end in sorted(ends))


def _through(door: Door, allowed: Door | None, known: Known) -> Iterator[Step]:
    source, target = end_of(door.source), end_of(door.target)
    how = How.MANAGEMENT if door.kind in _PEOPLE else How.DOOR
    state, blocked = _state(door, allowed, known)
    through = f"{door.kind} {door.what}" if allowed is None else allowed.owner
    for one, other in ((source, target), (target, source))[: 1 if door.kind in kind.DOWN else 2]:
        shown = known.shown.get((one, other, how), NEVER)
        yield Step(one, other, how, through, sentence(door), state, blocked, shown)


def _state(door: Door, allowed: Door | None, known: Known) -> tuple[State, tuple[str, ...]]:
    """Judge a door. On a shared card the host's own services are what an intruder would have to take over."""
    if allowed is None:
        return State.UNDECLARED, ()
    return judged(known.barriers.get(HOST)) if door.kind == kind.CARD else (State.DECLARED, ())


def host_steps(known: Known, talkers: frozenset[str]) -> Iterator[Step]:
    """Yield the ways into the host and out of it. ``talkers`` are the ends that may talk to the router."""
    for name in known.workloads:
        end = f"workload/{name}"
        what = f"Out of the process that runs {end_words(end)}, into the host."
        yield _into(known, end, "process", what, known.barriers.get(name))
        what = f"The host runs {end_words(end)}: it reads its memory and its disks."
        yield _open(known, HOST, end, "process", what)
    for end in sorted(talkers):
        what = f"Through the address service or the kernel of the router, to which {end_words(end)} may talk."
        yield _into(known, end, ROUTER, what, known.barriers.get(ROUTER))
    yield _open(known, HOST, ROUTER, "kernel", "The router is a part of the host's kernel.")
    yield _into(known, ROUTER, "router", "Out of the address service, into the host.", known.barriers.get(ROUTER))
    yield _open(known, MANAGEMENT, HOST, "administration", "Who manages the host holds it.", How.MANAGEMENT)


def _into(known: Known, end: str, through: str, what: str, layers: Mapping[str, Holds] | None) -> Step:
    state, blocked = judged(layers)
    return Step(end, HOST, How.HOST, through, what, state, blocked, known.shown.get((end, HOST, How.HOST), NEVER))


def _open(known: Known, source: str, target: str, through: str, what: str, how: How = How.HOST) -> Step:
    shown = known.shown.get((source, target, how), NEVER)
    return Step(source, target, how, through, what, State.OPEN, (), shown)


def judged(layers: Mapping[str, Holds] | None) -> tuple[State, tuple[str, ...]]:
    """Judge layers: one that holds blocks; where none does, one that nobody knows leaves it unproven."""
    held = tuple(name for name, holds in sorted((layers or {}).items()) if holds is Holds.YES)
    if held:
        return State.BLOCKED, held
    unknown = not layers or Holds.UNKNOWN in layers.values()
    return (State.UNPROVEN if unknown else State.OPEN), ()


def plant_steps(known: Known) -> Iterator[Step]:
    """Yield the ways on the plant's own network, and from the host onto it."""
    for asset in known.assets:
        end = f"asset/{asset.asset}"
        what = begun(f"{end_words(end)} stands on the plant's own network.")
        for one, other in ((end, asset.uplink), (asset.uplink, end)):
            yield _open(known, one, other, asset.uplink, what, How.PLANT)
    for card in (door for door in known.reach.doors if door.kind == kind.CARD):
        nic, what = f"nic/{card.what}", begun(f"{end_words(card.source)} is on network card {card.what}.")
        for one, other in ((card.source, nic), (nic, card.source)):
            yield _open(known, one, other, nic, what, How.PLANT)
    for uplink in sorted({asset.uplink for asset in known.assets} | set(_outside(known))):
        yield _open(known, HOST, uplink, "kernel", f"The host has the network card of {end_words(uplink)}.")


def _outside(known: Known) -> Iterator[str]:
    for flow in known.reach.flows:
        yield from (end for end in (flow.source, flow.target) if end.startswith(("uplink/", "wire/")))


def unread_steps(known: Known, ends: frozenset[str]) -> Iterator[Step]:
    """Yield where something may lead that nobody understands: out of its machine, or anywhere by way of the rules."""
    rules = []
    for one in known.reach.unread:
        names = one.place.artifact.split("/")
        own = next((names[place + 1] for place, name in enumerate(names[:-1]) if name in _OWN_PARTS), None)
        if own is None:
            rules.append(one)
        else:
            what = f"{one.place} = {one.text}: {one.why}"
            yield Step(f"workload/{own}", HOST, How.DOOR, str(one.place), what, State.UNPROVEN)
    if rules:
        yield from (_into_rules(end, rules) for end in sorted(ends))


def _into_rules(end: str, rules: list[Unread]) -> Step:
    first, more = rules[0], len(rules) - 1
    what = f"{first.place} = {first.text}: {first.why}" + (f" And {more} more." if more else "")
    return Step(end, ROUTER, How.NETWORK, str(first.place), what, State.UNPROVEN)
