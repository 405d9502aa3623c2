# SPDX-License-Identifier: Apache-2.0
"""Addresses read as names, and names as addresses: workloads, assets, and the router itself."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network, ip_address

from ringfence.base.addresses import Address, address
from ringfence.compile.bindings import Bindings
from ringfence.site.site import Site

ROUTER = "router"


@dataclass(frozen=True, slots=True)
class Party:
    """Whoever has an address: ``workload/scada``, ``asset/plc-7``, ``router``; or nobody known, with an empty name."""

    of: Address
    zone: str = ""
    interface: str = ""

    @property
    def name(self) -> str:
        """Return the name alone."""
        return self.of.rpartition("/")[2]


NOBODY = Party("")


@dataclass(frozen=True, slots=True)
class Parties:
    """Who has which address. Shared addresses belong to several."""

    exact: dict[str, list[Party]] = field(default_factory=lambda: defaultdict(list))
    networks: list[tuple[IPv4Network | IPv6Network, Party]] = field(default_factory=list)

    def at(self, text: str) -> Party:
        """Return who has an address; of several who share it, all their names."""
        found = self.exact.get(text) or [party for network, party in self.networks if ip_address(text) in network][:1]
        if len(found) <= 1:
            return found[0] if found else NOBODY
        shared = " or ".join(one.name for one in found)
        return Party(f"workload/{shared}", found[0].zone, found[0].interface)

    def named(self, name: str) -> Iterator[tuple[str, Party]]:
        """Yield the addresses of a workload or asset with its name, ``workload/scada`` or ``scada``."""
        for text, parties in self.exact.items():
            yield from ((text, party) for party in parties if name in {party.of, party.name})
        for network, party in self.networks:
            if name in {party.of, party.name}:
                yield str(network.network_address), party


def parties(site: Site, bindings: Bindings) -> Parties:
    """Return who has which address in an applied site."""
    found = Parties()
    for zone in site.zones.values():
        for own in (zone.gateway4, zone.gateway6) if zone.gateway == "ringfence" else (zone.router4, zone.router6):
            if own:
                found.exact[str(own)].append(Party(ROUTER, zone.name))
    for text, party in _workloads(site, bindings):
        found.exact[text].append(party)
    for asset in site.assets.values():
        party = Party(address("asset", asset.name), asset.zone)
        for network in (*((asset.seen_as,) if asset.seen_as else ()), *asset.ipv4, *asset.ipv6):
            if network.num_addresses == 1:
                found.exact[str(network.network_address)].append(party)
            else:
                found.networks.append((network, party))
    return found


def _workloads(site: Site, bindings: Bindings) -> Iterator[tuple[str, Party]]:
    for name, workload in site.workloads.items():
        for interface in workload.interfaces:
            bound = bindings[name].interfaces.get(interface.name) if name in bindings else None
            own = (bound.ipv4, bound.ipv6) if bound else ()
            for text in dict.fromkeys(str(one) for one in (*own, *interface.shared) if one):
                yield text, Party(address("workload", name), interface.zone, interface.name)
