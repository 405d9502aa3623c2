# SPDX-License-Identifier: Apache-2.0
"""Why a conversation is permitted, or what comes closest to permitting it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ringfence.compile.part.element import Element
from ringfence.observe.permission import Asked, Permissions, owners, permissions
from ringfence.site.conduit import Conduit, Endpoint
from ringfence.site.service import Service
from ringfence.site.site import Site

from .addresses import Party

_MOST = 3
"""Conduits that are named as close ones."""


@dataclass(frozen=True, slots=True)
class Case:
    """A conversation between two parties, and all elements of the router's maps."""

    site: Site
    asked: Asked
    near: Party
    far: Party
    elements: tuple[Element, ...]
    closed: frozenset[str] = frozenset()
    """Names of restrictions that stand, such as ``island/field``."""

    @property
    def flow(self) -> str:
        """Return ``tcp/502`` or ``icmp``."""
        return f"{self.asked.protocol}/{self.asked.port}" if self.asked.port else self.asked.protocol


def reasons(case: Case) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the conduits that permit a conversation, and sentences that say so or say what comes closest."""
    standing = permissions(case.elements)
    found = standing.of(case.asked)
    names = owners(found)
    if names:
        return names, tuple(_permitted(case, found, names))
    if _open_peers(case):
        zone = case.near.zone
        return (), (f"Zone {zone} says 'peers: open': its machines talk to one another without a conduit.",)
    return (), (f"No conduit permits {case.flow} from {_ends(case)}.", *_close(case, standing))


def permitted(case: Case) -> bool:
    """Tell whether the maps let it pass."""
    return bool(permissions(case.elements).of(case.asked)) or _open_peers(case)


def _open_peers(case: Case) -> bool:
    zone = case.site.zones.get(case.near.zone)
    return zone is not None and zone.peers == "open" and case.near.zone == case.far.zone


def _permitted(case: Case, found: Iterable[Element], names: tuple[str, ...]) -> Iterator[str]:
    for name in names:
        declared = case.site.conduits.get(name)
        reason = f" ({declared.reason.rstrip('.')})" if declared else ""
        yield f"{_title(name)} permits {case.flow} from {_ends(case)}{reason}."
    for one in found:
        left = f", for another {one.timeout} s" if one.timeout is not None else ""
        yield f"The router's map {one.lookup} names it: {one.key}{left}."


def _title(name: str) -> str:
    return f"The probe of {name.removeprefix('probe/')}" if name.startswith("probe/") else f"Conduit {name}"


def _ends(case: Case) -> str:
    return f"{_name(case.near, case.asked.source)} to {_name(case.far, case.asked.target)}"


def _close(case: Case, standing: Permissions) -> Iterator[str]:
    """Yield what comes closest: dormant, declared and closed, another service, the other direction."""
    asked = case.asked
    for name in owners(permissions(case.elements, dormant=True).of(asked)):
        yield f"Conduit {name} is dormant and would; open it with 'ringfence grant {name} --for 30m'."
    declared = list(_declared(case))
    for conduit in declared:
        yield from _closed(case, conduit)
    others = owners(standing.between(asked.source, asked.target))
    if others:
        yield f"What passes from {_name(case.near, asked.source)} to {_name(case.far, asked.target)}: {_list(others)}."
    turned = owners(standing.of(Asked(asked.target, asked.source, asked.protocol, asked.port)))
    if turned:
        yield f"The other way round it is permitted, by {_list(turned)}: only answers pass this way."
    if not others and not turned and not declared:
        yield from _similar(case)


def _closed(case: Case, conduit: Conduit) -> Iterator[str]:
    if conduit.dormant:
        return
    why = "its last day is over" if conduit.on_expiry == "close" and conduit.expires else "it is closed now"
    held = f" ({', '.join(sorted(case.closed))} stands)" if case.closed else ""
    yield f"Conduit {conduit.name} names it in the site file, but {why}{held}: no element of it is loaded."


def _similar(case: Case) -> Iterator[str]:
    """Yield conduits that begin at the one or lead to the other with this service."""
    names = [
        one.name
        for one in case.site.conduits.values()
        if _has(case, one) and (_meets(one.source, case.near) or _meets(one.target, case.far))
    ]
    if names:
        yield f"Conduits with this service for one of the two: {_list(tuple(names[:_MOST]))}."


def _declared(case: Case) -> Iterator[Conduit]:
    """Yield the conduits of the site that name the conversation, whether they are loaded or not."""
    for one in case.site.conduits.values():
        if _has(case, one) and _meets(one.source, case.near) and _meets(one.target, case.far):
            yield one


def _has(case: Case, conduit: Conduit) -> bool:
    return any(_carries(case, case.site.services[name]) for name in conduit.services if name in case.site.services)


def _carries(case: Case, service: Service) -> bool:
    return any(
        flow.protocol == case.asked.protocol
        and flow.direction == "forward"
        and (not flow.ports or any(ports.first <= case.asked.port <= ports.last for ports in flow.ports))
        for flow in service.flows
    )


def _meets(endpoints: Iterable[Endpoint], party: Party) -> bool:
    return any(
        (one.kind == "zone" and one.name == party.zone) or f"{one.kind}/{one.name}" == party.of for one in endpoints
    )


def _name(party: Party, address: str) -> str:
    return party.name or address


def _list(names: tuple[str, ...]) -> str:
    shown = names[:_MOST]
    more = f" and {len(names) - _MOST} more" if len(names) > _MOST else ""
    return ", ".join(shown) + more
