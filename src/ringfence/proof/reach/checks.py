# SPDX-License-Identifier: Apache-2.0
"""What has to fit together for packets to find their way, beyond what rules and routes say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from ringfence.compile.document import Kind
from ringfence.proof import field
from ringfence.proof.box import Box
from ringfence.proof.evaluate import passed
from ringfence.proof.flow import Door, Flow
from ringfence.proof.literal import literal
from ringfence.proof.region import Region
from ringfence.proof.values import Span, Values, common, exactly, joined, without

from .absent import missing
from .arrival import Sent
from .settings import foreign, settings
from .topology import Leg, Port, kind_and_names, span_of
from .world import World

UNRESOLVED: Final = "unresolved"
"""Kind of door: somebody is not found, though the rules would let packets through."""
_REQUEST: Final = 1
_ERRORS: Final = exactly(field.RELATED)


def doors(world: World, taken: Iterable[tuple[Port, list[Sent]]], flows: Iterable[Flow]) -> Iterator[Door]:
    """Yield what settings, strangers, and tables of addresses leave open or break."""
    known = list(flows)
    for document in world.documents:
        yield from settings(document)
        yield from foreign(document)
    for translator in world.translators:
        yield from translator.doors()
    yield from missing(world)
    yield from _addresses(world, taken)
    yield from _isolation(world)
    yield from _unresolved(world, known)
    for leg in world.topology.legs.values():
        if not leg.bridge and leg.up:
            yield from _asks(world, leg, known)


def _addresses(world: World, taken: Iterable[tuple[Port, list[Sent]]]) -> Iterator[Door]:
    """Yield ports that frames for somebody else's hardware address go to."""
    counted = Counter((port.bridge, mac) for port in world.topology.ports.values() for mac in port.macs)
    for port, frames in taken:
        may = joined(span for one in frames for span in one.region.box.at(field.ETHER_SOURCE))
        for mac in port.macs:
            strange = port.end.startswith("workload/") and not common(may, exactly(mac))
            if strange or counted[port.bridge, mac] > 1:
                yield Door("frames", port.end, port.bridge, f"frames for {_mac(mac)} go there", port.place)


def _mac(number: int) -> str:
    return ":".join(f"{number:012x}"[place : place + 2] for place in range(0, 12, 2))


def _isolation(world: World) -> Iterator[Door]:
    """Yield ports that are not isolated, although no frames are declared that would need it."""
    named: set[str] = set()
    for name, lookup in world.guard.lookups.items():
        if name.startswith("frames"):
            named |= {field.name_of(values[0][0]) for one in lookup.elements for values in one.key[:2]}
    for port in world.topology.ports.values():
        if port.end.startswith("workload/") and not port.isolated and port.name not in named:
            yield Door("isolation", port.end, port.bridge, "its frames go to other ports", port.place)


def _unresolved(world: World, flows: Iterable[Flow]) -> Iterator[Door]:
    """Yield devices of a zone's own network that guests would not find: nobody answers for them (RFC 1027)."""
    proxies = {name: _proxied(world, name) for name in world.topology.legs}
    asked: dict[tuple[str, str], Values] = {}
    for flow in flows:
        limits = flow.region.box.limits
        targets = limits.get(field.TARGET4) if field.DIRECTION in limits else None  # copies ask nobody
        if flow.source.startswith("workload/") and flow.target.startswith("uplink/") and targets:
            key = (flow.source, flow.target)
            asked[key] = joined((*asked.get(key, ()), *targets))
    legs = {port.end: world.topology.leg_of(port.bridge) for port in world.topology.ports.values()}
    for (source, target), values in asked.items():
        leg = legs.get(source)
        near = common(values, _on_link(leg)) if leg else ()
        if leg and without(near, proxies[leg.name]):
            yield Door(UNRESOLVED, source, target, f"nobody on {leg.name} answers for it", leg.place)


def _on_link(leg: Leg) -> Values:
    nets = [str(one.network) for one in leg.ipv4] + [one for one in leg.routes if ":" not in one]
    return joined(span_of(one) for one in nets)


def _proxied(world: World, leg: str) -> Values:
    prefix = f"proxy/{leg}/"
    found = (key.removeprefix(prefix) for one in world.documents for key in one.parts if key.startswith(prefix))
    return joined(span for one in found if ":" not in one for span in literal(one))


def _asks(world: World, leg: Leg, flows: Iterable[Flow]) -> Iterator[Door]:
    """Yield next hops that the router may not ask for: pairs alone decide as whom it asks.

    What it asks with before any rule sees it is one of its own addresses (kernel ip-sysctl, arp_announce). Only the
    hops of conversations count: nobody makes the router ask for another one.
    """
    own = joined(span for one in world.topology.legs.values() for span in one.own)
    for hop in dict.fromkeys(_hops(world, leg, _far(leg, flows))):
        box = {
            field.OIF: exactly(field.named(leg.name)),
            field.PROTOCOL: exactly(field.ARP),
            field.ARP_OPERATION: exactly(_REQUEST),
            field.ARP_TARGET: literal(hop),
            field.ARP_SOURCE: own or exactly(0),
        }
        found = [box for one in passed(world.neighbours, "output", [Region(Box(box))]) for box in one.region.boxes()]
        if not found:
            yield Door(UNRESOLVED, "router", leg.end, f"it may not ask for {hop}", leg.place)


def _far(leg: Leg, flows: Iterable[Flow]) -> Values:
    """Return the addresses in the plant that have conversations over an uplink."""
    found: list[Span] = []
    for one in flows:
        limits = one.region.box.limits
        if leg.end in {one.source, one.target} and limits.get(field.STATE) not in {None, _ERRORS}:
            found += limits.get(field.TARGET4 if one.target == leg.end else field.SOURCE4, ())
    return joined(found)


def _hops(world: World, leg: Leg, far: Values) -> Iterator[str]:
    """Yield the addresses on an uplink's network that packets for the plant are handed to."""
    for document in world.documents:
        if document.kind is Kind.UPLINK and f"uplink/{kind_and_names(document.address)[1][0]}" == leg.end:
            yield from _hops_of(document.parts, far)


def _hops_of(parts: Mapping[str, str], far: Values) -> Iterator[str]:
    for key, value in parts.items():
        target = key.removeprefix("route/")
        hop = target if value == "direct" else value.rpartition(" ")[2]
        if target == key or parts.get("source") == "translated" or ":" in hop:
            continue
        if common(far, literal(target)):
            yield hop
