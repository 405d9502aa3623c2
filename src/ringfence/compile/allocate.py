# SPDX-License-Identifier: Apache-2.0
"""Allocation of bindings: what is held or declared wins; only what is missing is chosen, by hash and probing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ringfence.base.diagnostics import Diagnostic, Severity
from ringfence.base.identity import mac as mac_of
from ringfence.base.identity import number, uuid_of
from ringfence.facts.host import HostFacts
from ringfence.facts.image import ImageFacts
from ringfence.site.site import Site
from ringfence.site.workload import Interface, Workload

from .bindings import Bindings, InterfaceBinding, WorkloadBinding
from .pool import AddressPool
from .scope import Scope
from .slots import slots_of

FIRST_UID = 2_000_000_000
"""Above every range that Debian and systemd hand out (systemd's UIDS-GIDS document)."""
UIDS = 100_000_000


@dataclass(slots=True)
class _Taken:
    """What is in use already while allocation goes on, or belongs to a workload that may come back."""

    macs: set[str] = field(default_factory=set)
    uids: set[int] = field(default_factory=set)
    taps: set[str] = field(default_factory=set)


def allocate(
    site: Site,
    facts: Mapping[str, HostFacts],
    images: Mapping[str, ImageFacts],
    held: Bindings,
    scopes: Mapping[str, Scope],
) -> tuple[Bindings, tuple[Diagnostic, ...]]:
    """Return bindings for every workload of the site, and clashes as diagnostics.

    ``facts`` and ``scopes`` are by workload name (the host that it is placed on); ``images`` by image name.
    """
    taken = _taken(held, site)
    pools = {name: AddressPool(zone, site, held) for name, zone in site.zones.items()}
    bindings: dict[str, WorkloadBinding] = {}
    for name, workload in site.workloads.items():
        old = held.get(name)
        interfaces = {
            nic.name: _interface(workload, nic, old, scopes[name], pools, taken) for nic in workload.interfaces
        }
        bindings[name] = _workload(site, workload, old, facts[name], images, interfaces, taken)
    clashes = [clash for pool in pools.values() for clash in pool.clashes]
    return bindings, (*clashes, *_shared_macs(bindings))


def _taken(held: Bindings, site: Site) -> _Taken:
    nics = [nic for binding in held.values() for nic in binding.interfaces.values()]
    declared = {nic.mac for workload in site.workloads.values() for nic in workload.interfaces if nic.mac}
    return _Taken(
        {nic.mac for nic in nics} | declared, {binding.uid for binding in held.values()}, {nic.tap for nic in nics}
    )


def _interface(
    workload: Workload,
    nic: Interface,
    old: WorkloadBinding | None,
    scope: Scope,
    pools: Mapping[str, AddressPool],
    taken: _Taken,
) -> InterfaceBinding:
    held = old.interfaces.get(nic.name) if old else None
    pool = pools[nic.zone]
    return InterfaceBinding(
        mac=nic.mac or (held.mac if held else _new_mac(scope.site, workload.name, nic.name, taken)),
        ipv4=pool.ipv4(workload, nic, held),
        ipv6=pool.ipv6(workload, nic, held),
        tap=held.tap if held else _new_tap(scope, workload.name, nic.name, taken),
    )


def _new_mac(site: str, workload: str, nic: str, taken: _Taken) -> str:
    salt = 0
    while (found := mac_of(site, workload, nic, salt=salt)) in taken.macs:
        salt += 1
    taken.macs.add(found)
    return found


def _new_tap(scope: Scope, workload: str, nic: str, taken: _Taken) -> str:
    names = [workload, nic]
    while (found := scope.link("tap", *names)) in taken.taps:
        names.append("again")
    taken.taps.add(found)
    return found


def _workload(
    site: Site,
    workload: Workload,
    old: WorkloadBinding | None,
    facts: HostFacts,
    images: Mapping[str, ImageFacts],
    interfaces: Mapping[str, InterfaceBinding],
    taken: _Taken,
) -> WorkloadBinding:
    identity = workload.identity
    return WorkloadBinding(
        uuid=identity.uuid or (old.uuid if old else uuid_of(site.name, workload.name)),
        uid=old.uid if old else _new_uid(site.name, workload.name, taken),
        machine=identity.machine or (old.machine if old else facts.machines.get(workload.chipset, workload.chipset)),
        cpu=old.cpu if old else _cpu(facts),
        interfaces=interfaces,
        slots=slots_of(workload, old.slots if old else {}),
        images=_images(workload, old, images),
    )


def _new_uid(site: str, workload: str, taken: _Taken) -> int:
    salt = 0
    while (found := FIRST_UID + number(UIDS, site, workload, salt=salt)) in taken.uids:
        salt += 1
    taken.uids.add(found)
    return found


def _cpu(facts: HostFacts) -> str:
    return "host-model" if facts.acceleration.kvm == "yes" else "maximum"


def _images(workload: Workload, old: WorkloadBinding | None, images: Mapping[str, ImageFacts]) -> dict[str, str]:
    held = old.images if old else {}
    found = {
        disk.name: held.get(disk.name) or (images[disk.image].sha256 if disk.image in images else None)
        for disk in workload.disks
        if disk.image is not None
    }
    return {name: sha256 for name, sha256 in found.items() if sha256 is not None}


def _shared_macs(bindings: Bindings) -> list[Diagnostic]:
    owners: dict[str, str] = {}
    clashes = []
    for name, binding in bindings.items():
        for nic in binding.interfaces.values():
            first = owners.setdefault(nic.mac, name)
            if first != name:
                clashes.append(_mac_clash(name, first, nic.mac))
    return clashes


def _mac_clash(name: str, first: str, mac: str) -> Diagnostic:
    return Diagnostic(
        "RF-BIND-002",
        Severity.ERROR,
        f"workload/{name}",
        f"Its MAC address {mac} is also bound to workload/{first}.",
        "Give one of them another address with 'mac:' under its interface.",
    )
