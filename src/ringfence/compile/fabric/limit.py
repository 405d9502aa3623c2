# SPDX-License-Identifier: Apache-2.0
"""The limits of a conduit's rate, as chains of the router's table that belong to the conduit.

The elements of such a conduit lead to a chain of its own for their leg instead of to the leg's. That one asks the
conduit's limits, which all of its legs have in common, and goes on to the leg. Each direction has limits of its own: a
flood of questions leaves the answers to others alone, and a flood of answers the questions. New connections are counted
before packets, so that a flood of them does not use up what the standing ones may send. A packet that repeats the
opening of a connection without an answer (UDP that flows one way) opens nothing new: its connection is confirmed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from ringfence.compile.nft.script import chain_lines
from ringfence.compile.nft.table import Chain, Rule
from ringfence.compile.part.element import Element
from ringfence.compile.part.limit import leg_chain, limit_chain
from ringfence.site.rate import Rate


def limited_verdict(conduit: str, leg: str) -> str:
    """Return what the elements of a limited conduit map to."""
    return f"goto {leg_chain(conduit, leg)}"


def limit_parts(conduit: str, rate: Rate, elements: Iterable[Element]) -> dict[str, str]:
    """Return counter, chains and rules of a conduit, for the legs that its elements lead to."""
    name = limit_chain(conduit)
    legs = sorted({one.value.partition(".")[2] for one in elements})
    parts = {f"counter/{name}": "counter"}
    for chain in (Chain(name, tuple(_limits(name, rate))), *(_to_leg(conduit, leg) for leg in legs)):
        parts |= chain.parts
    return parts


def limit_lines(table: str, parts: Mapping[str, str]) -> Iterator[str]:
    """Yield the commands that make a conduit's counter and chains. ``table`` is family and name."""
    yield from (f"add counter {table} {key.partition('/')[2]}" for key in parts if key.startswith("counter/"))
    yield from chain_lines(table, parts)


def _to_leg(conduit: str, leg: str) -> Chain:
    rules = Rule("limits", f"jump {limit_chain(conduit)}"), Rule("leg", f"goto leg_{leg}")
    return Chain(leg_chain(conduit, leg), rules)


def _limits(name: str, rate: Rate) -> Iterator[Rule]:
    end = f'counter name "{name}" goto deny_rate'
    if rate.connections is not None:
        new = "ct direction original ct status ! confirmed"
        yield Rule("connections", f"{new} {_over(rate.connections, rate.connections)} {end}")
    if rate.packets is not None:
        for direction in ("original", "reply"):
            yield Rule(direction, f"ct direction {direction} {_over(rate.packets, rate.packet_burst)} {end}")


def _over(rate: int, burst: int) -> str:
    return f"limit rate over {rate}/second burst {burst} packets"
