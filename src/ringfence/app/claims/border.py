# SPDX-License-Identifier: Apache-2.0
"""What islands and cuts leave: who may still meet whom."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ringfence.base.addresses import Address, address, own_name
from ringfence.compile.restrictions import Restrictions
from ringfence.site.site import Site


@dataclass(frozen=True, slots=True)
class Border:
    """``zones`` in which somebody stands, by site address (``workload/scada``, ``asset/plc-7``)."""

    zones: Mapping[Address, frozenset[str]]
    restrictions: Restrictions

    def parts(self, one: Address, other: Address) -> bool:
        """Tell whether two may not meet: one of them is cut, or an island has one of them and not the other.

        A machine is on an island with all of its legs when it stands there with any of them.
        """
        cut = self.restrictions.assets
        if cut and any(end.startswith("asset/") and own_name(end) in cut for end in (one, other)):
            return True
        islands = self.restrictions.islands
        return bool(islands) and self.zones[one] & islands != self.zones[other] & islands


def border_of(site: Site, restrictions: Restrictions) -> Border:
    """Return the border of a site while restrictions stand."""
    workloads = {
        address("workload", name): frozenset(one.zone for one in workload.interfaces)
        for name, workload in site.workloads.items()
    }
    assets = {address("asset", name): frozenset({asset.zone}) for name, asset in site.assets.items()}
    return Border({**workloads, **assets}, restrictions)
