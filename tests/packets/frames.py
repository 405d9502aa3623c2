# SPDX-License-Identifier: Apache-2.0
"""Which frames layer-2 conduits of a site let pass, worked out from the site alone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from ringfence.compile.bindings import Bindings
from ringfence.site.conduit import Endpoint
from ringfence.site.site import Site


class Passage(NamedTuple):
    """Frames from one place to another; a place is ``workload/x`` or, for everything behind it, ``uplink/x``."""

    source: str
    target: str
    kind: int
    sender: str
    receiver: str
    vlan: int


def passages(site: Site, bindings: Bindings) -> set[Passage]:
    """Return every declared passage."""
    found = set()
    for conduit in site.conduits.values():
        if conduit.layer2 is not None:
            what = conduit.layer2
            for near, sender in (one for end in conduit.source for one in _places(site, bindings, end)):
                for far, _ in (one for end in conduit.target for one in _places(site, bindings, end)):
                    if near != far:
                        vlan = what.vlan or 0
                        found.add(Passage(near, far, what.ethertype, sender, what.destination_mac, vlan))
    return found


def _places(site: Site, bindings: Bindings, end: Endpoint) -> Iterator[tuple[str, str]]:
    if end.kind in {"asset", "zone"}:
        for asset in site.assets.values():
            if end.name == (asset.name if end.kind == "asset" else asset.zone) and asset.mac:
                yield f"uplink/{asset.uplink}", asset.mac
    if end.kind in {"workload", "zone"}:
        for name, workload in site.workloads.items():
            (interface,) = workload.interfaces
            if end.name == (name if end.kind == "workload" else interface.zone):
                yield f"workload/{name}", bindings[name].interfaces[interface.name].mac
