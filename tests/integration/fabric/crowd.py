# SPDX-License-Identifier: Apache-2.0
"""A site of two zones and many conduits between them; only one workload of each zone has a stub that talks."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import IPv4Address, IPv4Network

from tests import factory
from tests.integration.fabric.stage import ORDER, Stage, ports

from ringfence.compile.bindings import InterfaceBinding
from ringfence.compile.document import Document, Kind
from ringfence.compile.scope import Endpoints, Scope
from ringfence.plan.change import Change
from ringfence.site.conduit import Conduit, Endpoint
from ringfence.site.service import Flow, Service
from ringfence.site.workload import Interface
from ringfence.site.zone import Zone

SIDE = 100
"""Workloads a zone; each of the one has a conduit to each of the other."""
TALK = 5000
"""UDP port that every conduit opens besides its own."""
_NETS = {"near": 91, "far": 92}


def crowd(name: str, side: int = SIDE, prefix: str = "c", tcp: int = 502) -> Stage:
    """Return a stage of ``side * side`` conduits named ``prefix...``, each for UDP port 5000 and TCP port ``tcp``."""
    zones = [_zone(zone, second) for zone, second in _NETS.items()]
    workloads = [
        factory.workload(f"{zone}{number}", interfaces=(Interface("eth0", zone),))
        for zone in _NETS
        for number in range(side)
    ]
    bindings = {}
    for one in workloads:
        zone, number = one.interfaces[0].zone, int(one.name.removeprefix(one.interfaces[0].zone))
        second = _NETS[zone]
        bound = InterfaceBinding(
            f"52:54:00:{second}:00:{number:02x}",
            IPv4Address(f"10.{second}.0.{number + 1}"),
            None,
            f"rft{zone[0]}{number}-{name[-4:]}",
        )
        bindings[one.name] = replace(factory.binding(one, 1), interfaces={"eth0": bound})
    site = factory.site(
        workloads,
        zones,
        name=name,
        conduits={one.name: one for one in _conduits(side, prefix)},
        services={"talk": Service("talk", (Flow("udp", ports(TALK)), Flow("tcp", ports(tcp))))},
    )
    return Stage(site, Scope(name, "server1", "live", Endpoints.STUB), bindings=bindings)


def raise_two(stage: Stage) -> None:
    """Bring up the fabric with the stubs of ``near0`` and ``far0`` alone, and without conduits."""
    wanted = [one for one in stage.documents() if one.kind is not Kind.CONDUIT and _stands(one)]
    for kind in ORDER:
        stage.driver.ensure(stage.scope, [Change(None, one) for one in wanted if one.kind is kind])


def _stands(document: Document) -> bool:
    names = document.address.split("/")[4:]
    return document.kind is not Kind.PORT or names[0] in {"near0", "far0"}


def _zone(zone: str, second: int) -> Zone:
    return factory.zone(
        zone,
        second,
        ipv4=IPv4Network(f"10.{second}.0.0/16"),
        gateway4=IPv4Address(f"10.{second}.255.1"),
        ipv6=None,
        gateway6=None,
        dhcp=False,
    )


def _conduits(side: int, prefix: str) -> list[Conduit]:
    return [
        Conduit(
            f"{prefix}-{near}-{far}",
            (Endpoint("workload", f"near{near}"),),
            (Endpoint("workload", f"far{far}"),),
            ("talk",),
            "scale",
            "tests",
        )
        for near in range(side)
        for far in range(side)
    ]
