# SPDX-License-Identifier: Apache-2.0
"""Rules about conduits whose rate is limited."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from ringfence.assure.ground import Ground
from ringfence.assure.opening import Opening
from ringfence.assure.rule import Found, rule
from ringfence.base.diagnostics import Severity
from ringfence.site.conduit import Endpoint
from ringfence.site.service import Flow

Member = tuple[str, str]
"""A workload and its interface, or an asset."""


@rule(
    "RF-CON-042",
    Severity.ERROR,
    "IEC 62443-3-3 SR 7.1",
    fix="Let one of them alone name it: give the limited one services or ends that no other conduit names.",
)
def limited_twice(ground: Ground) -> Iterator[Found]:
    """A conversation of a limited conduit belongs to another conduit too.

    The router looks a conversation up once. Through the other conduit it would pass without the limit, or both limits
    would have to be one.
    """
    told: set[frozenset[str]] = set()
    limited = _limited(ground)
    for opening in ground.openings:
        for other in _meeting(ground, opening, limited):
            pair = frozenset({other.conduit.name, opening.conduit.name})
            if pair not in told:
                told.add(pair)
                problem = (
                    f"Conduit '{other.conduit.name}' limits its rate, and conduit '{opening.conduit.name}' opens "
                    f"conversations of service '{other.service.name}' between the same ends."
                )
                yield Found(f"conduit/{other.conduit.name}", problem, "rate")


Limited = dict[Member, dict[Member, list[Opening]]]


def _limited(ground: Ground) -> Limited:
    """Return what limited conduits open, by who begins and who answers."""
    found: Limited = defaultdict(lambda: defaultdict(list))
    for opening in ground.openings:
        if opening.conduit.rate and opening.flow.reach == "unicast":
            answerers = tuple(_members(ground, opening.answerers))
            for opener in _members(ground, opening.openers):
                for answerer in answerers:
                    found[opener][answerer].append(opening)
    return found


def _meeting(ground: Ground, opening: Opening, limited: Limited) -> Iterator[Opening]:
    """Yield what limited conduits open and an opening of another one opens as well."""
    openers = [one for one in _members(ground, opening.openers) if one in limited] if limited else []
    answerers = tuple(_members(ground, opening.answerers)) if openers else ()
    for opener in openers:
        for other in (other for answerer in answerers for other in limited[opener].get(answerer, ())):
            if other.conduit is not opening.conduit and _overlap(other.flow, opening.flow):
                yield other


def _members(ground: Ground, ends: Iterable[Endpoint]) -> Iterator[Member]:
    for end in ends:
        if end.kind == "zone":
            held = ground.workloads_by_zone.get(end.name, ())
            yield from (
                (f"workload/{one.name}", nic.name) for one in held for nic in one.interfaces if nic.zone == end.name
            )
            yield from ((f"asset/{one.name}", "") for one in ground.site.assets.values() if one.zone == end.name)
        elif end.kind == "asset":
            yield f"asset/{end.name}", ""
        else:
            yield f"workload/{end.name}", end.interface or ground.site.workloads[end.name].interfaces[0].name


def _overlap(one: Flow, other: Flow) -> bool:
    if one.protocol != other.protocol or other.reach != "unicast":
        return False
    pings = not one.ports and not other.ports
    return pings or any(a.first <= b.last and b.first <= a.last for a in one.ports for b in other.ports)


@rule(
    "RF-CON-043",
    Severity.MEDIUM,
    "IEC 62443-3-3 SR 7.1",
    fix="Make a conduit of its own for the groups, so that nobody takes them for limited.",
)
def unlimited_groups(ground: Ground) -> Iterator[Found]:
    """A conduit limits its rate, and some of its flows are not limited.

    What goes to multicast groups and broadcasts is copied to the members as it comes; only conversations between two
    are counted.
    """
    for opening in ground.openings:
        if opening.conduit.rate and opening.flow.reach != "unicast":
            name, reach = opening.conduit.name, opening.flow.reach
            problem = f"Conduit '{name}' limits its rate, and service '{opening.service.name}' has a {reach} flow."
            yield Found(f"conduit/{name}", problem, "rate")
