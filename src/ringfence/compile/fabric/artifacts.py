# SPDX-License-Identifier: Apache-2.0
"""All artifacts of one fabric on one host."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from ringfence.base.addresses import Address
from ringfence.compile.bindings import Bindings
from ringfence.compile.document import Artifact, Document, Kind
from ringfence.compile.nft.script import table_script
from ringfence.compile.nft.table import Table
from ringfence.compile.restrictions import UNRESTRICTED, Restrictions
from ringfence.compile.scope import Scope
from ringfence.site.site import Site

from .conduit import conduit_artifacts, probe_artifacts
from .dhcp import dhcp_artifact
from .endpoints import Place, place_of
from .frames import frame_artifacts, framed_ports
from .guard import guard_artifact
from .guard_table import guard_table
from .link import link_artifact
from .namespace import namespace_artifact
from .port import port_artifact, unisolated
from .relay import relay_artifacts
from .relay_table import relay_tables
from .router import router_table
from .uplinks import uplink_artifacts
from .ways import ways_of
from .wire import wire_artifacts


def fabric_artifacts(
    site: Site,
    here: frozenset[str],
    bindings: Bindings,
    scope: Scope,
    now: datetime,
    restrictions: Restrictions = UNRESTRICTED,
) -> tuple[Artifact, ...]:
    """Return namespace, links, tables, guards, address service, ports and conduits for the workloads ``here``.

    ``now`` (UTC) decides which conduits have closed by themselves, ``restrictions`` what people closed. Raises BadInput
    where more conduits name one conversation than its comment can hold.
    """
    place = place_of(site, here, bindings, scope, restrictions)
    dhcp = dhcp_artifact(site, here, bindings, scope)
    return (
        namespace_artifact(scope),
        *(link_artifact(site.name, scope, zone) for zone in site.zones.values()),
        *_tables(place, scope),
        *wire_artifacts(site, scope),
        *uplink_artifacts(place, scope, now),
        *(guard_artifact(scope, site.workloads[name], bindings[name]) for name in sorted(here)),
        *([dhcp] if dhcp else []),
        *_ports(place, scope, now),
        *conduit_artifacts(place, scope, now),
        *frame_artifacts(place, scope, now),
        *probe_artifacts(place, scope),
        *relay_artifacts(place, scope, now),
    )


def fabric_needs(scope: Scope, workload: str) -> tuple[Address, ...]:
    """Return what must stand before a workload runs: its guard, the tables and the address service.

    Links stand before the tables do, and are needed through them.
    """
    return (
        scope.address("guard", workload),
        scope.address("table", "guard"),
        scope.address("table", "router"),
        scope.address("dhcp", "router"),
    )


def _tables(place: Place, scope: Scope) -> Iterator[Artifact]:
    site = place.site
    zones = tuple(f"zone/{name}" for name in site.zones)
    links = tuple(scope.address("link", name) for name in site.zones)
    for name, table, needs in (
        ("router", router_table(site, scope, place.apart()), (scope.address("namespace", "router"), *links)),
        ("guard", guard_table(site, scope), links),
    ):
        yield Artifact(_document(scope, name, table), zones, needs)
    for name, table in relay_tables(site, scope):
        yield Artifact(_document(scope, name, table), zones, (scope.address("table", "router"),))


def _document(scope: Scope, name: str, table: Table) -> Document:
    parts = table.parts
    return Document(scope.address("table", name), Kind.TABLE, parts, table_script(parts))


def _ports(place: Place, scope: Scope, now: datetime) -> Iterator[Artifact]:
    framed = framed_ports(place, scope, now)
    for name in sorted(place.here):
        workload, bound = place.site.workloads[name], place.bindings[name]
        ways = ways_of(place.site, workload, bound)
        for interface in workload.ports:
            zone, own = place.site.zones[interface.zone], bound.interfaces[interface.name]
            port = port_artifact(scope, workload, interface, own, zone, ways[interface.name])
            yield unisolated(port) if port.document.parts["name"] in framed else port
