# SPDX-License-Identifier: Apache-2.0
"""Frames without IP that layer-2 conduits let pass from one place of a zone's bridge to another.

Without a VLAN they carry no tag, or one of 802.1Q that is a priority alone (VLAN 0); with one exactly that tag.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

from ringfence.base.addresses import Address, address
from ringfence.base.ethertype import IP_AND_TAGS
from ringfence.proof import field
from ringfence.proof.box import Box, Limits
from ringfence.proof.flow import Claim
from ringfence.proof.values import exactly
from ringfence.site.conduit import Conduit, Endpoint, LayerTwo
from ringfence.site.segment import interface_of

from .calendar import Calendar
from .ground import Ground
from .span import ethernet

_TO_BRIDGES = (0x0180C2000000, 0x0180C200000F)
"""Groups that end at the next bridge (IEEE 802.1Q-2022 table 8-1)."""
_GROUP = 1 << 40
"""The bit of a MAC address that says it is of many (IEEE 802-2014 clause 8.2.2)."""


@dataclass(frozen=True, slots=True)
class Tap:
    """A port, or the wire that an asset lies behind. Who has no declared MAC address says nothing."""

    end: Address
    place: str
    zone: str
    mac: str | None


def frames(ground: Ground, calendar: Calendar) -> Iterator[Claim]:
    """Yield what layer-2 conduits let pass. A frame for one machine reaches the place where that one is."""
    places = _places(ground)
    for conduit in ground.site.conduits.values():
        what = conduit.layer2
        if what is not None and not conduit.dormant and not calendar.over(conduit) and _passes(what):
            for near, far in _pairs(ground, conduit):
                held = places.get((far.zone, what.destination_mac))
                if _is_for_many(what) or held is None or held == far.place:
                    lost = not _is_for_many(what) and held is None
                    yield from _claims(address("conduit", conduit.name), what, near, far, lost=lost)


def _passes(what: LayerTwo) -> bool:
    low, high = _TO_BRIDGES
    return what.ethertype not in IP_AND_TAGS and not low <= ethernet(what.destination_mac)[0][0] <= high


def _is_for_many(what: LayerTwo) -> bool:
    return bool(ethernet(what.destination_mac)[0][0] & _GROUP)


def _places(ground: Ground) -> dict[tuple[str, str], str]:
    """Return behind which place each machine of a zone is, by its MAC address."""
    ports = {(one.zone, one.mac): one.place for one in ground.ports}
    wires = {(one.zone, one.mac): one.place for one in _behind_wires(ground) if one.mac is not None}
    return {**wires, **ports}


def _pairs(ground: Ground, conduit: Conduit) -> Iterator[tuple[Tap, Tap]]:
    if conduit.name in ground.border.restrictions.conduits:
        return
    near, far = (
        [tap for end in ends for tap in _taps(ground, conduit, end)] for ends in (conduit.source, conduit.target)
    )
    for one, other in product(near, far):
        meet = one.zone == other.zone and one.place != other.place and one.mac is not None
        if meet and not ground.border.parts(one.end, other.end):
            yield one, other


def _claims(owner: str, what: LayerTwo, near: Tap, far: Tap, *, lost: bool) -> Iterator[Claim]:
    """Yield a claim for each form of tag; ``lost`` frames are for a machine that nobody knows: they need not arrive."""
    frame = {
        field.ETHER_SOURCE: ethernet(str(near.mac)),
        field.ETHER_TARGET: ethernet(what.destination_mac),
        field.PROTOCOL: exactly(what.ethertype),
    }
    tagged: Limits = {field.TAG: exactly(field.TAGGED), field.VLAN: exactly(what.vlan or 0)}
    untagged: Limits = {field.TAG: exactly(0)}
    for tag in (tagged,) if what.vlan else (untagged, tagged):
        yield Claim(owner, near.place, far.place, Box({**frame, **tag}), optional=lost)


def _taps(ground: Ground, conduit: Conduit, end: Endpoint) -> Iterator[Tap]:
    if end.kind == "workload":
        wanted = interface_of(ground.site, conduit, end).name
        yield from (one for one in _ports(ground, end.name) if one.place == address("workload", end.name, wanted))
    elif end.kind == "zone":
        yield from (one for name in ground.workloads for one in _ports(ground, name) if one.zone == end.name)
    if end.kind != "workload":
        of = ground.site.assets
        for one in _behind_wires(ground):
            name = one.end.partition("/")[2]
            if end.name == (of[name].zone if end.kind == "zone" else name):
                yield one


def _ports(ground: Ground, workload: str) -> Iterator[Tap]:
    for one in ground.workloads.get(workload, ()):
        yield Tap(one.end, one.place, one.zone, one.mac)


def _behind_wires(ground: Ground) -> Iterator[Tap]:
    """Yield the assets on wires of this host: uplinks into zones without a router."""
    for asset in ground.site.assets.values():
        uplink = ground.site.uplinks[asset.uplink]
        zone = ground.site.zones.get(uplink.layer2 or "")
        if zone is not None and not zone.routed and uplink.host == ground.scope.host:
            yield Tap(address("asset", asset.name), address("wire", uplink.name), zone.name, asset.mac)
