# SPDX-License-Identifier: Apache-2.0
"""Side doors that the site allows, each with the clause that does: what the doors found in artifacts are held against.

Worked out from the declaration alone, without the code that builds definitions. What every machine has, whatever its
site says, is owned by ``standing/...``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import combinations
from types import MappingProxyType
from typing import Final

from ringfence.base.addresses import address
from ringfence.compile.bindings import Bindings, WorkloadBinding
from ringfence.compile.scope import Endpoints, Scope
from ringfence.proof.flow import Door
from ringfence.proof.side import kind
from ringfence.site.site import Site
from ringfence.site.workload import Device, Interface, Workload
from ringfence.site.zone import Zone

_HOST, _ROUTER = "host", "router"
_NO_IMAGES: Final[Mapping[str, str]] = MappingProxyType({})
_PCI: Final = re.compile(r"(?:([0-9a-f]{4}):)?([0-9a-f]{2}:[0-9a-f]{2}\.[0-7])", re.ASCII)


def declared_doors(
    site: Site, hosted: Iterable[str], bindings: Bindings, scope: Scope, images: Mapping[str, str] = _NO_IMAGES
) -> tuple[Door, ...]:
    """Return every side door that the site allows on a host and fabric, in order of their keys.

    ``hosted`` are the workloads there; ``images`` are the SHA-256 of images by name, for disks that no binding knows
    yet. Stubs stand for machines that have no devices at all.
    """
    names = sorted(hosted)
    found = [*_leased(site, names, bindings), *_cards(site, scope)]
    for name in names if scope.endpoints is Endpoints.TAP else ():
        found += _machine(site, site.workloads[name], bindings[name], scope, images)
    return tuple(one for _, one in sorted({door.key: door for door in found}.items()))


def _machine(
    site: Site, workload: Workload, binding: WorkloadBinding, scope: Scope, images: Mapping[str, str]
) -> Iterator[Door]:
    """Yield the doors of one machine."""
    own = address("workload", workload.name)
    log = f"/var/log/libvirt/qemu/{scope.domain(workload.name)}.console.log"
    yield Door(kind.CONSOLE, _HOST, own, log, owner="standing/console")
    yield Door(kind.MANAGEMENT, _HOST, own, "libvirt", owner="standing/libvirt")
    if workload.display == "vnc":
        yield Door(kind.SCREEN, _HOST, own, "vnc on a socket of its own", owner=f"{own}#display")
    if workload.firmware != "bios":
        yield Door(kind.NVRAM, _HOST, own, _store(site, workload, scope), owner=f"{own}#firmware")
    for disk in workload.disks:
        if disk.image is not None:
            sha256 = binding.images.get(disk.name) or images.get(disk.image) or site.images[disk.image].sha256 or ""
            yield Door(kind.BASE, _HOST, own, sha256, owner=address("image", disk.image))
    for device in workload.devices:
        yield from _device(own, device)
    yield from _interfaces(site, workload, own)


def _store(site: Site, workload: Workload, scope: Scope) -> str:
    folder = scope.site if scope.fabric == "live" else f"{scope.site}.{scope.fabric}"
    return f"{site.hosts[scope.host].pool}/{folder}/{workload.name}.nvram"


def _device(own: str, device: Device) -> Iterator[Door]:
    """Yield the door of a listed device: entropy and watchdog lead nowhere."""
    owner, options = f"{own}#devices", device.options
    if device.kind == "guest-agent":
        yield Door(kind.AGENT, _HOST, own, "org.qemu.guest_agent.0", owner=owner)
    elif device.kind == "usb":
        name = ":".join(options.get(key, "").lower().removeprefix("0x") for key in ("vendor", "product"))
        yield Door(kind.USB, own, f"usb/{name}", name, owner=owner)
    elif device.kind == "pci":
        name = _pci(options.get("address", ""))
        yield Door(kind.PCI, own, f"pci/{name}", name, owner=owner)
    elif device.kind == "serial":
        path = options.get("path", "")
        yield Door(kind.SERIAL, own, f"serial{path}", path, owner=owner)


def _pci(text: str) -> str:
    match = _PCI.fullmatch(text.lower())
    return text if match is None else f"{match[1] or '0000'}:{match[2]}"


def _interfaces(site: Site, workload: Workload, own: str) -> Iterator[Door]:
    """Yield what interfaces past the fabric stand on, and which places a machine connects by standing in them."""
    owner = f"{own}#interfaces"
    for one in workload.interfaces:
        if one.kind == "macvtap":
            yield Door(kind.DIRECT, own, _stands_on(site, one), "macvtap private", owner=owner)
        elif one.kind in {"vf", "pci"}:
            name = _pci(one.device or "")
            yield Door(kind.PCI, own, f"pci/{name}", name, owner=owner)
    ends = sorted({_stands_on(site, one) for one in workload.interfaces if one.kind != "pci"})
    for near, far in combinations(ends, 2):
        yield Door(kind.LEGS, near, far, own, owner=owner)


def _stands_on(site: Site, interface: Interface) -> str:
    if interface.kind == "macvtap":
        return f"nic/{site.uplinks[interface.uplink or ''].interface}"
    return f"leg/{interface.zone}" if interface.fabric else f"pci/{_pci(interface.device or '')}"


def _leased(site: Site, names: Iterable[str], bindings: Bindings) -> Iterator[Door]:
    """Yield what the address service may tell: to zones that want it, and to the bound interfaces in them."""
    served = {zone.name: zone for zone in site.zones.values() if zone.dhcp and zone.routed}
    for zone in served.values():
        yield from _served(site, zone, bindings)
    for name in names:
        for nic in site.workloads[name].ports:
            if nic.zone in served:
                bound = bindings[name].interfaces[nic.name]
                words = [nic.name, bound.mac, *(str(one) for one in (bound.ipv4, bound.ipv6) if one), name]
                own = address("workload", name)
                yield Door(kind.DHCP, _ROUTER, own, " ".join(words), owner=address("zone", nic.zone))


def _served(site: Site, zone: Zone, bindings: Bindings) -> Iterator[Door]:
    leg, owner = f"leg/{zone.name}", address("zone", zone.name)
    yield Door(kind.DHCP, _ROUTER, leg, "leases", owner=owner)
    if zone.ipv4 is not None:
        yield Door(kind.DHCP, _ROUTER, leg, f"option:router,{zone.gateway4}", owner=owner)
        time = _time_source(site, zone, bindings)
        if time:
            yield Door(kind.TIME, _ROUTER, leg, f"option:ntp-server,{time}", owner=f"{owner}#time_source")


def _time_source(site: Site, zone: Zone, bindings: Bindings) -> str:
    """Return the IPv4 address of who tells a zone the time; empty for none that has one."""
    of, _, name = (zone.time_source or "").partition("/")
    if of == "asset" and site.assets[name].ipv4:
        return str(site.assets[name].ipv4[0].network_address)
    if of == "workload" and name in bindings:
        first = site.workloads[name].interfaces[0].name
        return str(bindings[name].interfaces[first].ipv4 or "")
    return ""


def _cards(site: Site, scope: Scope) -> Iterator[Door]:
    """Yield the network cards that the host goes on using beside the fabric."""
    for uplink in site.uplinks.values():
        routed = uplink.host == scope.host and uplink.layer2 is None and uplink.vlan is None
        if uplink.shared and routed and scope.endpoints is Endpoints.TAP:
            of = address("uplink", uplink.name)
            yield Door(kind.CARD, of, _HOST, uplink.interface, owner=f"{of}#shared")
