# SPDX-License-Identifier: Apache-2.0
"""What a part is, in words: ``rule 'smuggled' of chain forward``, ``flow 10.1.0.5 to 10.1.0.6, tcp 502``."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from ringfence.base.ethertype import frames_text
from ringfence.compile.document import Kind
from ringfence.compile.part.frame import is_frame_set, is_passage, vlan_of

_STEPS = re.compile(r"[/@](?![^\[]*\])")  # not inside the brackets of devices/hostdev[a/b]
_FLOW = 3  # source . target . protocol [. ports]
_RULES = frozenset({Kind.TABLE, Kind.GUARD, Kind.CONDUIT, Kind.FRAMES, Kind.RELAY})


def _element(table: str, key: str) -> str:
    words = key.split(" . ")
    if is_frame_set(table):
        return _frames(table, words)
    if len(words) >= _FLOW and not key.startswith('"'):
        source, target, *service = words
        return f"the flow {source} to {target}, {' '.join(service)}"
    return f"element {key} of {table}"


def _frames(table: str, words: Sequence[str]) -> str:
    """Say which frames an element of a layer-2 conduit lets pass (compile/part/frame.py)."""
    *ports, kind, sender, receiver = words
    vlan = f" in VLAN {vlan_of(table)}" if vlan_of(table) else ""
    way = " to ".join(port.strip('"') for port in ports)
    at = "from port" if is_passage(table) else "at port"
    return f"the frames {frames_text(int(kind, 16))} of {sender} for {receiver}{vlan} {at} {way}"


_OF_RULES: Mapping[str, Callable[[str, str], str]] = {
    "chain": lambda name, _: f"chain {name}",
    "rule": lambda chain, name: f"rule '{name}' of chain {chain}",
    "order": lambda chain, _: f"the order of the rules of chain {chain}",
    "element": _element,
    "map": lambda name, _: f"map {name}",
    "set": lambda name, _: f"set {name}",
    "counter": lambda name, _: f"counter {name}",
}


def _cast(table: str, key: str) -> str:
    source, target, *ports, _ = key.split(" . ")
    spoken = f"udp {ports[0]}" if ports else table.rstrip("46")
    return f"what {source} says to {target}, {spoken}"


_OF_RELAYS: Mapping[str, Callable[[str, str], str]] = {
    "element": _cast,
    "rule": lambda chain, member: f"the copy of {chain} for {member}",
}


def part_words(kind: Kind, key: str) -> str:
    """Return a part's key in words, quoted where it is a tool's own word."""
    head, _, rest = key.removeprefix("foreign/").partition("/")
    name, _, tail = rest.partition("/")
    if kind is Kind.RELAY and head in _OF_RELAYS:
        return _OF_RELAYS[head](name, tail)
    if kind in _RULES and head in _OF_RULES and name:
        return _OF_RULES[head](name, tail)
    return f"'{key_words(key)}'" if key else "something"


def key_words(key: str) -> str:
    """Return a key's steps, the nearest first: ``cache of driver of disk vda of devices``."""
    steps = [step for step in _STEPS.split(key) if step]
    return " of ".join(_step(step) for step in reversed(steps))


def _step(step: str) -> str:
    return step.replace("[", " ").replace("]", "").strip()
