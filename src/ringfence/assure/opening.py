# SPDX-License-Identifier: Apache-2.0
"""What a conduit opens: one flow of one service, with who may begin it and who answers."""

from __future__ import annotations

from dataclasses import dataclass

from ringfence.site.conduit import Conduit, Endpoint
from ringfence.site.service import Flow, PortRange, Service
from ringfence.site.zone import Zone

DMZ = 3.5
"""Purdue level of the demilitarised zone between plant and enterprise."""

WIDE = 16
"""More ports than this in one range are a wide range: no single protocol of plants needs them side by "
"side."""


@dataclass(frozen=True, slots=True)
class Opening:
    """``openers`` may begin ``flow`` towards ``answerers``; of a ``back`` flow these are the targets."""

    conduit: Conduit
    service: Service
    flow: Flow
    openers: tuple[Endpoint, ...]
    answerers: tuple[Endpoint, ...]
    opener_zones: tuple[Zone, ...]
    answerer_zones: tuple[Zone, ...]

    @property
    def ports(self) -> int:
        """How many ports it opens; 0 for ping."""
        return sum(ports.size for ports in self.flow.ports)

    @property
    def widest(self) -> PortRange | None:
        """The widest range of ports it opens."""
        return max(self.flow.ports, key=lambda ports: ports.size, default=None)

    def uses(self, protocol: str, ports: frozenset[int]) -> bool:
        """Tell whether the flow opens one of ``ports``, in a range that is not too wide to mean it."""
        meant = (ports_ for ports_ in self.flow.ports if ports_.size <= WIDE)
        return self.flow.protocol == protocol and any(
            range_.first <= port <= range_.last for range_ in meant for port in ports
        )


@dataclass(frozen=True, slots=True)
class Crossing:
    """A pair of zones that a conduit joins, ``source`` being where the conduit comes from."""

    conduit: Conduit
    source: Zone
    target: Zone

    @property
    def lower(self) -> Zone:
        """The zone nearer to the process."""
        return min(self.source, self.target, key=lambda zone: zone.level)

    @property
    def upper(self) -> Zone:
        """The zone nearer to the enterprise."""
        return max(self.target, self.source, key=lambda zone: zone.level)
