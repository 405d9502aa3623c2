# SPDX-License-Identifier: Apache-2.0
"""Where assets are, and what they send as."""

from __future__ import annotations

from ringfence.app.claims.owned import owned
from ringfence.compile.scope import Scope
from ringfence.proof.known import Beyond
from ringfence.proof.values import NOTHING, exactly
from ringfence.site.asset import Asset
from ringfence.site.site import Site


def assets_of(site: Site, scope: Scope) -> tuple[Beyond, ...]:
    """Return the assets behind uplinks of the scope's host, by the addresses under which workloads know them."""
    ours, found = owned(site, scope), []
    for name, asset in site.assets.items():
        uplink = site.uplinks[asset.uplink]
        if uplink.host == scope.host:
            end = f"{'uplink' if uplink.layer2 is None else 'wire'}/{uplink.name}"
            known = ours.get(name, {})
            found.append(Beyond(name, end, known.get(4, NOTHING), known.get(6, NOTHING), _macs(asset)))
    return tuple(found)


def _macs(asset: Asset) -> tuple[tuple[int, int], ...]:
    return NOTHING if asset.mac is None else exactly(int(asset.mac.replace(":", ""), 16))
