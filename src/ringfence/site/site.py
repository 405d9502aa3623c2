# SPDX-License-Identifier: Apache-2.0
"""A site: everything one owner declares, resolved and immutable."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ringfence.base.addresses import Address
from ringfence.base.marks import Mark

from .asset import Asset
from .conduit import Conduit
from .exception import AcceptedFinding
from .host import Host
from .image import Image
from .service import Service
from .uplink import Uplink
from .workload import Workload
from .zone import Zone


@dataclass(frozen=True, slots=True)
class Site:
    """Mappings are by name and iterate in sorted order of names, so that the order of keys never matters."""

    name: str
    owner: str
    description: str
    hosts: Mapping[str, Host]
    zones: Mapping[str, Zone]
    assets: Mapping[str, Asset]
    uplinks: Mapping[str, Uplink]
    services: Mapping[str, Service]
    """The built-in catalogue overlaid with the site's own services."""
    conduits: Mapping[str, Conduit]
    images: Mapping[str, Image]
    workloads: Mapping[str, Workload]
    exceptions: tuple[AcceptedFinding, ...] = ()
    canaries: bool = False
    """Whether ``verify`` may send packets from spare addresses of the live zones."""
    marks: Mapping[Address, Mark] = field(default_factory=dict, compare=False, repr=False)
    """Where each thing is declared, by address: ``conduit/x``; fields too: ``conduit/x#expires``."""

    def mark(self, of: Address) -> Mark | None:
        """Return the place of an address, or of the nearest thing around it."""
        while of not in self.marks and ("#" in of or "/" in of):
            of = of.rsplit("#", 1)[0] if "#" in of else of.rsplit("/", 1)[0]
        return self.marks.get(of)
