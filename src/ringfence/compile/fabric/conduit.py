# SPDX-License-Identifier: Apache-2.0
"""Conduits and probes as elements of the router's maps."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from ringfence.compile.document import Artifact, Document, Kind
from ringfence.compile.part.element import Element, add_elements
from ringfence.compile.part.opening import DORMANT, OPEN
from ringfence.compile.scope import Endpoints, Scope
from ringfence.site.conduit import Conduit
from ringfence.site.workload import Workload

from .claim import Claims
from .conversation import conversations
from .endpoints import Place
from .limit import limit_lines, limit_parts
from .names import word


def conduit_artifacts(place: Place, scope: Scope, now: datetime) -> Iterator[Artifact]:
    """Yield an artifact for each conduit that means something on this host and has not closed by its expiry."""
    limited = {name for name, conduit in place.site.conduits.items() if conduit.rate}
    claims, named = Claims(limited), dict[str, set[str]]()
    for conduit in place.site.conduits.values():
        if not closed(conduit, now):
            near, far = place.stands(conduit.source), place.stands(conduit.target)
            flows = [flow for name in conduit.services for flow in place.site.services[name].flows]
            named[conduit.name] = {stand.workload for stand in (*near, *far) if stand.workload}
            claims.claim(conduit.name, conversations(place.pairs(conduit), flows), dormant=conduit.dormant)
    claims.settle()
    for name, elements in sorted(claims.by_owner().items()):
        conduit = place.site.conduits[name]
        state = DORMANT if conduit.dormant else OPEN
        limits = limit_parts(name, conduit.rate, elements) if conduit.rate else {}
        document = _document(scope, scope.address("conduit", name), elements, state, limits)
        needs = (scope.address("table", "router"), *ends(place, scope, named[name]))
        yield Artifact(document, (f"conduit/{name}",), needs)


def probe_artifacts(place: Place, scope: Scope) -> Iterator[Artifact]:
    """Yield the implicit conduit ``probe/WORKLOAD`` of each workload here that is asked for its health."""
    for name in sorted(place.here):
        workload = place.site.workloads[name]
        elements = list(dict.fromkeys(_questions(place, workload)))
        if elements:
            document = _document(scope, scope.address("conduit", "probe", name), elements, OPEN)
            needs = (scope.address("table", "router"), *ends(place, scope, (name,)))
            yield Artifact(document, (f"workload/{name}",), needs, {"workload": name})


def closed(conduit: Conduit, now: datetime) -> bool:
    """Tell whether a conduit has run out and says that it closes then; ``expires`` is its last day (UTC)."""
    return conduit.on_expiry == "close" and conduit.expires is not None and conduit.expires < now.date()


def _document(
    scope: Scope, address: str, elements: Iterable[Element], state: str, limits: Mapping[str, str] | None = None
) -> Document:
    found, own, table = sorted(elements), limits or {}, f"inet {scope.table}"
    parts = {f"element/{one.lookup}/{one.key}": one.value for one in found}
    body = "\n".join([*limit_lines(table, own), *add_elements(table, found)]) + "\n"
    return Document(address, Kind.CONDUIT, {"state": state, **own, **parts}, body)


def _questions(place: Place, workload: Workload) -> Iterator[Element]:
    for probe in workload.probes:
        interface = place.interface(workload.name, probe.interface)
        zone = place.site.zones[interface.zone]
        bound = place.bindings[workload.name].interfaces[interface.name]
        for v, asker, address in (("4", zone.asker4, bound.ipv4), ("6", zone.asker6, bound.ipv6)):
            if asker and address:
                key = f"{asker} . {address} . tcp . {probe.port}"
                yield Element(f"probe{v}", key, f"goto leg_{word(zone.name)}", f"probe/{workload.name}")


def ends(place: Place, scope: Scope, workloads: Iterable[str]) -> tuple[str, ...]:
    """Return what has to be up before workloads can talk: their ports."""
    if scope.endpoints is Endpoints.TAP:
        return tuple(scope.address("run", name) for name in sorted(workloads))
    pairs: Mapping[str, Workload] = place.site.workloads
    return tuple(
        scope.address("port", name, interface.name) for name in sorted(workloads) for interface in pairs[name].ports
    )
