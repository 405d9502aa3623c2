# SPDX-License-Identifier: Apache-2.0
"""Rules about what a conduit lets be said to many at once."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv6Address

from ringfence.assure.ground import Ground
from ringfence.assure.opening import Opening
from ringfence.assure.rule import Found, rule
from ringfence.base.diagnostics import Severity
from ringfence.site.asset import Asset
from ringfence.site.zone import Zone

_LINK = 2
"""Scopes of IPv6 groups up to that of a link: interface (1) and link (2; RFC 4291 section 2.7)."""


def _to_many(ground: Ground) -> Iterator[Opening]:
    return (opening for opening in ground.openings if opening.flow.reach != "unicast")


def _said(opening: Opening) -> str:
    return f"Conduit '{opening.conduit.name}' uses service '{opening.service.name}'"


@rule(
    "RF-CON-060",
    Severity.ERROR,
    "IEC 62443-3-3 SR 5.2",
    fix="Give what is said to many a conduit of its own that is not dormant, with a last day if it is for a time.",
)
def dormant_relays(ground: Ground) -> Iterator[Found]:
    """A dormant conduit is to say something to many.

    A grant opens conversations between two. What is said to many at once is copied to named members, and that
    cannot be opened for a time by the kernel's own timer.
    """
    found = {opening.conduit.name: opening for opening in _to_many(ground) if opening.conduit.dormant}
    for name, opening in found.items():
        problem = f"{_said(opening)} with a {opening.flow.reach} flow, and is dormant; a grant cannot open that."
        yield Found(f"conduit/{name}", problem, "dormant")


@rule(
    "RF-CON-061",
    Severity.ERROR,
    fix="Let the programs use a group of a wider scope, such as one below ff05::/16, or a group of IPv4.",
)
def groups_of_a_link(ground: Ground) -> Iterator[Found]:
    """A group of IPv6 does not reach beyond its link.

    To such a group machines speak from their link-local address, which is bound to nobody: the guard lets
    nobody speak from it, because it could be anybody's.
    """
    for opening in _to_many(ground):
        group = opening.flow.group
        if isinstance(group, IPv6Address) and group.packed[1] & 0x0F <= _LINK:
            problem = f"{_said(opening)} with group {group}, which does not reach beyond its link."
            yield Found(f"conduit/{opening.conduit.name}", problem, "services")


@rule("RF-CON-062", Severity.MEDIUM, "IEC 62443-3-3 SR 7.6", fix="Give both zones addresses of that version of IP.")
def groups_without_addresses(ground: Ground) -> Iterator[Found]:
    """A conduit relays what nobody can say, or nobody can hear.

    Broadcasts are IPv4 alone, and a group belongs to one version of IP. Where a side has no address of that
    version, nothing is relayed.
    """
    for opening in _to_many(ground):
        version = opening.flow.group.version if opening.flow.group else 4
        for zones, does in ((opening.opener_zones, "say"), (opening.answerer_zones, "hear")):
            if not any(_speaks(zone, version) for zone in zones):
                names = " and ".join(f"'{zone.name}'" for zone in zones)
                problem = f"{_said(opening)}, which nobody in zone {names} can {does} without IPv{version}."
                yield Found(f"conduit/{opening.conduit.name}", problem, "services")


def _speaks(zone: Zone, version: int) -> bool:
    return (zone.ipv4 if version == 4 else zone.ipv6) is not None  # noqa: PLR2004 - a version of IP


@rule(
    "RF-CON-063",
    Severity.ERROR,
    fix="Let a workload beside the skid hear it, or give the skid addresses that need no translation.",
)
def groups_through_a_translation(ground: Ground) -> Iterator[Found]:
    """A conduit says something to many through a translation.

    Only addresses of single machines are translated. A group or a broadcast of a skid means the skid alone.
    """
    for opening in _to_many(ground):
        for asset in _assets(ground, opening):
            if asset.seen_as is not None:
                problem = f"{_said(opening)} with asset '{asset.name}', whose addresses are translated."
                yield Found(f"conduit/{opening.conduit.name}", problem, "services")


@rule(
    "RF-CON-064",
    Severity.HIGH,
    fix="Declare the machines that speak or listen, each as an asset of its own.",
)
def groups_of_ranges(ground: Ground) -> Iterator[Found]:
    """A conduit says something to many, and one side is a range of addresses.

    Copies go to members that are named. Of a range nobody is, so that nothing is relayed.
    """
    for opening in _to_many(ground):
        for asset in _assets(ground, opening):
            wide = any(one.num_addresses > 1 for one in asset.ipv4) or any(one.num_addresses > 1 for one in asset.ipv6)
            if asset.seen_as is None and wide:
                problem = f"{_said(opening)} with asset '{asset.name}', which is a range of addresses."
                yield Found(f"conduit/{opening.conduit.name}", problem, "services")


def _assets(ground: Ground, opening: Opening) -> Iterator[Asset]:
    """Yield the assets that an opening names on either side."""
    for end in (*opening.openers, *opening.answerers):
        if end.kind == "asset":
            yield ground.site.assets[end.name]
