# SPDX-License-Identifier: Apache-2.0
"""The addresses of one zone: declared ones are reserved, held ones stay, new ones are chosen by hash."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

from ringfence.base.diagnostics import Diagnostic, Severity
from ringfence.base.identity import number
from ringfence.site.site import Site
from ringfence.site.workload import Interface, Workload
from ringfence.site.zone import Zone

from .bindings import Bindings, InterfaceBinding

MOST_HOSTS = 65_534
"""IPv6 prefixes are far larger: addresses are chosen among the first 65,534, so that they stay readable."""

_Address = IPv4Address | IPv6Address


class AddressPool:
    """Hands out addresses of one zone. ``clashes`` collects what cannot be."""

    def __init__(self, zone: Zone, site: Site, held: Bindings) -> None:
        """Reserve the gateway, everything declared in this zone, and what workloads of the site hold."""
        self.zone = zone
        self.clashes: list[Diagnostic] = []
        self._owner: dict[_Address, str] = {}
        self._reserve(zone.gateway4, f"zone/{zone.name}")
        self._reserve(zone.gateway6, f"zone/{zone.name}")
        self._reserve(zone.router4, f"zone/{zone.name}")
        self._reserve(zone.router6, f"zone/{zone.name}")
        for owner, found in _declared(site, zone.name):
            self._reserve(found, owner)
        for owner, found in _held(site, zone.name, held):
            self._reserve(found, owner)

    def ipv4(self, workload: Workload, nic: Interface, held: InterfaceBinding | None) -> IPv4Address | None:
        """Return the declared, held or newly chosen IPv4 address; None in a zone without IPv4."""
        found = self._pick(self.zone.ipv4, workload, nic, nic.ipv4, held.ipv4 if held else None)
        return found if isinstance(found, IPv4Address) else None

    def ipv6(self, workload: Workload, nic: Interface, held: InterfaceBinding | None) -> IPv6Address | None:
        """Return the declared, held or newly chosen IPv6 address; None in a zone without IPv6."""
        found = self._pick(self.zone.ipv6, workload, nic, nic.ipv6, held.ipv6 if held else None)
        return found if isinstance(found, IPv6Address) else None

    def _reserve(self, found: _Address | None, owner: str) -> None:
        if found is None:
            return
        first = self._owner.setdefault(found, owner)
        if first != owner:
            self.clashes.append(_clash(owner, first, found))

    def _pick(
        self,
        network: IPv4Network | IPv6Network | None,
        workload: Workload,
        nic: Interface,
        declared: _Address | None,
        held: _Address | None,
    ) -> _Address | None:
        if network is None:
            return None
        if declared is not None or not nic.fabric:  # what goes past the fabric gets its address elsewhere
            return declared
        owner = f"workload/{workload.name}"
        if held is not None and held in network and self._owner.get(held) == owner:
            return held
        return self._new(network, owner, nic)

    def _new(self, network: IPv4Network | IPv6Network, owner: str, nic: Interface) -> _Address | None:
        for candidate in _candidates(network, owner, nic.name):
            if candidate not in self._owner:
                self._owner[candidate] = owner
                return candidate
        self.clashes.append(_full(owner, self.zone.name, network))
        return None


def _candidates(network: IPv4Network | IPv6Network, *scope: str) -> Iterator[_Address]:
    """Every host address once, from one chosen by hash; network and broadcast addresses are left out."""
    hosts = min(network.num_addresses - 2, MOST_HOSTS)
    start = number(hosts, str(network), *scope) if hosts > 0 else 0
    for step in range(hosts):
        yield network[1 + (start + step) % hosts]


def _declared(site: Site, zone: str) -> Iterator[tuple[str, _Address]]:
    for workload in site.workloads.values():
        for nic in workload.interfaces:
            if nic.zone == zone:
                yield from ((f"workload/{workload.name}", found) for found in (nic.ipv4, nic.ipv6) if found)
                yield from ((f"zone/{zone}#shared", found) for found in nic.shared)


def _held(site: Site, zone: str, held: Bindings) -> Iterator[tuple[str, _Address]]:
    """Addresses that are held and still wanted: the interface is in this zone and declares none itself."""
    for name, workload in site.workloads.items():
        binding = held.get(name)
        for nic in workload.interfaces:
            old = binding.interfaces.get(nic.name) if binding else None
            if old is None or nic.zone != zone or not nic.fabric:
                continue
            if old.ipv4 and nic.ipv4 is None:
                yield f"workload/{name}", old.ipv4
            if old.ipv6 and nic.ipv6 is None:
                yield f"workload/{name}", old.ipv6


def _clash(owner: str, first: str, found: _Address) -> Diagnostic:
    return Diagnostic(
        "RF-BIND-001",
        Severity.ERROR,
        owner,
        f"The address {found} is already used by {first}.",
        f"Give {owner} another address, or leave its address out so that one is chosen.",
    )


def _full(owner: str, zone: str, network: IPv4Network | IPv6Network) -> Diagnostic:
    return Diagnostic(
        "RF-BIND-003",
        Severity.ERROR,
        owner,
        f"Zone {zone} has no free address left in {network}.",
        "Give the zone a larger network, or move workloads to another zone.",
    )
