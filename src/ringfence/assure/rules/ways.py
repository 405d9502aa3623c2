# SPDX-License-Identifier: Apache-2.0
"""Rules about how assets are seen: translated ranges, the plant's own gateways, and who meets without Ringfence."""

from __future__ import annotations

from collections.abc import Iterator

from ringfence.assure.ground import Ground
from ringfence.assure.rule import Found, rule
from ringfence.base.diagnostics import Severity
from ringfence.compile.fabric.ranges import covers
from ringfence.compile.fabric.reach import MOST_ANSWERS, translated, uplinks_of
from ringfence.site.asset import Asset
from ringfence.site.uplink import Uplink


def _translated(ground: Ground) -> Iterator[tuple[Uplink, list[Asset]]]:
    """Yield the uplinks with translated assets, and all assets behind them."""
    site = ground.site
    for uplink in site.uplinks.values():
        if uplink.layer2 is None and translated(site, uplink):
            yield uplink, [asset for asset in site.assets.values() if asset.uplink == uplink.name]


@rule(
    "RF-UPL-030",
    Severity.ERROR,
    fix="Give it 'seen_as' too, or an uplink of its own.",
)
def half_translated(ground: Ground) -> Iterator[Found]:
    """An asset has its own addresses behind an uplink that translates.

    Behind such an uplink lies a network whose addresses mean something else here; only what is translated is seen.
    """
    for uplink, assets in _translated(ground):
        for asset in assets:
            if asset.seen_as is None and (asset.ipv4 or asset.ipv6):
                problem = f"Asset '{asset.name}' is not translated, and others behind uplink '{uplink.name}' are."
                yield Found(f"asset/{asset.name}", problem)


@rule(
    "RF-UPL-031",
    Severity.ERROR,
    fix="Leave 'ipv6' out of this asset; IPv6 networks need no translation, since they can all be unlike.",
)
def translated_six(ground: Ground) -> Iterator[Found]:
    """A translated asset has IPv6 addresses.

    Only IPv4 is translated (RFC 4864 tells why IPv6 need not be).
    """
    for _, assets in _translated(ground):
        for asset in assets:
            if asset.seen_as is not None and asset.ipv6:
                yield Found(f"asset/{asset.name}", f"Asset '{asset.name}' is translated and has IPv6.", "ipv6")


@rule(
    "RF-UPL-032",
    Severity.HIGH,
    fix="Give the uplink a free address of the skid as 'ipv4:', such as 192.168.0.250/24.",
)
def translated_without_address(ground: Ground) -> Iterator[Found]:
    """An uplink that translates has no address in the skid.

    Workloads appear there as that address. Without it they appear as themselves, and a device that has no gateway, as
    most in a skid, cannot answer them.
    """
    for uplink, _ in _translated(ground):
        if uplink.ipv4 is None:
            problem = f"Uplink '{uplink.name}' translates, and Ringfence has no address on its network."
            yield Found(f"uplink/{uplink.name}", problem)


@rule(
    "RF-UPL-033",
    Severity.ERROR,
    fix=f"Name the machines, or ranges of at most {MOST_ANSWERS} addresses.",
)
def too_many_answers(ground: Ground) -> Iterator[Found]:
    """An asset is a large part of a zone's subnet.

    Inside the zone the router answers for each of its addresses by an entry of its own.
    """
    for asset in ground.site.assets.values():
        zone = ground.site.zones[asset.zone]
        for network in asset.ipv4:
            wide = network.num_addresses > MOST_ANSWERS
            if asset.seen_as is None and wide and zone.ipv4 is not None and covers(zone.ipv4, network):
                problem = f"Asset '{asset.name}' is {network}, {network.num_addresses} addresses of its zone's subnet."
                yield Found(f"asset/{asset.name}", problem, "ipv4")


@rule(
    "RF-UPL-034",
    Severity.LOW,
    "IEC 62443-3-3 SR 5.2",
    fix="Remove this end, or put one of the assets behind another uplink.",
)
def without_us(ground: Ground) -> Iterator[Found]:
    """A conduit joins assets behind one uplink.

    They meet in the plant, where Ringfence neither lets them nor keeps them.
    """
    assets = ground.site.assets
    for conduit in ground.site.conduits.values():
        if conduit.layer2 is None:
            near = {assets[end.name].uplink: end.name for end in conduit.source if end.kind == "asset"}
            far = {assets[end.name].uplink: end.name for end in conduit.target if end.kind == "asset"}
            for uplink in sorted(near.keys() & far.keys()):
                ends = f"assets '{near[uplink]}' and '{far[uplink]}'"
                problem = f"Conduit '{conduit.name}' joins {ends}, both behind uplink '{uplink}'."
                yield Found(f"conduit/{conduit.name}", problem)


@rule(
    "RF-UPL-035",
    Severity.MEDIUM,
    "IEC 62443-3-3 SR 6.2",
    fix="Give Ringfence a free address of the zone as 'router:', from which probes come.",
)
def unheard_probes(ground: Ground) -> Iterator[Found]:
    """A workload has probes in a zone in which the router has no address.

    A question needs a sender. Without one nobody hears the answer, and the workload counts as unhealthy.
    """
    for workload in ground.site.workloads.values():
        for zone in ground.zones_of(workload):
            if workload.probes and zone.routed and zone.asker4 is None and zone.asker6 is None:
                problem = f"Workload '{workload.name}' has probes, and the router has no address in zone '{zone.name}'."
                yield Found(f"workload/{workload.name}", problem, "probes")


@rule(
    "RF-UPL-036",
    Severity.HIGH,
    fix="Declare the plant's gateway as an asset with its address and its uplink.",
)
def gateway_nowhere(ground: Ground) -> Iterator[Found]:
    """The plant's own gateway of a zone lies behind no uplink.

    Ringfence cannot tell where it is, so that nobody in the zone reaches it.
    """
    for zone in ground.site.zones.values():
        if zone.gateway == "external" and not list(uplinks_of(ground.site, zone)):
            hops = " and ".join(str(hop) for hop in (zone.gateway4, zone.gateway6) if hop is not None)
            problem = f"The gateway {hops} of zone '{zone.name}' lies behind no uplink."
            yield Found(f"zone/{zone.name}", problem, "gateway")
