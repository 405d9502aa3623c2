# SPDX-License-Identifier: Apache-2.0
"""NoCloud seeds: what a guest is told at its first start (cloud-init documentation, datasource NoCloud).

The file system is labelled CIDATA and holds ``meta-data``, ``user-data`` and, unless the site says otherwise,
``network-config`` (version 2). IPv6 addresses are given as /128 also where DHCP gives IPv4: zones announce their
prefix off-link, so that neighbours meet only through the router.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from ringfence.base.identity import canonical, digest
from ringfence.site.site import Site
from ringfence.site.workload import Workload
from ringfence.site.zone import Zone

from .bindings import InterfaceBinding, WorkloadBinding
from .document import Artifact, Document, Kind
from .fabric.ways import Way, ways_of
from .places import Places

IPV4 = 4
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
    ways = ways_of(site, workload, binding)
    for number, interface in enumerate(workload.interfaces):
        bound = binding.interfaces[interface.name]
        if interface.fabric:
            lines += _port(number, site.zones[interface.zone], bound, ways[interface.name])
        elif interface.kind != "pci" and (bound.ipv4 or bound.ipv6):  # a whole card has a MAC that nobody knows here
            lines += _beside(number, site.zones[interface.zone], bound)
    return "\n".join(lines) + "\n"


def _port(number: int, zone: Zone, bound: InterfaceBinding, way: Way) -> Iterator[str]:
    yield f"  port{number}:"
    yield "    match:"
    yield f'      macaddress: "{bound.mac}"'
    yield f"    dhcp4: {_truth(zone.dhcp and bound.ipv4 is not None)}"
    yield f"    accept-ra: {_truth(way.first6)}"
    addresses = tuple(_addresses(zone, bound))
    if addresses:
        yield "    addresses:"
        yield from (f'      - "{found}"' for found in addresses)
    routes = tuple(_routes(zone, way))
    if routes:
        yield "    routes:"
        yield from routes
    if way.table and way.sources:
        yield "    routing-policy:"
        yield from (line for one in way.sources for line in (f'      - from: "{one}"', f"        table: {way.table}"))


def _beside(number: int, zone: Zone, bound: InterfaceBinding) -> Iterator[str]:
    """Yield the declared addresses of an interface that goes past the fabric: nothing there gives it any."""
    yield from _port(number, replace(zone, dhcp=False), bound, Way(None, None, first4=False, first6=False))


def _addresses(zone: Zone, bound: InterfaceBinding) -> Iterator[str]:
    if bound.ipv4 is not None and zone.ipv4 is not None and not zone.dhcp:
        yield f"{bound.ipv4}/{zone.ipv4.prefixlen}"
    if bound.ipv6 is not None:
        yield f"{bound.ipv6}/128"


def _routes(zone: Zone, way: Way) -> Iterator[str]:
    """Yield the ways out. The first interface's are given by DHCP and by the router's advertisement where they can."""
    if way.first4 and not zone.dhcp:
        yield from _route("0.0.0.0/0", str(way.gateway4))
    for net in way.reach:
        yield from _route(str(net), str(way.gateway(net.version)), on_link=zone.dhcp and net.version == IPV4)
    if way.table is not None:
        for gateway, everywhere in ((way.gateway4, "0.0.0.0/0"), (way.gateway6, "::/0")):
            if gateway:
                yield from _route(everywhere, gateway, way.table, on_link=zone.dhcp and everywhere == "0.0.0.0/0")


def _route(to: str, via: str, table: int | None = None, *, on_link: bool = False) -> Iterator[str]:
    """Yield one route. ``on_link``: DHCP brings the address that shows the gateway to be near only later."""
    yield f'      - to: "{to}"'
    yield f'        via: "{via}"'
    if table is not None:
        yield f"        table: {table}"
    if on_link:
        yield "        on-link: true"


def _truth(value: bool) -> str:  # noqa: FBT001 - private
    return "true" if value else "false"
