# SPDX-License-Identifier: Apache-2.0
"""Ports: one per interface. A tap that QEMU opened, or, at the end of a stub, a namespace that stands for a guest."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from ipaddress import IPv4Interface

from ringfence.base.identity import mac
from ringfence.compile.bindings import InterfaceBinding
from ringfence.compile.document import Artifact, Document, Kind
from ringfence.compile.part.alias import owner
from ringfence.compile.part.port import PORT
from ringfence.compile.scope import Endpoints, Scope
from ringfence.site.workload import Interface, Workload
from ringfence.site.zone import Zone

from .names import port_name
from .shell import Parts, addresses, below, identity, inside, port_flags, sysctls, unless_link
from .ways import Way


def port_artifact(
    scope: Scope, workload: Workload, interface: Interface, binding: InterfaceBinding, zone: Zone, way: Way
) -> Artifact:
    """Return the port of one interface; ``way`` is how its workload sends by it."""
    parts = {
        "name": port_name(scope, workload.name, interface.name, binding),
        "alias": owner(scope, "port", workload.name, interface.name),
        "master": scope.link("bridge", zone.name),
        "fdb": binding.mac,
        **PORT,
    }
    if scope.endpoints is Endpoints.STUB:
        stub = _stub(scope, workload, interface, binding, zone) | dict(_ways_out(way))
        parts |= {f"stub/{key}": value for key, value in stub.items()}
        parts["mac"] = mac(scope.site, scope.host, scope.fabric, "port", workload.name, interface.name)
        needs: tuple[str, ...] = (scope.address("link", zone.name), scope.address("guard", workload.name))
    else:
        needs = (scope.address("run", workload.name),)
    address = scope.address("port", workload.name, interface.name)
    document = Document(address, Kind.PORT, parts, port_script(parts))
    return Artifact(document, (f"workload/{workload.name}",), needs, {"workload": workload.name})


def unisolated(port: Artifact) -> Artifact:
    """Return a port that frames of a layer-2 conduit come to from other ports, or go to."""
    parts = {**port.document.parts, "isolated": "0"}
    return replace(port, document=replace(port.document, parts=parts, body=port_script(parts)))


def _stub(
    scope: Scope, workload: Workload, interface: Interface, binding: InterfaceBinding, zone: Zone
) -> dict[str, str]:
    found = {
        "namespace": scope.stub(workload.name),
        "name": interface.name,
        "mac": binding.mac,
        "up": "yes",
        "inet6.conf.accept_ra": "0",
    }
    if zone.ipv4 and binding.ipv4:
        found["ipv4"] = str(IPv4Interface((binding.ipv4, zone.ipv4.prefixlen)))
    if zone.ipv6 and binding.ipv6:
        found["ipv6"] = f"{binding.ipv6}/128"
    return found


def _ways_out(way: Way) -> Iterator[tuple[str, str]]:
    """Yield the routes of a stub: ``route`` everywhere, and the table of a workload with several interfaces."""
    for version in (4, 6):
        gateway = way.gateway(version)
        if gateway and way.first(version):
            yield f"route{version}", gateway
        if gateway and way.table:
            yield f"via{version}", gateway
    if way.table and way.sources:
        yield "table", str(way.table)
        yield "from", " ".join(sorted(map(str, way.sources)))
    if way.reach:
        yield "reach", " ".join(sorted(map(str, way.reach)))


def port_script(parts: Parts) -> str:
    """Return sh that mends a port, and makes it where a stub stands at its end."""
    name, stub = parts["name"], below(parts, "stub")
    lines = (
        *_make_stub(name, stub),
        *identity(parts),
        *sysctls(parts),
        f"ip link set dev {name} master {parts['master']}",
        *port_flags(parts),
        f"ip link set dev {name} up",
    )
    return "\n".join(lines) + "\n"


def _make_stub(name: str, stub: Parts) -> tuple[str, ...]:
    if not stub:
        return ()
    space = stub["namespace"]
    pair = f"ip link add name {name} type veth peer name {stub['name']} netns {space}"
    up = (*identity(stub), *sysctls(stub), "ip link set lo up", f"ip link set dev {stub['name']} up")
    return (
        f"[ -e /run/netns/{space} ] || ip netns add {space}",
        unless_link(name, pair),
        inside(space, (*up, *addresses(stub), *_routes(stub))),
    )


def _routes(stub: Parts) -> Iterator[str]:
    """Yield the lines that set a stub's routes. Rules and tables hold nothing that is not its own (see ``ways``)."""
    yield from (_route("default", stub[f"route{v}"], stub["name"]) for v in (4, 6) if f"route{v}" in stub)
    for net in stub.get("reach", "").split():
        yield _route(net, stub["via6" if ":" in net else "via4"], f"{stub['name']} proto static")
    if "table" not in stub:
        return
    table = stub["table"]
    yield from (
        _route("default", stub[f"via{v}"], f"{stub['name']} table {table}") for v in (4, 6) if f"via{v}" in stub
    )
    for one in stub["from"].split():
        ip = f"ip -{6 if ':' in one else 4} rule"
        yield f"{ip} | grep -q 'from {one} lookup {table} *$' || {ip} add from {one} lookup {table}"


def _route(to: str, via: str, rest: str) -> str:
    return f"ip -{6 if ':' in via else 4} route replace {to} via {via} dev {rest}"
