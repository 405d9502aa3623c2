# SPDX-License-Identifier: Apache-2.0
"""Use case: see on the fabric that carries the plant that a stranger in any zone reaches nobody.

Only where the site allows it (``verify: {canaries: true}``). A canary sits in each routed zone for some seconds, with
an address that is nobody's, and sends a few packets a second that would harm nobody (``proof/trial/harmless``).
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

from ringfence.base.identity import link_name, mac
from ringfence.compile.bindings import Bindings, InterfaceBinding, WorkloadBinding
from ringfence.compile.document import Document, Kind
from ringfence.compile.fabric.guard import addresses_of, guard_artifact
from ringfence.compile.part.alias import owner
from ringfence.compile.part.port import PORT
from ringfence.compile.scope import Scope
from ringfence.ports.shadow import CanaryPort, Loaded, Perch, Shot, Tell, Volley
from ringfence.proof.trial.copy import sealed_copy
from ringfence.proof.trial.end import End
from ringfence.proof.trial.ground import ground_of
from ringfence.proof.trial.harmless import Canary, samples
from ringfence.proof.trial.quiver import NONCE
from ringfence.proof.trial.verdict import Disagreement
from ringfence.site.asset import Asset
from ringfence.site.site import Site
from ringfence.site.workload import Interface, Workload
from ringfence.site.zone import Zone

PACE = 4.0
"""Packets a second from each canary."""
SECONDS = 20.0
_NIC = "eth0"
_TRIES = 1024
"""So many addresses from the top of a zone are looked at for one that is nobody's."""
Ip = IPv4Address | IPv6Address


@dataclass(frozen=True, slots=True)
class CanaryResult:
    """What canaries showed: ``leaks`` are packets that reached anybody.

    ``without`` has the zones in which none flew, and why.
    """

    zones: tuple[str, ...]
    sent: int
    leaks: tuple[Disagreement, ...]
    without: tuple[tuple[str, str], ...] = ()


def canary_trials(
    port: CanaryPort,
    loaded: Loaded,
    site: Site,
    bindings: Bindings,
    tell: Tell = lambda _: None,
    *,
    pace: float = PACE,
) -> CanaryResult:
    """Let canaries fly, if the site allows it. Raises Refused, DeadlinePassed."""
    if not site.canaries:
        return CanaryResult((), 0, (), tuple((zone, "The site does not allow canaries.") for zone in site.zones))
    found, without = _canaries(loaded, site, bindings)
    copy = sealed_copy(loaded.scope, loaded.documents, loaded.links)
    nonce = secrets.token_bytes(NONCE)
    free = frozenset(zone.name for zone in site.zones.values() if zone.peers == "open")
    sent = samples(ground_of(copy.ends, loaded.documents), [one for one, _ in found], free, nonce)
    shots = [Shot(one.number, one.source, one.frame) for one in sent]
    fired = port.fly(loaded, [perch for _, perch in found], Volley(nonce, (), shots, (), SECONDS), pace, tell)
    leaks = sorted({(one.number, one.end) for one in fired.arrivals})
    told = (Disagreement("leak", sent[number].source, end, sent[number].what) for number, end in leaks)
    return CanaryResult(tuple(one.end.zone for one, _ in found), fired.sent, tuple(told), tuple(without))


def _canaries(
    loaded: Loaded, site: Site, bindings: Bindings
) -> tuple[list[tuple[Canary, Perch]], list[tuple[str, str]]]:
    taken, found, without = set(_taken(site, bindings)), list[tuple[Canary, Perch]](), list[tuple[str, str]]()
    for zone in (one for one in site.zones.values() if one.routed):
        link = loaded.documents.get(loaded.scope.address("link", zone.name))
        spare = {version: _spare(site, net, taken) for version, net in ((4, zone.ipv4), (6, zone.ipv6)) if net}
        if link is None or "router/mac" not in link.parts or "bridge/name" not in link.parts:
            without.append((zone.name, "Its bridge or its leg is not there."))
        elif not any(spare.values()):
            without.append((zone.name, "None of its addresses is free."))
        else:
            found.append(_canary(loaded.scope, zone, link, spare))
    return found, without


def _canary(scope: Scope, zone: Zone, link: Document, spare: dict[int, list[Ip]]) -> tuple[Canary, Perch]:
    name = f"canary.{zone.name}"
    own, other = ([ends[at] for ends in spare.values() if len(ends) > at] for at in (0, 1))
    link_mac = mac(scope.site, scope.host, scope.fabric, "canary", zone.name)
    four, six = (next((one for one in own if isinstance(one, kind)), None) for kind in (IPv4Address, IPv6Address))
    bound = InterfaceBinding(link_mac, _four(four), _six(six), link_name("canary", *_scope(scope), zone.name))
    end = End(
        f"canary/{zone.name}",
        "",
        link_mac,
        zone.name,
        tuple(map(str, own)),
        link.parts["router/mac"],
        link.parts.get("bridge/mac", ""),
    )
    guest = Workload(name, (Interface(_NIC, zone.name),), 1, 0, ())
    guard = guard_artifact(scope, guest, WorkloadBinding("", 0, "", "", {_NIC: bound})).document
    port = _port(scope, name, bound, link.parts["bridge/name"])
    return Canary(end, tuple(map(str, other))), Perch(end.name, guard, port, tuple(map(str, (*own, *other))))


def _port(scope: Scope, name: str, bound: InterfaceBinding, bridge: str) -> Document:
    parts = {"name": bound.tap, "alias": owner(scope, "port", name, _NIC), "master": bridge, "fdb": bound.mac, **PORT}
    stub = {"stub/name": f"e-{bound.tap[-6:]}", "stub/mac": bound.mac}
    return Document(scope.address("port", name, _NIC), Kind.PORT, {**parts, **stub})


def _scope(scope: Scope) -> tuple[str, str, str, str]:
    return scope.site, scope.host, scope.fabric, "canary"


def _four(one: Ip | None) -> IPv4Address | None:
    return one if isinstance(one, IPv4Address) else None


def _six(one: Ip | None) -> IPv6Address | None:
    return one if isinstance(one, IPv6Address) else None


def _taken(site: Site, bindings: Bindings) -> Iterator[Ip]:
    """Yield every single address that is anybody's."""
    for name, workload in site.workloads.items():
        for nic in workload.ports if name in bindings else ():
            if nic.name in bindings[name].interfaces:
                yield from addresses_of(nic, bindings[name].interfaces[nic.name])
    for zone in site.zones.values():
        known: Iterable[Ip | None] = (zone.gateway4, zone.gateway6, zone.asker4, zone.asker6)
        yield from (one for one in known if one is not None)


def _spare(site: Site, net: IPv4Network | IPv6Network, taken: set[Ip]) -> list[Ip]:
    """Return two addresses of a zone that are nobody's, from its end; fewer where there are not so many."""
    ranges = [one for asset in site.assets.values() for one in _ranges(asset)]
    top = int(net.network_address) + net.num_addresses - 2
    found: list[Ip] = []
    for number in range(top, max(int(net.network_address), top - _TRIES), -1):
        one = IPv4Address(number) if net.version == 4 else IPv6Address(number)  # noqa: PLR2004 - IPv4
        if one not in taken and not any(one in held for held in ranges if held.version == one.version):
            found.append(one)
        if len(found) > 1:
            break
    return found


def _ranges(asset: Asset) -> list[IPv4Network | IPv6Network]:
    return [*asset.ipv4, *asset.ipv6, *([asset.seen_as] if asset.seen_as else [])]
