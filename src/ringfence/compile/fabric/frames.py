# SPDX-License-Identifier: Apache-2.0
"""Layer-2 conduits as elements of the guard's sets: who may say what, and from which port to which it may go."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import product

from ringfence.base.addresses import Address, address
from ringfence.base.ethertype import IP_AND_TAGS
from ringfence.compile.document import Artifact, Document, Kind
from ringfence.compile.part.element import Element, add_elements
from ringfence.compile.part.frame import FRAMES, SAYS, frame_set
from ringfence.compile.part.opening import OPEN
from ringfence.compile.scope import Endpoints, Scope
from ringfence.site.conduit import Conduit, Endpoint, LayerTwo
from ringfence.site.segment import interface_of
from ringfence.site.workload import Interface

from .claim import refuse_crowd
from .conduit import closed
from .endpoints import Place
from .names import port_name, quoted
from .wire import wires_of

_LINK_LOCAL = "01:80:c2:00:00:0"
"""Groups that no bridge forwards (IEEE 802.1Q-2022 table 8-1)."""


@dataclass(frozen=True, slots=True)
class Tap:
    """Where frames come from and go to: a workload's port, or the wire that an asset lies behind.

    ``mac`` is None for an asset whose address is not declared: it may be spoken to, and says nothing.
    """

    end: Address
    port: str
    zone: str
    mac: str | None
    need: str


def frame_artifacts(place: Place, scope: Scope, now: datetime) -> Iterator[Artifact]:
    """Yield an artifact for each layer-2 conduit that means something on this host and has not closed by its expiry."""
    for name, elements in sorted(_by_conduit(place, scope, now).items()):
        conduit = place.site.conduits[name]
        ends = {tap.need for side in _sides(place, scope, conduit) for tap in side}
        needs = (scope.address("table", "guard"), *sorted(ends))
        yield Artifact(_document(scope, name, elements), (f"conduit/{name}",), needs)


def framed_ports(place: Place, scope: Scope, now: datetime) -> frozenset[str]:
    """Return the ports that a layer-2 conduit names: they cannot be isolated, and are not while islands stand."""
    pairs = (pair for _, pair in _pairs(place, scope, now))
    return frozenset(tap.port for pair in pairs for tap in pair)


def bridgeable(frames: LayerTwo) -> bool:
    """Tell whether a bridge may and can carry such frames: no IP, no tag, no group that ends at the next bridge."""
    return frames.ethertype not in IP_AND_TAGS and not frames.destination_mac.startswith(_LINK_LOCAL)


def _by_conduit(place: Place, scope: Scope, now: datetime) -> Mapping[str, list[Element]]:
    """Return every conduit's elements; an element names all conduits that it belongs to. Raises BadInput."""
    owners: dict[tuple[str, str], set[str]] = defaultdict(set)
    for conduit, (near, far) in _pairs(place, scope, now):
        if conduit.layer2 is not None and place.border.carries(conduit.name) and place.border.lets(near.end, far.end):
            for key in _keys(conduit.layer2, near, far):
                owners[key].add(conduit.name)
    found: dict[str, list[Element]] = defaultdict(list)
    for key, names in owners.items():
        refuse_crowd(key[1], names)
        for name in names:
            found[name].append(Element(*key, owners=" ".join(sorted(names))))
    return found


def _pairs(place: Place, scope: Scope, now: datetime) -> Iterator[tuple[Conduit, tuple[Tap, Tap]]]:
    """Yield every sender with every receiver in the same zone behind another port."""
    for conduit in place.site.conduits.values():
        if conduit.layer2 is None or conduit.dormant or closed(conduit, now) or not bridgeable(conduit.layer2):
            continue
        for near, far in product(*_sides(place, scope, conduit)):
            if near.zone == far.zone and near.port != far.port and near.mac is not None:
                yield conduit, (near, far)


def _keys(frames: LayerTwo, near: Tap, far: Tap) -> Iterator[tuple[str, str]]:
    what = f"0x{frames.ethertype:x} . {near.mac} . {frames.destination_mac}"
    vlan = frames.vlan or 0
    yield frame_set(SAYS, vlan), f"{quoted(near.port)} . {what}"
    yield frame_set(FRAMES, vlan), f"{quoted(near.port)} . {quoted(far.port)} . {what}"


def _document(scope: Scope, name: str, elements: list[Element]) -> Document:
    found = sorted(elements)
    parts = {"state": OPEN, **{f"element/{one.lookup}/{one.key}": one.value for one in found}}
    body = "\n".join(add_elements(f"bridge {scope.table}", found)) + "\n"
    return Document(scope.address("frames", name), Kind.FRAMES, parts, body)


def _sides(place: Place, scope: Scope, conduit: Conduit) -> tuple[list[Tap], list[Tap]]:
    """Return who sends and who receives."""
    near, far = (
        [tap for end in ends for tap in _taps(place, scope, conduit, end)] for ends in (conduit.source, conduit.target)
    )
    return near, far


def _taps(place: Place, scope: Scope, conduit: Conduit, end: Endpoint) -> Iterator[Tap]:
    if end.kind == "asset":
        yield from _behind_wires(place, scope, asset=end.name)
    elif end.kind == "workload" and end.name in place.here:
        yield from _of_workload(place, scope, end.name, interface_of(place.site, conduit, end))
    elif end.kind == "zone":
        for name in sorted(place.here):
            for one in place.site.workloads[name].interfaces:
                yield from _of_workload(place, scope, name, one) if one.zone == end.name else ()
        yield from _behind_wires(place, scope, zone=end.name)


def _of_workload(place: Place, scope: Scope, name: str, interface: Interface) -> Iterator[Tap]:
    """Yield the port of an interface; one that goes past the fabric has none."""
    if interface.fabric:
        bound = place.bindings[name].interfaces[interface.name]
        port = port_name(scope, name, interface.name, bound)
        stub = scope.endpoints is Endpoints.STUB
        need = scope.address("port", name, interface.name) if stub else scope.address("run", name)
        yield Tap(address("workload", name), port, interface.zone, bound.mac, need)


def _behind_wires(place: Place, scope: Scope, *, asset: str = "", zone: str = "") -> Iterator[Tap]:
    wires = wires_of(place.site, scope)
    for one in place.site.assets.values():
        wire = wires.get(one.uplink)
        if wire is not None and (one.name == asset or one.zone == zone):
            need = scope.address("uplink", one.uplink)
            yield Tap(address("asset", one.name), wire, str(place.site.uplinks[one.uplink].layer2), one.mac, need)
