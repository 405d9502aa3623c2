# SPDX-License-Identifier: Apache-2.0
"""What is drawn, before anybody knows where: bands of zones, cards in them, nets between cards."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from ringfence.base.ethertype import frames_text
from ringfence.site.asset import Asset
from ringfence.site.conduit import Conduit, Endpoint
from ringfence.site.site import Site
from ringfence.site.workload import Interface, Workload
from ringfence.site.zone import Zone

from .look import DORMANT, PLAIN, Look

ACROSS = 9
"""Cards that stand side by side in one band before another row of cards is begun."""
Shape = Literal["workload", "leg", "asset", "zone", "host"]
Sign = Literal["", "ok", "alarm", "doubt", "off", "held", "reached", "walled"]
"""``alarm``: something is wrong. ``doubt``: nobody knows. ``held``, ``reached``: by an intruder; ``walled``: not."""
CARD_HEIGHT, TALL_CARD = 54, 74


@dataclass(frozen=True, slots=True)
class Card:
    """A workload, an asset, or a whole zone where a conduit names that. ``mark`` is an essential function.

    A workload with several interfaces is drawn by its first one; each other one is a ``leg`` in its own zone.
    ``status`` is a line on how it is now, ``sign`` its sign.
    """

    key: str
    shape: Shape
    name: str
    line: str = ""
    mark: str = ""
    hint: str = ""
    status: str = ""
    sign: Sign = ""


@dataclass(frozen=True, slots=True)
class Frame:
    """A zone with its cards, row by row."""

    name: str
    lines: tuple[str, ...]
    rows: tuple[tuple[Card, ...], ...]
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Band:
    """Zones of one Purdue level, side by side."""

    level: float
    frames: tuple[Frame, ...]

    @property
    def depth(self) -> int:
        """How many rows of cards it has."""
        return max(len(frame.rows) for frame in self.frames)


@dataclass(frozen=True, slots=True)
class Net:
    """A conduit as one line with several ends: it leaves ``sources`` and points at ``targets`` (keys of cards)."""

    name: str
    sources: tuple[str, ...]
    targets: tuple[str, ...]
    label: str
    dormant: bool
    hint: str = ""
    look: Look | None = None
    """How it is drawn, where that is not plain or dormant."""

    @property
    def drawn(self) -> Look:
        """Return how it is drawn."""
        return self.look or (DORMANT if self.dormant else PLAIN)

    @property
    def ends(self) -> tuple[str, ...]:
        """Every card it touches, each once."""
        return tuple(dict.fromkeys((*self.sources, *self.targets)))


@dataclass(frozen=True, slots=True)
class Scene:
    """Everything that is drawn."""

    title: str
    subtitle: str
    bands: tuple[Band, ...]
    nets: tuple[Net, ...]
    card_height: float = CARD_HEIGHT


def scene(site: Site) -> Scene:
    """Return every workload, asset and conduit of a site: the enterprise above, the field below."""
    nets = tuple(_net(site, conduit) for conduit in site.conduits.values())
    named = {end for net in nets for end in net.ends}
    levels = sorted({zone.level for zone in site.zones.values()}, reverse=True)
    return Scene(site.name, site.description, tuple(_band(site, level, named) for level in levels), nets)


def _band(site: Site, level: float, named: set[str]) -> Band:
    zones = [zone for zone in site.zones.values() if zone.level == level]
    held = {zone.name: _cards(site, zone, named) for zone in zones}
    depth = -(-max(1, sum(map(len, held.values()))) // ACROSS)
    return Band(level, tuple(_frame(zone, held[zone.name], depth) for zone in zones))


def _frame(zone: Zone, cards: tuple[Card, ...], depth: int) -> Frame:
    across = max(1, -(-len(cards) // depth))
    rows = tuple(cards[start : start + across] for start in range(0, len(cards), across)) or ((),)
    return Frame(zone.name, zone_lines(zone), rows, zone.description)


def zone_lines(zone: Zone) -> tuple[str, ...]:
    """Return what is said below a zone's name."""
    subnets = (str(subnet) for subnet in (zone.ipv4, zone.ipv6) if subnet)
    return (f"Level {zone.level:g}, SL-T {zone.security.highest}", *subnets)


def _cards(site: Site, zone: Zone, named: set[str]) -> tuple[Card, ...]:
    whole = [Card(f"zone/{zone.name}", "zone", "whole zone")] if f"zone/{zone.name}" in named else []
    assets = [_asset(asset) for asset in site.assets.values() if asset.zone == zone.name]
    workloads = [_workload(one) for one in site.workloads.values() if one.interfaces[0].zone == zone.name]
    legs = [_leg(one, nic) for one in site.workloads.values() for nic in one.interfaces[1:] if nic.zone == zone.name]
    return (*whole, *assets, *workloads, *legs)


def _workload(workload: Workload) -> Card:
    address = workload.interfaces[0].ipv4 or workload.interfaces[0].ipv6
    mark = str(workload.function) if workload.function.critical else ""
    line = str(address) if address else workload.profile
    return Card(f"workload/{workload.name}", "workload", workload.name, line, mark, workload.description)


def _leg(workload: Workload, nic: Interface) -> Card:
    address = nic.ipv4 or nic.ipv6
    line = f"{nic.name}, {address}" if address else nic.name
    return Card(f"workload/{workload.name}/{nic.name}", "leg", workload.name, line, hint=nic.reason)


def _asset(asset: Asset) -> Card:
    address = str((asset.ipv4 or asset.ipv6 or (asset.mac or "",))[0])
    mark = str(asset.function) if asset.function.critical else ""
    return Card(f"asset/{asset.name}", "asset", asset.name, address.removesuffix("/32"), mark, asset.description)


def _net(site: Site, conduit: Conduit) -> Net:
    what = frames_text(conduit.layer2.ethertype) if conduit.layer2 else ", ".join(conduit.services)
    flows = (flow for name in conduit.services if name in site.services for flow in site.services[name].flows)
    if any(flow.reach != "unicast" for flow in flows):
        what += " (to many)"
    return Net(
        conduit.name,
        _keys(site, conduit.source),
        _keys(site, conduit.target),
        f"{conduit.name}: {what}",
        conduit.dormant,
        f"{conduit.reason} ({conduit.owner})",
    )


def _keys(site: Site, ends: Iterable[Endpoint]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_key(site, end) for end in ends))


def _key(site: Site, end: Endpoint) -> str:
    """Return the card of an end: the workload's own also where its first interface is named."""
    if end.kind == "workload" and end.interface == site.workloads[end.name].interfaces[0].name:
        return f"workload/{end.name}"
    return str(end)


def rows_of(bands: Iterable[Band]) -> Mapping[str, int]:
    """Return the row of every card, counted from the top over all bands."""
    found: dict[str, int] = {}
    first = 0
    for band in bands:
        for frame in band.frames:
            found |= {card.key: first + row for row, cards in enumerate(frame.rows) for card in cards}
        first += band.depth
    return found
