# SPDX-License-Identifier: Apache-2.0
"""Flows against claims, exactly: what is found and not claimed, and what is claimed and not found."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from ipaddress import IPv4Address, IPv6Address

from ringfence.proof import field
from ringfence.proof.box import Box, minus
from ringfence.proof.flow import Claim, Flow
from ringfence.proof.reach.router import STATES
from ringfence.proof.values import Values

_End = tuple[str, str]


def differences(flows: Iterable[Flow], claims: Iterable[Claim]) -> list[str]:
    """Return every difference as a line, one for each flow and each claim that has one."""
    found: dict[_End, list[Box]] = defaultdict(list)
    known: dict[_End, list[Claim]] = defaultdict(list)
    told: list[str] = []
    for claim in claims:
        known[claim.source, claim.target].append(claim)
    for flow in flows:
        ends, boxes = (flow.source, flow.target), [one for box in flow.region.boxes() for one in _states(box)]
        found[ends] += boxes
        more = minus(boxes, (one.box for one in known[ends]))
        told += [f"undeclared: {' -> '.join(ends)} {shown(one)} by {flow.path[-1:]}" for one in more[:1]]
    for ends, mine in known.items():
        for claim in (one for one in mine if not one.optional):
            less = minus(_states(claim.box), found[ends])
            told += [f"missing: {claim.owner} {' -> '.join(ends)} {shown(one)}" for one in less[:1]]
    return told


def shown(box: Box) -> str:
    return " ".join(f"[{name} {_values(name, values)}]" for name, values in box.limits.items())


def _states(box: Box) -> Iterator[Box]:
    """Yield a box in the states that the kernel can see packets in."""
    if field.STATE not in box.limits and field.DIRECTION not in box.limits:
        yield box
        return
    for state in STATES:
        both = box.common(state)
        if both is not None:
            yield both


def _values(name: str, values: Values) -> str:
    def write(number: int) -> str:
        if name in {field.SOURCE4, field.TARGET4}:
            return str(IPv4Address(number))
        return str(IPv6Address(number)) if name in {field.SOURCE6, field.TARGET6} else hex(number)

    spans = [write(first) if first == last else f"{write(first)}-{write(last)}" for first, last in values]
    return ",".join(spans[:4]) + ("..." if len(spans) > 4 else "")
