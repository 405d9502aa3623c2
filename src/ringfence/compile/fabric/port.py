# SPDX-License-Identifier: Apache-2.0
"""Ports: one per interface. A tap that QEMU opened, or, at the end of a stub, a namespace that stands for a guest."""

from __future__ import annotations

from ipaddress import IPv4Interface

from ringfence.base.identity import mac
from ringfence.compile.bindings import InterfaceBinding
from ringfence.compile.document import Artifact, Document, Kind
from ringfence.compile.part.alias import owner
from ringfence.compile.part.link import LINK_LOCAL
from ringfence.compile.part.port import PORT
from ringfence.compile.scope import Endpoints, Scope
from ringfence.site.workload import Interface, Workload
from ringfence.site.zone import Zone

from .names import port_name
from .shell import Parts, addresses, below, identity, inside, port_flags, sysctls, unless_link


def port_artifact(
    scope: Scope, workload: Workload, interface: Interface, binding: InterfaceBinding, zone: Zone
) -> Artifact:
    """Return the port of one interface."""
    parts = {
        "name": port_name(scope, workload.name, interface.name, binding),
        "alias": owner(scope, "port", workload.name, interface.name),
        "master": scope.link("bridge", zone.name),
        "fdb": binding.mac,
        **PORT,
    }
    if scope.endpoints is Endpoints.STUB:
        stub = _stub(scope, workload, interface, binding, zone)
        parts |= {f"stub/{key}": value for key, value in stub.items()}
        parts["mac"] = mac(scope.site, scope.host, scope.fabric, "port", workload.name, interface.name)
        needs: tuple[str, ...] = (scope.address("link", zone.name), scope.address("guard", workload.name))
    else:
        needs = (scope.address("run", workload.name),)
    address = scope.address("port", workload.name, interface.name)
    document = Document(address, Kind.PORT, parts, port_script(parts))
    return Artifact(document, (f"workload/{workload.name}",), needs, {"workload": workload.name})


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
    first = interface == workload.interfaces[0]
    if zone.ipv4 and binding.ipv4:
        found["ipv4"] = str(IPv4Interface((binding.ipv4, zone.ipv4.prefixlen)))
        found |= {"route4": str(zone.gateway4)} if first else {}
    if zone.ipv6 and binding.ipv6:
        found["ipv6"] = f"{binding.ipv6}/128"
        found |= {"route6": LINK_LOCAL} if first else {}
    return found


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
    routes = [f"ip route replace default via {stub['route4']}"] if "route4" in stub else []
    if "route6" in stub:
        routes.append(f"ip -6 route replace default via {stub['route6']} dev {stub['name']}")
    return (
        f"[ -e /run/netns/{space} ] || ip netns add {space}",
        unless_link(name, pair),
        inside(space, (*up, *addresses(stub), *routes)),
    )
