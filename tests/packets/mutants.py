# SPDX-License-Identifier: Apache-2.0
"""A fabric with one thing changed: a rule or an element taken away, a policy turned round."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import replace
from functools import partial

from tests.packets.fabric import Fabric
from tests.packets.ruleset import Ruleset
from tests.packets.walk import Walker


def mutants(fabric: Fabric) -> Iterator[tuple[str, Fabric]]:
    """Yield the fabric with one thing changed, and what."""
    for table in ("router", "guard"):
        ruleset = getattr(fabric, table).ruleset
        for what, change in changes(ruleset):
            yield f"{table} {what}", changed(fabric, table, change)


def changes(ruleset: Ruleset) -> Iterator[tuple[str, Callable[[Ruleset], object]]]:
    for name, chain in ruleset.chains.items():
        for place, (slug, _) in enumerate(chain.rules):
            yield f"rule {name} {slug}", partial(drop, chain=name, place=place)
        if chain.hook:
            yield f"policy {name}", partial(turn, chain=name)
    for kind in ("maps", "sets"):
        for name, elements in getattr(ruleset, kind).items():
            for key in elements:
                yield f"element {name} {key}", partial(lose, kind=kind, name=name, key=key)


def lose(ruleset: Ruleset, kind: str, name: str, key: tuple[object, ...]) -> None:
    elements = getattr(ruleset, kind)[name]
    if kind == "maps":
        del elements[key]
    else:
        elements.remove(key)


def changed(fabric: Fabric, table: str, change: Callable[[Ruleset], object]) -> Fabric:
    ruleset = deepcopy(getattr(fabric, table).ruleset)
    change(ruleset)
    found = replace(fabric)
    setattr(found, table, Walker(ruleset))
    return found


def drop(ruleset: Ruleset, chain: str, place: int) -> None:
    del ruleset.chains[chain].rules[place]


def turn(ruleset: Ruleset, chain: str) -> None:
    one = ruleset.chains[chain]
    one.policy = {"accept": "drop", "drop": "accept"}[one.policy]
