# SPDX-License-Identifier: Apache-2.0
"""Rules about uplinks: the interfaces that they take, and what else needs those."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ringfence.assure.ground import Ground
from ringfence.assure.rule import Found, rule
from ringfence.assure.wording import listed
from ringfence.base.diagnostics import Severity
from ringfence.compile.scope import Scope
from ringfence.facts.host import HostFacts
from ringfence.facts.nic import UNMOVABLE, Nic, on_top_of
from ringfence.site.site import Site
from ringfence.site.uplink import Uplink

from .zones import STRICT

_COUNTED = re.compile(r"^eth\d+$", re.ASCII)
_HARMLESS = frozenset({"manual"})
"""What ifupdown may be told about an interface without giving it an address (interfaces(5))."""


def _uplinks(ground: Ground) -> Iterator[tuple[Uplink, HostFacts]]:
    """Yield the uplinks of hosts whose interfaces were observed."""
    for uplink in ground.site.uplinks.values():
        if uplink.host in ground.facts and ground.facts[uplink.host].nics:
            yield uplink, ground.facts[uplink.host]


def _nic(site: Site, uplink: Uplink, facts: HostFacts) -> Nic | None:
    """Return an uplink's interface, which may lie in the site's router already."""
    held = f"{site.name}/{uplink.name}"
    found = [nic for nic in facts.nics if nic.holder == held or (nic.name == uplink.interface and not nic.holder)]
    return found[0] if found else None


def _free_nics(ground: Ground) -> Iterator[tuple[Uplink, HostFacts, Nic]]:
    """Yield the uplinks whose interface is the host's still."""
    for uplink, facts in _uplinks(ground):
        nic = _nic(ground.site, uplink, facts)
        if nic is not None and not nic.holder:
            yield uplink, facts, nic


@rule(
    "RF-UPL-001",
    Severity.ERROR,
    "IEC 62443-3-3 SR 7.8",
    fix="Name one of the host's interfaces ('ip link' lists them).",
)
def missing(ground: Ground) -> Iterator[Found]:
    """An uplink names an interface that its host does not have.

    Nothing behind the uplink could be reached.
    """
    scope = Scope(ground.site.name, "")
    for uplink, facts in _uplinks(ground):
        places = {scope.namespace, scope.translator(uplink.name)}
        if _nic(ground.site, uplink, facts) is None and places.isdisjoint(facts.network.hidden):
            problem = f"Uplink '{uplink.name}' names interface '{uplink.interface}', which host '{uplink.host}' lacks."
            yield Found(f"uplink/{uplink.name}", problem, "interface")


@rule(
    "RF-UPL-002",
    Severity.ERROR,
    "IEC 62443-3-3 SR 5.1",
    "NIST SP 800-125",
    fix="Use an interface that nothing of the host needs, or write 'shared: true' so that only a part of it is taken.",
)
def in_use(ground: Ground) -> Iterator[Found]:
    """An uplink takes an interface that the host itself uses.

    Moving it into the fabric would cut the host off from its own network.
    """
    for uplink, facts, nic in _free_nics(ground):
        uses = list(_uses(nic, facts))
        if uses and not uplink.shared:
            problem = (
                f"Uplink '{uplink.name}' takes '{uplink.interface}' of host '{uplink.host}', "
                f"which carries {' and '.join(uses)}."
            )
            yield Found(f"uplink/{uplink.name}", problem, "interface")


def _uses(nic: Nic, facts: HostFacts) -> Iterator[str]:
    yield from nic.addresses
    if nic.default_route:
        yield "the host's default route"
    yield from (f"'{above.name}'" for above in on_top_of(facts.nics, nic.name))


@rule(
    "RF-UPL-003",
    Severity.HIGH,
    "IEC 62443-3-3 SR 1.6",
    fix="Use a wired interface.",
)
def wireless(ground: Ground) -> Iterator[Found]:
    """An uplink is wireless.

    Whoever stands near enough is on the wire, or can keep it busy.
    """
    seen = {uplink.name for uplink, _, nic in _free_nics(ground) if nic.wireless}
    for uplink in ground.site.uplinks.values():
        by_name = uplink.interface.startswith(("wl", "ww"))
        if by_name or uplink.name in seen:
            how = "" if uplink.name in seen else " by its name"
            problem = f"Uplink '{uplink.name}' uses '{uplink.interface}', a wireless interface{how}."
            yield Found(f"uplink/{uplink.name}", problem, "interface")


@rule(
    "RF-UPL-004",
    Severity.ERROR,
    "IEC 62443-3-3 SR 5.1",
    "NIST SP 800-125B",
    fix="Take it out of the bridge or bond in the host's network tool, or name the bond itself.",
)
def port_of_another(ground: Ground) -> Iterator[Found]:
    """An uplink takes a port of a bridge or bond.

    What the host bridges or bonds belongs to it: taking one port away changes its network, and frames would pass
    by the router.
    """
    for uplink, _, nic in _free_nics(ground):
        own = Scope(ground.site.name, uplink.host).link("bridge", uplink.layer2) if uplink.layer2 else ""
        if nic.master and nic.master != own:
            problem = f"Uplink '{uplink.name}' takes '{uplink.interface}', which is a port of '{nic.master}'."
            yield Found(f"uplink/{uplink.name}", problem, "interface")


@rule(
    "RF-UPL-005",
    Severity.ERROR,
    fix="Write 'shared: true', so that a part of it is taken, or 'vlan:' with the number of a VLAN on it.",
)
def unmovable(ground: Ground) -> Iterator[Found]:
    """An uplink is a bond or a bridge, which cannot be moved into the router.

    The kernel keeps them in the network namespace that they were made in. A macvlan or a VLAN on them can be moved.
    """
    for uplink, _, nic in _free_nics(ground):
        stays = uplink.shared or uplink.vlan is not None or (uplink.layer2 is not None and nic.kind != "bridge")
        if nic.kind in UNMOVABLE and not stays:
            problem = (
                f"Uplink '{uplink.name}' takes '{uplink.interface}', a {nic.kind}, which the kernel does not move."
            )
            yield Found(f"uplink/{uplink.name}", problem, "interface")


@rule(
    "RF-UPL-006",
    Severity.ERROR,
    fix="Give the uplink an interface of its own on an untagged port of the switch, or use a kernel with 802.1Q.",
)
def no_vlans(ground: Ground) -> Iterator[Found]:
    """An uplink takes a VLAN, and the host's kernel knows none.

    Whether it knows 802.1Q was found by making a VLAN.
    """
    for uplink, facts in _uplinks(ground):
        if uplink.vlan is not None and "vlan" not in facts.features:
            problem = (
                f"Uplink '{uplink.name}' takes VLAN {uplink.vlan}, and the kernel of '{uplink.host}' has no 802.1Q."
            )
            yield Found(f"uplink/{uplink.name}", problem, "vlan")


@rule(
    "RF-UPL-007",
    Severity.ERROR,
    fix="Give the uplink an interface of its own, or use a kernel with macvlan.",
)
def no_macvlans(ground: Ground) -> Iterator[Found]:
    """An uplink shares its interface with the host, and the host's kernel cannot share.

    A shared interface is taken as a macvlan of it. Whether the kernel knows them was found by making one.
    """
    for uplink, facts in _uplinks(ground):
        if uplink.shared and uplink.vlan is None and "macvlan" not in facts.features:
            problem = f"Uplink '{uplink.name}' is shared, and the kernel of host '{uplink.host}' has no macvlan."
            yield Found(f"uplink/{uplink.name}", problem, "shared")


@rule(
    "RF-UPL-008",
    Severity.ERROR,
    fix="Give each a VLAN of its own, or write 'shared: true' where no VLAN is.",
)
def taken_twice(ground: Ground) -> Iterator[Found]:
    """Two uplinks take one interface, and one of them takes all of it.

    Once it is moved into the router, nothing is left on the host that VLANs could lie on.
    """
    uplinks = tuple(ground.site.uplinks.values())
    for whole in uplinks:
        if whole.vlan is None and not whole.shared:
            others = [one.name for one in uplinks if one is not whole and _place(one) == _place(whole)]
            if others:
                problem = f"Uplink '{whole.name}' takes all of '{whole.interface}', which {listed(others)} takes too."
                yield Found(f"uplink/{whole.name}", problem, "interface")


def _place(uplink: Uplink) -> tuple[str, str]:
    return uplink.host, uplink.interface


def _highest(ground: Ground, uplink: Uplink) -> int:
    """Return the highest SL-T among the zones of what lies behind an uplink."""
    assets = (asset for asset in ground.site.assets.values() if asset.uplink == uplink.name)
    return max((ground.site.zones[asset.zone].security.highest for asset in assets), default=0)


@rule(
    "RF-UPL-009",
    Severity.HIGH,
    "IEC 62443-3-3 SR 5.1",
    "NIST SP 800-125B",
    fix="Give the uplink an interface of its own.",
)
def shared_strict(ground: Ground) -> Iterator[Found]:
    """Host and workloads share a cable that leads to a zone of SL-T 3 or more.

    Whoever gets at the host over that cable, or keeps it busy, has the plant's zone on the same wire. At SL-T 3
    networks are expected to be apart physically.
    """
    for uplink in ground.site.uplinks.values():
        level = _highest(ground, uplink)
        if uplink.shared and level >= STRICT:
            problem = f"Uplink '{uplink.name}' to a zone of SL-T {level} shares '{uplink.interface}' with the host."
            yield Found(f"uplink/{uplink.name}", problem, "shared")


@rule(
    "RF-UPL-010",
    Severity.LOW,
    "IEC 62443-3-3 SR 5.1",
    "IEC 62443-3-3 SR 7.1",
    fix="Give the uplink an interface of its own, or accept that both share one cable.",
)
def shared(ground: Ground) -> Iterator[Found]:
    """Host and workloads share a cable.

    The router sees no packet of the host, and the host none of the workloads; but a flood of one is felt by both.
    """
    for uplink in ground.site.uplinks.values():
        if uplink.shared and _highest(ground, uplink) < STRICT:
            problem = f"Uplink '{uplink.name}' shares '{uplink.interface}' with the host."
            yield Found(f"uplink/{uplink.name}", problem, "shared")


@rule(
    "RF-UPL-011",
    Severity.MEDIUM,
    fix="Look at the cable and at what is at its other end.",
)
def no_carrier(ground: Ground) -> Iterator[Found]:
    """An uplink's interface has no carrier.

    Nobody is at the other end of its cable, or no cable is plugged in.
    """
    for uplink, facts in _uplinks(ground):
        nic = _nic(ground.site, uplink, facts)
        if nic is not None and nic.carrier is False:
            problem = f"Interface '{uplink.interface}' of uplink '{uplink.name}' has no carrier."
            yield Found(f"uplink/{uplink.name}", problem, "interface")


@rule(
    "RF-UPL-015",
    Severity.LOW,
    "IEC 62443-3-3 SR 7.6",
    fix="Let udev name the cards by where they sit (systemd.net-naming-scheme), and name that one.",
)
def counted_name(ground: Ground) -> Iterator[Found]:
    """An uplink's interface has a name that another card may have after the next boot.

    The kernel counts eth0, eth1 in the order in which it finds cards, and that may change. Then another network
    would lie behind the uplink.
    """
    for uplink, facts in _uplinks(ground):
        counted = [nic.name for nic in facts.nics if not nic.kind and _COUNTED.match(nic.name)]
        if _COUNTED.match(uplink.interface) and {uplink.interface} < {*counted, uplink.interface}:
            problem = (
                f"Uplink '{uplink.name}' names '{uplink.interface}', and host '{uplink.host}' has several so named."
            )
            yield Found(f"uplink/{uplink.name}", problem, "interface")


@rule(
    "RF-UPL-016",
    Severity.HIGH,
    "IEC 62443-3-3 SR 5.1",
    "IEC 62443-3-3 SR 7.6",
    fix="Write 'manual' in place of that method, or remove the stanza.",
)
def addressed_at_boot(ground: Ground) -> Iterator[Found]:
    """The host's ifupdown gives an uplink's interface an address.

    It does so at every boot before Ringfence takes the interface, so that the host stands in the plant's network
    for a while, and it does so again when somebody calls ifup.
    """
    for uplink, facts in _uplinks(ground):
        nic = Nic(uplink.interface, "", "", up=False)
        for told in facts.network.about(nic, "ifupdown"):
            if told.method not in _HARMLESS and not uplink.shared:
                problem = f"File {told.file} says '{told.method}' for '{uplink.interface}' of uplink '{uplink.name}'."
                yield Found(f"uplink/{uplink.name}", problem, "interface")


@rule(
    "RF-UPL-017",
    Severity.INFO,
    "IEC 62443-3-3 SR 7.6",
    fix="Let the tool read them at a time that suits you: 'networkctl reload' or 'nmcli general reload'.",
)
def unread(ground: Ground) -> Iterator[Found]:
    """A network tool that runs may not have read all of its configuration.

    Ringfence lets a tool read what it wrote for it only when nothing else changed since the tool began: else an
    interface of the host could change in the middle of an apply. Until then the tool does not know what to leave
    alone.
    """
    for host, facts, _ in ground.observed():
        if facts.network.unread and any(uplink.host == host.name for uplink in ground.site.uplinks.values()):
            problem = f"On host '{host.name}' these changed since their tool began: {listed(facts.network.unread)}."
            yield Found(f"host/{host.name}", problem)
