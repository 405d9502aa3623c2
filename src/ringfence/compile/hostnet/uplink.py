# SPDX-License-Identifier: Apache-2.0
"""Files that keep network tools off an uplink's interface, wherever it lies: on the host, or as the router's leg.

An interface that the host uses too (``shared``) stays its tool's, and needs none: a macvlan of it goes away with the
router. The leg's name is told as well, because a card falls back to the host under it when the namespace that it lies
in ends. A VLAN goes away with the namespace too, and a port of a layer-2 zone's bridge never leaves the host.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from ringfence.compile.fabric.names import uplink_leg
from ringfence.compile.fabric.reach import translated
from ringfence.compile.fabric.translation import OUTER
from ringfence.compile.part.hostnet import IFUPDOWN, NETPLAN, NETWORKD, NETWORKMANAGER, stem
from ringfence.compile.scope import Scope
from ringfence.facts.host import HostFacts
from ringfence.facts.network import Declared
from ringfence.facts.nic import Nic
from ringfence.site.site import Site
from ringfence.site.uplink import Uplink

from .form import ifupdown_manual, netplan_optional, networkd_unmanaged, networkmanager_unmanaged


def uplink_files(site: Site, scope: Scope, uplink: Uplink, facts: HostFacts) -> dict[str, str]:
    """Return contents by path, for the tools that are on the host."""
    if uplink.shared:
        return {}
    leg = OUTER if translated(site, uplink) else uplink_leg(scope, uplink.name)
    links = (uplink.interface,) if uplink.layer2 is not None or uplink.vlan is not None else (uplink.interface, leg)
    return {path: _head(scope, uplink) + text for path, text in _files(scope, uplink, links, facts)}


def _files(scope: Scope, uplink: Uplink, links: Sequence[str], facts: HostFacts) -> Iterator[tuple[str, str]]:
    name, tools = stem(scope.site, uplink.name), facts.network.tools
    if "networkd" in tools:
        yield f"{NETWORKD}/05-{name}.network", networkd_unmanaged(*links)
    if "networkmanager" in tools:
        yield f"{NETWORKMANAGER}/90-{name}.conf", networkmanager_unmanaged(*(f"={link}" for link in links))
    nic = _nic(scope, uplink, facts)
    planned = tuple(_definitions(facts.network.about(nic, "netplan")))
    if "netplan" in tools and planned:
        yield f"{NETPLAN}/90-{name}.yaml", netplan_optional(planned)
    if "ifupdown" in tools and not any(facts.network.about(nic, "ifupdown")):
        yield f"{IFUPDOWN}/{name}", ifupdown_manual(uplink.interface)


def _nic(scope: Scope, uplink: Uplink, facts: HostFacts) -> Nic:
    """Return the interface under the name that the tools know it by, though it lie in the router."""
    names, held = (uplink.interface, ""), (uplink_leg(scope, uplink.name), f"{scope.site}/{uplink.name}")
    found = (nic for nic in facts.nics if (nic.name, nic.holder) in {names, held})
    return replace(next(found, Nic("", "", "", up=False)), name=uplink.interface)


def _definitions(declared: Iterator[Declared]) -> Iterator[Declared]:
    """Yield each of netplan's definitions once, in the order of their sections; a definition becomes several files."""
    found = {(one.method, one.name): one for one in declared}
    yield from (found[key] for key in sorted(found))


def _head(scope: Scope, uplink: Uplink) -> str:
    return (
        f"# Ringfence wrote this for uplink {uplink.name} of site {scope.site}: network tools leave its interface "
        "alone.\n# A change made here is drift, and the next apply undoes it.\n"
    )
