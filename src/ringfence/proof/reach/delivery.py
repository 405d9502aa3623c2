# SPDX-License-Identifier: Apache-2.0
"""The last stretch: out of a leg, through the guard, to whoever holds the address; or out of an uplink."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from ringfence.proof import field as fields
from ringfence.proof.box import Box
from ringfence.proof.evaluate import passed
from ringfence.proof.flow import Flow, Place
from ringfence.proof.region import Region
from ringfence.proof.values import Values, exactly, joined, prefix

from .crossing import crossed
from .frames import takes
from .holders import Holders
from .router import MEMBER, TARGETS, Going
from .topology import Leg, Port
from .world import World

CONVERSATION: Final[dict[str, Values | None]] = {
    fields.IIF: None,
    fields.OIF: None,
    fields.CAST: None,
    fields.MARK: None,
    fields.HOPS: None,
    fields.LATER: None,
    fields.ETHER_SOURCE: None,
    fields.ETHER_TARGET: None,
    fields.TAG: None,
    MEMBER: None,
}
"""What does not belong to a conversation between two ends."""
ROUTERS_OWN: Final = {name: None for name in CONVERSATION if name != fields.HOPS}
"""The same for what the router says and hears itself, where how far a packet came counts (RFC 4861 clause 6.1)."""
MANY: Final = {
    4: joined(((0xE0000000, 0xEFFFFFFF), (0xFFFFFFFF, 0xFFFFFFFF))),
    6: joined((*prefix(0xFF << 120, 8, 128), *prefix(0xFE80 << 112, 10, 128))),
}
"""What goes to everybody on a link, or stays there: groups, broadcasts, link-local addresses."""


@dataclass(slots=True)
class Delivery:
    """Hands packets to ports."""

    world: World
    holders: Holders
    _open: dict[tuple[str, str, int], bool] = field(default_factory=dict)

    def ends(self, going: Going, version: int) -> Iterator[tuple[str, Region, tuple[Place, ...]]]:
        """Yield the ends that packets out of a leg reach, by the address that they are sent to."""
        if not going.leg.bridge:
            yield going.leg.end, going.region, going.path
            return
        name = MEMBER if MEMBER in going.region.box.limits else TARGETS[version]
        wanted = going.region.box.at(name)
        for port, mac, span in self.holders.of(going.leg.bridge, version, wanted):
            region = going.region.within(Box({name: (span,)}))
            if region is not None:
                yield from self.out(going.leg, port, mac, region, going.path)

    def out(
        self, leg: Leg, port: Port, mac: int, region: Region, path: tuple[Place, ...]
    ) -> Iterator[tuple[str, Region, tuple[Place, ...]]]:
        """Yield what the guard lets out of a port of what comes from the leg for a hardware address."""
        if mac not in port.macs or leg.port not in self.world.topology.ports:
            return
        if self._is_open(leg, port, mac):
            yield port.end, region, path
            return
        for start in crossed(region, _frame(leg, exactly(mac))):
            for one in passed(self.world.guard, "prerouting", [start]):
                for last in passed(self.world.guard, "forward", _towards(one.region, port)):
                    yield port.end, last.region, (*path, *last.path)

    def everybody(
        self, leg: Leg, region: Region, path: tuple[Place, ...]
    ) -> Iterator[tuple[str, Region, tuple[Place, ...]]]:
        """Yield what reaches everybody behind a leg: groups, and single addresses on the link."""
        if not leg.bridge:
            yield leg.end, region, path
            return
        for name in self.world.topology.on[leg.bridge]:
            port = self.world.topology.ports[name]
            if name == leg.port or not takes(self.world.topology, port):
                continue
            for mac in port.macs[:1]:
                yield from self.out(leg, port, mac, region, path)

    def _is_open(self, leg: Leg, port: Port, mac: int) -> bool:
        """Tell whether the guard lets everything through from a leg to a port, asked once for all packets."""
        key = (leg.name, port.name, mac)
        if key not in self._open:
            box = Box({**_known(_frame(leg, exactly(mac))), fields.PROTOCOL: exactly(fields.IP4, fields.IP6)})
            found = [
                last.region
                for one in passed(self.world.guard, "prerouting", [Region(box)])
                for last in passed(self.world.guard, "forward", _towards(one.region, port))
            ]
            self._open[key] = (
                len(found) == 1
                and not found[0].boxes()[1:]
                and found[0].box.limits.keys()
                == {
                    *box.limits,
                    fields.OIF,
                }
            )
        return self._open[key]


def _frame(leg: Leg, targets: Values) -> dict[str, Values | None]:
    """Return the fields of a frame that the router sends out of a leg."""
    return {
        fields.IIF: exactly(field_of(leg.port)),
        fields.OIF: None,
        fields.ETHER_SOURCE: exactly(leg.mac) if leg.mac is not None else None,
        fields.ETHER_TARGET: targets,
        fields.TAG: exactly(0),
        fields.MARK: exactly(0),
        fields.CAST: exactly(fields.TO_OTHERS),
    }


def field_of(interface: str) -> int:
    """Return an interface's name as a number."""
    return fields.named(interface)


def _known(frame: dict[str, Values | None]) -> dict[str, Values]:
    return {name: values for name, values in frame.items() if values is not None}


def _towards(region: Region, port: Port) -> list[Region]:
    return list(crossed(region, {fields.OIF: exactly(field_of(port.name))}))


def finished(source: str, target: str, region: Region, path: tuple[Place, ...], *, own: bool = False) -> Iterator[Flow]:
    """Yield a flow with the fields that belong to it; nobody's conversation with himself is one."""
    if source != target:
        for end in crossed(region, ROUTERS_OWN if own else CONVERSATION):
            yield Flow(source, target, end, path)
