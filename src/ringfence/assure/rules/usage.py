# SPDX-License-Identifier: Apache-2.0
"""Rules about things that are declared and not used."""

from __future__ import annotations

from collections.abc import Iterator

from ringfence.assure.ground import Ground
from ringfence.assure.rule import Found, rule
from ringfence.base.diagnostics import Severity

REMOVE = "Remove it, or use it."
LESS = "IEC 62443-3-3 SR 7.7"
LISTED = "IEC 62443-3-3 SR 7.8"


def _ends(ground: Ground) -> set[str]:
    conduits = ground.site.conduits.values()
    return {f"{end.kind}/{end.name}" for conduit in conduits for end in (*conduit.source, *conduit.target)}


@rule("RF-USE-001", Severity.INFO, LESS, fix=REMOVE)
def unused_service(ground: Ground) -> Iterator[Found]:
    """A service of the site is used by no conduit.

    It opens nothing; the next reader wonders what it is for.
    """
    used = {name for conduit in ground.site.conduits.values() for name in conduit.services}
    for service in ground.site.services.values():
        if not service.builtin and service.name not in used:
            yield Found(f"service/{service.name}", f"No conduit uses service '{service.name}'.")


@rule("RF-USE-002", Severity.INFO, LISTED, fix=REMOVE)
def unused_image(ground: Ground) -> Iterator[Found]:
    """No workload starts from an image.

    Old images are copied, kept and forgotten, with what is on them.
    """
    used = {disk.image for workload in ground.site.workloads.values() for disk in workload.disks}
    for name in ground.site.images:
        if name not in used:
            yield Found(f"image/{name}", f"No workload starts from image '{name}'.")


@rule("RF-USE-003", Severity.INFO, LISTED, fix=REMOVE)
def empty_zone(ground: Ground) -> Iterator[Found]:
    """Nothing stands in a zone.

    Its addresses are taken and its bridge is made for nobody.
    """
    held = {asset.zone for asset in ground.site.assets.values()}
    for name in ground.site.zones:
        if name not in ground.workloads_by_zone and name not in held:
            yield Found(f"zone/{name}", f"No workload and no asset stands in zone '{name}'.")


@rule("RF-USE-004", Severity.INFO, LISTED, fix="Remove it, or add the conduit that it is there for.")
def unreached_asset(ground: Ground) -> Iterator[Found]:
    """No conduit and no time source names an asset.

    It is declared, and nothing may talk to it.
    """
    used = _ends(ground) | {zone.time_source for zone in ground.site.zones.values()}
    zones = {end for end in used if end is not None and end.startswith("zone/")}
    for asset in ground.site.assets.values():
        if f"asset/{asset.name}" not in used and f"zone/{asset.zone}" not in zones:
            yield Found(f"asset/{asset.name}", f"No conduit leads to or from asset '{asset.name}'.")


@rule("RF-USE-005", Severity.INFO, LESS, fix=REMOVE)
def unused_uplink(ground: Ground) -> Iterator[Found]:
    """No asset is reached over an uplink.

    An interface of the host is taken for nothing.
    """
    used = {asset.uplink for asset in ground.site.assets.values()}
    for name in ground.site.uplinks:
        if name not in used:
            yield Found(f"uplink/{name}", f"No asset is reached over uplink '{name}'.")


@rule(
    "RF-USE-006",
    Severity.INFO,
    LISTED,
    fix="Add the conduit that it is there for, or leave it sealed on purpose.",
)
def sealed_workload(ground: Ground) -> Iterator[Found]:
    """No conduit names a workload or its zone.

    It runs and can talk to nobody, except to its neighbours where peers are open.
    """
    ends = _ends(ground)
    for workload in ground.site.workloads.values():
        zones = ground.zones_of(workload)
        open_ = any(zone.peers == "open" and len(ground.workloads_by_zone[zone.name]) > 1 for zone in zones)
        named = {f"workload/{workload.name}", *(f"zone/{zone.name}" for zone in zones)} & ends
        if not open_ and not named:
            yield Found(f"workload/{workload.name}", f"No conduit leads to or from workload '{workload.name}'.")
