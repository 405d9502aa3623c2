# SPDX-License-Identifier: Apache-2.0
"""A small sound site and a sound host, to be changed by tests."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from ipaddress import IPv4Network
from typing import Any

from ringfence.facts.host import Acceleration, FirmwareImage, HostFacts, Versions
from ringfence.site.conduit import Conduit
from ringfence.site.declared.reference import endpoint
from ringfence.site.functions import EssentialFunction
from ringfence.site.host import Host
from ringfence.site.probe import Probe
from ringfence.site.security_level import SecurityLevel
from ringfence.site.service import Flow, PortRange, Service
from ringfence.site.site import Site
from ringfence.site.workload import Disk, Interface, Workload
from ringfence.site.zone import Zone

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def zone(name: str, level: float, security: int = 1, **fields: Any) -> Zone:
    number = sum(name.encode()) % 250
    network = IPv4Network(f"10.0.{number}.0/24")
    given = {"ipv4": network, "ipv6": None, "gateway": "ringfence", "gateway4": network[1], "gateway6": None}
    return Zone(name, level, SecurityLevel.uniform(security), **(given | fields))


def workload(name: str, in_zone: str, **fields: Any) -> Workload:
    given = {"vcpus": 1, "memory_mib": 256, "disks": (Disk("root", 1024),), **fields}
    return Workload(name, (Interface("eth0", in_zone),), **given)


def essential(name: str, in_zone: str, **fields: Any) -> Workload:
    given = {"function": EssentialFunction.CONTROL, "probes": (Probe("tcp", 502),), "tolerable_loss_s": 300, **fields}
    return workload(name, in_zone, **given)


def conduit(name: str, source: str, target: str, *services: str, **fields: Any) -> Conduit:
    given = {"reason": "Operators read the tank level.", "owner": "control room", **fields}
    return Conduit(name, (endpoint(source),), (endpoint(target),), services or ("modbus",), **given)


SERVICES = (
    Service("modbus", (Flow("tcp", (PortRange(502, 502),)),), builtin=True),
    Service("ssh", (Flow("tcp", (PortRange(22, 22),)),), encrypted=True, remote_access=True, builtin=True),
)


def _by_name(things: Iterable[Any]) -> dict[str, Any]:
    return {thing.name: thing for thing in sorted(things, key=lambda thing: thing.name)}


def site(*things: object, **fields: Any) -> Site:
    kinds = {Zone: "zones", Workload: "workloads", Conduit: "conduits", Host: "hosts", Service: "services"}
    sorted_: dict[str, list[object]] = {kind: [] for kind in kinds.values()}
    sorted_["services"] += SERVICES
    for thing in things:
        sorted_[kinds[type(thing)]].append(thing)
    sorted_["hosts"] = sorted_["hosts"] or [Host("server")]
    named: dict[str, Any] = {kind: _by_name(found) for kind, found in sorted_.items()}
    given: dict[str, Any] = {"assets": {}, "uplinks": {}, "images": {}, **named, **fields}
    return Site("plant", "Operations", "", **given)


def facts(name: str = "server", **fields: Any) -> HostFacts:
    given: dict[str, Any] = {
        "cores": 16,
        "memory_mib": 65536,
        "free_memory_mib": 60000,
        "numa": (),
        "acceleration": Acceleration("yes", "A test program ran to its end."),
        "versions": Versions((9, 0, 0), (7, 2, 22), (1, 0, 6), (6, 1, 0)),
        "pool_free_mib": 900_000,
        "mandatory_access": "apparmor",
        "systemd": True,
        "iommu": True,
        "features": frozenset({"own-uid"}),
        "firmware": (FirmwareImage("/usr/share/OVMF/code.fd", "/usr/share/OVMF/vars.fd", secure=False),),
        **fields,
    }
    return HostFacts(name, NOW, **given)
