# SPDX-License-Identifier: Apache-2.0
"""The nature of the simulated host: what it refuses, as the real tools do, and what goes with what."""

from __future__ import annotations

from collections.abc import Mapping

from ringfence.base.addresses import Address
from ringfence.base.errors import Refused
from ringfence.compile.document import Document, Kind
from ringfence.compile.part.relay import LOOKUPS, TABLES
from ringfence.compile.scope import Endpoints, Scope
from ringfence.plan.change import Change
from ringfence.plan.naming import names

from .state import SiteState

_INSIDE = frozenset({Kind.LINK, Kind.UPLINK, Kind.DHCP})
_ELEMENTS: Mapping[Kind, str] = {Kind.GUARD: "guard", Kind.FRAMES: "guard", Kind.CONDUIT: "router"}
_IN_THE_KERNEL = (Kind.LINK, Kind.TABLE, Kind.UPLINK, Kind.GUARD, Kind.DHCP, Kind.CONDUIT, Kind.FRAMES, Kind.RELAY)
_NEXT = "Plan again and apply that."


def refuse(scope: Scope, change: Change, state: SiteState) -> None:
    """Raise Refused where the tools would refuse a change."""
    why = _lacking(scope, change.after, state) if change.after else _still_used(scope, change.document, state)
    if why is not None:
        raise Refused(why, _NEXT)


def goes_too(scope: Scope, document: Document, state: SiteState) -> list[Address]:
    """Return what vanishes with a thing: taps with their machine, everything in the kernel with its namespace."""
    if document.kind is Kind.RUN and scope.endpoints is Endpoints.TAP:
        workload = names(document)[0]
        return [port.address for port in state.of_kind(Kind.PORT) if names(port)[0] == workload]
    if document.kind is Kind.NAMESPACE:
        return [found.address for found in state.of_kind(*_IN_THE_KERNEL)]
    return []


def _lacking(scope: Scope, document: Document, state: SiteState) -> str | None:
    base = _base(scope, document)
    for needed in (base, *_relay_tables(scope, document)):
        if needed is not None and needed not in state.documents:
            return f"There is no {needed}."
    if document.kind is Kind.RUN and _defined(state.documents[str(base)]) not in {
        None,
        document.parts.get("definition"),
    }:
        return f"The definition of {document.address} is not the planned one."
    backing = document.parts.get("backing") if document.kind is Kind.VOLUME else None
    if backing is not None and backing not in map(_path, state.of_kind(Kind.IMAGE)):
        return f"The image {backing} of volume {document.address} is not there."
    return None


def _base(scope: Scope, document: Document) -> Address | None:
    """Return what has to be there before: a map before its elements, a definition before its machine."""
    kind, own = document.kind, names(document)
    if kind in _INSIDE:
        return scope.address("namespace", "router")
    if kind in _ELEMENTS:
        return scope.address("table", _ELEMENTS[kind])
    if kind is Kind.RUN:
        return scope.address("domain", own[0])
    if kind is Kind.PORT and scope.endpoints is Endpoints.TAP:
        return scope.address("run", own[0])
    return None


def _relay_tables(scope: Scope, document: Document) -> tuple[Address, ...]:
    """Return the tables that a relay's elements lie in."""
    lookups = {key.split("/")[1] for key in document.parts if key.startswith("element/")}
    families = {LOOKUPS[one] for one in lookups if document.kind is Kind.RELAY and one in LOOKUPS}
    return tuple(scope.address("table", name) for name, family in TABLES.items() if family in families)


def _still_used(scope: Scope, document: Document, state: SiteState) -> str | None:
    kind, own = document.kind, names(document)
    if kind in {Kind.DOMAIN, Kind.VOLUME} and scope.address("run", own[0]) in state.documents:
        return f"Workload {own[0]} runs and needs {document.address}."
    backings = (volume.parts.get("backing") for volume in state.of_kind(Kind.VOLUME))
    if kind is Kind.IMAGE and _path(document) in backings:
        return f"A disk is built on {document.address}."
    return None


def _defined(domain: Document) -> str | None:
    """Return which definition a domain is, by its label (compile/domain/metadata.py)."""
    return domain.parts.get("metadata/artifact@definition")


def _path(image: Document) -> str:
    return image.parts.get("path", image.address)
