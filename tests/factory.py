# SPDX-License-Identifier: Apache-2.0
"""Small builders of sites, bindings and facts, shared by tests of all rooms. Every builder takes what differs."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from typing import Any

from ringfence.compile.bindings import InterfaceBinding, WorkloadBinding
from ringfence.compile.scope import Scope
from ringfence.compile.slots import slots_of
from ringfence.facts.host import Acceleration, FirmwareImage, HostFacts, Versions
from ringfence.site.host import Host
from ringfence.site.image import Image
from ringfence.site.security_level import SecurityLevel
from ringfence.site.site import Site
from ringfence.site.workload import Disk, Interface, Workload
from ringfence.site.zone import Zone

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
SHA = "c" * 64
"""Content digest of the image that `workload` starts from."""


def zone(name: str = "control", number: int = 1, **changes: Any) -> Zone:
    values: dict[str, Any] = {
        "level": 1,
        "security": SecurityLevel.uniform(2),
        "ipv4": IPv4Network(f"10.91.{number}.0/24"),
        "ipv6": IPv6Network(f"fd91:0:0:{number}::/64"),
        "gateway": "ringfence",
        "gateway4": IPv4Address(f"10.91.{number}.1"),
        "gateway6": IPv6Address(f"fd91:0:0:{number}::1"),
    }
    return Zone(name, **(values | changes))


def workload(name: str = "plc", **changes: Any) -> Workload:
    values: dict[str, Any] = {
        "interfaces": (Interface("eth0", "control"),),
        "vcpus": 1,
        "memory_mib": 192,
        "disks": (Disk("root", image="nano"),),
    }
    return Workload(name, **(values | changes))


def site(workloads: Iterable[Workload] = (), zones: Iterable[Zone] = (), **changes: Any) -> Site:
    values: dict[str, Any] = {
        "owner": "tests",
        "description": "",
        "hosts": {"server1": Host("server1")},
        "zones": {found.name: found for found in (tuple(zones) or (zone(),))},
        "assets": {},
        "uplinks": {},
        "services": {},
        "conduits": {},
        "images": {"nano": Image("nano", "/srv/images/nano.qcow2")},
        "workloads": {found.name: found for found in workloads},
    }
    return Site(**({"name": "works"} | values | changes))


def binding(of: Workload, number: int = 10, **changes: Any) -> WorkloadBinding:
    nics = {
        nic.name: InterfaceBinding(
            mac=f"52:54:00:91:{place:02x}:{number:02x}",
            ipv4=IPv4Address(f"10.91.{place + 1}.{number}"),
            ipv6=IPv6Address(f"fd91:0:0:{place + 1}::{number}"),
            tap=f"rft{number}-{place}",
        )
        for place, nic in enumerate(of.interfaces)
    }
    values: dict[str, Any] = {
        "uuid": f"6f1e1d3c-0000-8000-8000-0000000000{number:02x}",
        "uid": 2_000_000_000 + number,
        "machine": {"q35": "pc-q35-7.2", "pc": "pc-i440fx-7.2"}[of.chipset],
        "cpu": "maximum",
        "interfaces": nics,
        "slots": slots_of(of, {}),
        "images": {disk.name: SHA for disk in of.disks if disk.image},
    }
    return WorkloadBinding(**(values | changes))


def host_facts(**changes: Any) -> HostFacts:
    values: dict[str, Any] = {
        "at": NOW,
        "cores": 2,
        "memory_mib": 4096,
        "free_memory_mib": 3072,
        "numa": (),
        "acceleration": Acceleration("no", "Tests run on software emulation."),
        "versions": Versions((9, 0, 0), (7, 2, 22), (1, 0, 6), (6, 1, 0), (3, 11, 2)),
        "qemu_gid": 991,
        "machines": {"q35": "pc-q35-7.2", "pc": "pc-i440fx-7.2"},
        "firmware": (
            FirmwareImage("/usr/share/OVMF/OVMF_CODE_4M.fd", "/usr/share/OVMF/OVMF_VARS_4M.fd", secure=False),
        ),
        "features": frozenset({"direct-io"}),
    }
    return HostFacts("server1", **(values | changes))


def scope(**changes: Any) -> Scope:
    return Scope(**({"site": "works", "host": "server1"} | changes))
