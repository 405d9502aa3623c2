# SPDX-License-Identifier: Apache-2.0
"""NoCloud seeds: what a guest is told at its first start (cloud-init documentation, datasource NoCloud).

The file system is labelled CIDATA and holds ``meta-data``, ``user-data`` and, unless the site says otherwise,
``network-config`` (version 2). IPv6 addresses are given as /128 also where DHCP gives IPv4: zones announce their
prefix off-link, so that neighbours meet only through the router.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ringfence.base.identity import canonical, digest
from ringfence.site.site import Site
from ringfence.site.workload import Workload
from ringfence.site.zone import Zone

from .bindings import InterfaceBinding, WorkloadBinding
from .document import Artifact, Document, Kind
from .places import Places

SEED_MODE = "0400"
"""A seed may hold secrets: only the workload's own user reads it."""


def seed_artifact(
    places: Places, site: Site, workload: Workload, binding: WorkloadBinding, uid: int, facts: Mapping[str, str]
) -> tuple[Artifact, ...]:
    """Return the SEED artifact, or nothing for a workload without ``cloud_init``. ``body`` is the files as JSON."""
    files = seed_files(site, workload, binding)
    if not files:
        return ()
    parts = {
        "path": places.seed(workload.name),
        "content": digest(files),
        "sector": str(sector_size(workload)),
        "owner": str(uid),
        "mode": SEED_MODE,
    }
    document = Document(places.scope.address("seed", workload.name), Kind.SEED, parts, canonical(files))
    return (Artifact(document, (f"workload/{workload.name}",), (), {**facts, "data": "no"}),)


def seed_bus(workload: Workload) -> str:
    """Return the bus of the seed: virtio, or the CD-ROM bus of a machine whose guest may have no virtio driver."""
    buses = {disk.bus for disk in workload.disks}
    old = buses & {"sata", "ide"}
    return min(old) if old and "virtio" not in buses else "virtio"


def sector_size(workload: Workload) -> int:
    """Return the logical sector in bytes: a CD-ROM's, or a disk's."""
    return 512 if seed_bus(workload) == "virtio" else 2048


def seed_files(site: Site, workload: Workload, binding: WorkloadBinding) -> dict[str, str]:
    """Return the seed's files by name; empty for a workload without ``cloud_init``."""
    wanted = workload.cloud_init
    if wanted is None:
        return {}
    files = {
        "meta-data": f"instance-id: {binding.uuid}\nlocal-hostname: {workload.name}\n",
        "user-data": wanted.user_data,
    }
    if wanted.network_config:
        files["network-config"] = network_config(site, workload, binding)
    return files


def network_config(site: Site, workload: Workload, binding: WorkloadBinding) -> str:
    """Return cloud-init's network configuration, version 2, in plain block style."""
    lines = ["version: 2", "ethernets:"]
    for number, interface in enumerate(workload.interfaces):
        bound = binding.interfaces[interface.name]
        lines += _port(number, site.zones[interface.zone], bound)
    return "\n".join(lines) + "\n"


def _port(number: int, zone: Zone, bound: InterfaceBinding) -> Iterator[str]:
    yield f"  port{number}:"
    yield "    match:"
    yield f'      macaddress: "{bound.mac}"'
    yield f"    dhcp4: {_truth(zone.dhcp and bound.ipv4 is not None)}"
    yield f"    accept-ra: {_truth(bound.ipv6 is not None)}"
    addresses = tuple(_addresses(zone, bound))
    if addresses:
        yield "    addresses:"
        yield from (f'      - "{found}"' for found in addresses)
    yield from _routes(zone, bound, number)


def _addresses(zone: Zone, bound: InterfaceBinding) -> Iterator[str]:
    if bound.ipv4 is not None and zone.ipv4 is not None and not zone.dhcp:
        yield f"{bound.ipv4}/{zone.ipv4.prefixlen}"
    if bound.ipv6 is not None:
        yield f"{bound.ipv6}/128"


def _routes(zone: Zone, bound: InterfaceBinding, number: int) -> Iterator[str]:
    """Only the first interface gives a default route; IPv6's comes with the router's advertisement."""
    if number == 0 and not zone.dhcp and bound.ipv4 is not None and zone.gateway4 is not None:
        yield "    routes:"
        yield '      - to: "0.0.0.0/0"'
        yield f'        via: "{zone.gateway4}"'


def _truth(value: bool) -> str:  # noqa: FBT001 - private
    return "true" if value else "false"
