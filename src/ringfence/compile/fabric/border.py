# SPDX-License-Identifier: Apache-2.0
"""Borders that are closed: who meets whom while islands and cuts stand.

On an island is every workload and every asset that stands in its zone with any of its legs. They go on talking with
each other. Whatever leads from one of them to somebody else is closed, also by way of a second leg: a machine with one
leg inside and one outside would be the way out.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

from ringfence.base.addresses import Address, address
from ringfence.compile.restrictions import Restrictions
from ringfence.site.site import Site

_NOWHERE: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Border:
    """``islands``: on which islands somebody is, by site address. Conduits and assets that are cut by name."""

    islands: Mapping[Address, frozenset[str]] = field(default_factory=dict)
    conduits: frozenset[str] = frozenset()
    assets: frozenset[Address] = frozenset()
    zones: frozenset[str] = frozenset()
    """Zones that are islands."""

    def carries(self, conduit: str) -> bool:
        """Tell whether a conduit lets anything pass at all."""
        return conduit not in self.conduits

    def lets(self, near: Address, far: Address) -> bool:
        """Tell whether two ends (``workload/scada``, ``asset/plc-7``) may meet: on the same islands, and not cut."""
        if near in self.assets or far in self.assets:
            return False
        return self.islands.get(near, _NOWHERE) == self.islands.get(far, _NOWHERE)

    def at_home(self, end: Address, zone: str) -> bool:
        """Tell whether somebody with a leg in a zone is on no other island than the zone's own."""
        return self.islands.get(end, _NOWHERE) == self.zones & {zone}


def border_of(site: Site, restrictions: Restrictions) -> Border:
    """Return the borders that restrictions close in a site. Names that the site does not have close nothing."""
    islands: dict[Address, set[str]] = defaultdict(set)
    for name, workload in site.workloads.items():
        islands[address("workload", name)].update(one.zone for one in workload.interfaces)
    for name, asset in site.assets.items():
        islands[address("asset", name)].add(asset.zone)
    found = {end: frozenset(zones & restrictions.islands) for end, zones in islands.items()}
    cut = frozenset(address("asset", name) for name in restrictions.assets)
    return Border(
        {end: zones for end, zones in found.items() if zones}, restrictions.conduits, cut, restrictions.islands
    )
