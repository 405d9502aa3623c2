# SPDX-License-Identifier: Apache-2.0
"""Rules about layer-2 conduits: frames without IP, the zones that they stay in, and the wires that they leave by."""

from __future__ import annotations

from collections.abc import Iterator

from ringfence.assure.ground import Ground
from ringfence.assure.rule import Found, rule
from ringfence.base.diagnostics import Severity
from ringfence.base.ethertype import ETHERCAT, IP_AND_TAGS, PROFINET, PTP, SAMPLED_VALUES, frames_text
from ringfence.site.conduit import Conduit, Endpoint, LayerTwo
from ringfence.site.segment import zone_of
from ringfence.site.workload import Interface

_LINK_LOCAL = "01:80:c2:00:00:0"
"""Groups that every bridge keeps for itself (IEEE 802.1Q-2022 table 8-1)."""
_IN_TIME = {
    SAMPLED_VALUES: "are measured 4,000 times a second and more",
    PTP: "tell the time, which every delay on the way makes wrong",
    ETHERCAT: "have to come back within the same cycle",
}


def _layer_two(ground: Ground) -> Iterator[tuple[Conduit, LayerTwo]]:
    for conduit in ground.site.conduits.values():
        if conduit.layer2 is not None:
            yield conduit, conduit.layer2


def _ends(conduit: Conduit) -> tuple[Endpoint, ...]:
    return tuple(dict.fromkeys((*conduit.source, *conduit.target)))


def _found(conduit: Conduit, problem: str) -> Found:
    return Found(f"conduit/{conduit.name}", f"Conduit '{conduit.name}' {problem}", "layer2")


@rule(
    "RF-FRM-001",
    Severity.ERROR,
    "IEC 62443-3-3 SR 5.2",
    fix="Name the service that is spoken over IP, or the EtherType that stands behind the tag.",
)
def packets(ground: Ground) -> Iterator[Found]:
    """A layer-2 conduit names the EtherType of packets or of a tag.

    Packets of IP go through the router, which asks for addresses and ports. As frames they would pass it by.
    """
    for conduit, frames in _layer_two(ground):
        if frames.ethertype in IP_AND_TAGS:
            yield _found(conduit, f"names EtherType {frames.ethertype:#06x}, which carries IP or is a tag.")


@rule(
    "RF-FRM-002",
    Severity.ERROR,
    "IEC 62443-3-3 SR 5.1",
    fix="Give both ends an interface in one zone and name it (workload/NAME/INTERFACE), or use a service over IP.",
)
def across_zones(ground: Ground) -> Iterator[Found]:
    """A layer-2 conduit leads from one zone to another.

    Every zone is a bridge of its own, and between them there is a router, which carries no frames.
    """
    for conduit, _ in _layer_two(ground):
        zones = dict.fromkeys(zone_of(ground.site, conduit, end) for end in _ends(conduit))
        if len(zones) > 1:
            names = " and ".join(f"'{name}'" for name in zones)
            yield _found(conduit, f"joins zones {names}; frames stay inside one.")


@rule(
    "RF-FRM-003",
    Severity.ERROR,
    "IEC 62443-3-3 SR 5.2",
    fix="Reach it over an uplink with 'layer2:' and the name of its zone.",
)
def asset_without_wire(ground: Ground) -> Iterator[Found]:
    """A layer-2 conduit names an asset that no frame can reach.

    An ordinary uplink is a leg of the router. Frames need one that is a port of the zone's bridge.
    """
    for conduit, _ in _layer_two(ground):
        for end in _ends(conduit):
            asset = ground.site.assets[end.name] if end.kind == "asset" else None
            if asset is not None and ground.site.uplinks[asset.uplink].layer2 != asset.zone:
                where = f"uplink '{asset.uplink}' carries no frames of zone '{asset.zone}'"
                yield _found(conduit, f"names asset '{asset.name}', but {where}.")


@rule("RF-FRM-004", Severity.ERROR, fix="Remove 'dormant', and close it with 'ringfence cut' while it is not needed.")
def asleep(ground: Ground) -> Iterator[Found]:
    """A layer-2 conduit is dormant.

    Grants end by a timer of the router, which frames never meet.
    """
    for conduit, _ in _layer_two(ground):
        if conduit.dormant:
            yield _found(conduit, "is dormant; frames cannot be granted for a time.")


@rule(
    "RF-FRM-005",
    Severity.ERROR,
    fix="Name the address that the protocol uses through bridges, or give the guest a network card of its own.",
)
def ends_at_a_bridge(ground: Ground) -> Iterator[Found]:
    """A layer-2 conduit names a group that no bridge passes on.

    The groups from 01-80-C2-00-00-00 to 0F are for the next bridge alone: spanning tree, LLDP, PTP's peer delay.
    """
    for conduit, frames in _layer_two(ground):
        if frames.destination_mac.startswith(_LINK_LOCAL):
            yield _found(conduit, f"is for {frames.destination_mac}, which ends at the first bridge.")


@rule(
    "RF-FRM-006",
    Severity.ERROR,
    "IEC 62443-3-3 SR 3.1",
    fix="Add 'mac:' to the asset.",
)
def nameless_sender(ground: Ground) -> Iterator[Found]:
    """An asset without MAC address sends frames.

    A frame says no more about where it comes from than that address. Without it whoever is on the wire could speak.
    """
    for conduit, _ in _layer_two(ground):
        for end in conduit.source:
            if end.kind == "asset" and ground.site.assets[end.name].mac is None:
                yield _found(conduit, f"lets asset '{end.name}' send frames, whose MAC address is not declared.")


@rule(
    "RF-FRM-007",
    Severity.HIGH,
    "IEC 62443-3-3 SR 7.1",
    "IEC 62443-3-3 clause 4.2",
    fix="Give the guest a network card of its own ('kind: pci' or 'kind: vf'), and its own wire to the devices.",
)
def too_slow(ground: Ground) -> Iterator[Found]:
    """A software bridge carries frames that have to be there in time.

    Sampled values, PTP and EtherCAT fail by jitter long before frames get lost, and a bridge shares its cores with all
    guests of the host.
    """
    for conduit, frames in _layer_two(ground):
        if frames.ethertype in _IN_TIME:
            why = _IN_TIME[frames.ethertype]
            yield _found(conduit, f"carries {frames_text(frames.ethertype)} over a software bridge; such frames {why}.")


@rule(
    "RF-FRM-008",
    Severity.MEDIUM,
    "IEC 62443-3-3 SR 7.1",
    fix="Keep cycles at 8 ms and more with generous watchdogs, or give the guest a network card of its own.",
)
def real_time(ground: Ground) -> Iterator[Found]:
    """A software bridge carries PROFINET.

    Discovery (DCP) and slow cycles (RT) bear the jitter of a bridge; fast cycles do not, and isochronous real time
    (IRT) needs a card that plans its frames.
    """
    for conduit, frames in _layer_two(ground):
        if frames.ethertype == PROFINET:
            yield _found(conduit, "carries PROFINET 0x8892 over a software bridge, which plans no cycles.")


@rule(
    "RF-FRM-009",
    Severity.ERROR,
    fix="Name frames with 'layer2:', or give the zone a subnet with 'ipv4:' or 'ipv6:'.",
)
def service_without_addresses(ground: Ground) -> Iterator[Found]:
    """A conduit for services leads into a zone without addresses.

    There is no router in a layer-2 zone, and nothing that a packet could be sent to.
    """
    for conduit in ground.site.conduits.values():
        zones = dict.fromkeys(zone for end in _ends(conduit) for zone in _bare(ground, end))
        if conduit.layer2 is None and zones:
            names = " and ".join(f"'{name}'" for name in zones)
            problem = f"Conduit '{conduit.name}' opens services in zone {names}, which has no addresses."
            yield Found(f"conduit/{conduit.name}", problem)


def _bare(ground: Ground, end: Endpoint) -> Iterator[str]:
    """Yield the zone of an end that has no addresses there; an asset behind the router has its own."""
    if end.kind == "asset" and ground.site.uplinks[ground.site.assets[end.name].uplink].layer2 is None:
        return
    zone = ground.site.assets[end.name].zone if end.kind == "asset" else end.name
    if end.kind == "workload":
        zone = _interface(ground, end.name, end.interface).zone
    if not ground.site.zones[zone].routed and not _behind_router(ground, zone):
        yield zone


def _behind_router(ground: Ground, zone: str) -> bool:
    """Tell whether assets of a zone are reached through the router, so that the zone as a whole may be named."""
    assets = (asset for asset in ground.site.assets.values() if asset.zone == zone)
    return any(ground.site.uplinks[asset.uplink].layer2 is None for asset in assets)


def _interface(ground: Ground, workload: str, name: str | None) -> Interface:
    """Return the named interface of a workload, or its first."""
    known = ground.site.workloads[workload].interfaces
    return next((one for one in known if one.name == name), known[0])


@rule(
    "RF-FRM-010",
    Severity.ERROR,
    fix="Ask it over an interface in a zone with addresses ('interface:' under the probe), or remove the probe.",
)
def probe_without_addresses(ground: Ground) -> Iterator[Found]:
    """A workload is to be asked for its health in a zone without addresses.

    Probes are packets of the router, which has no leg there.
    """
    for workload in ground.site.workloads.values():
        for probe in workload.probes:
            zone = _interface(ground, workload.name, probe.interface).zone
            if not ground.site.zones[zone].routed:
                problem = f"Workload '{workload.name}' has a probe in zone '{zone}', which has no addresses."
                yield Found(f"workload/{workload.name}", problem, "probes")


@rule(
    "RF-UPL-020",
    Severity.ERROR,
    "IEC 62443-3-3 SR 5.2",
    "NIST SP 800-82r3",
    fix="Name a zone without 'ipv4' and 'ipv6', or remove 'layer2' and reach the plant through the router.",
)
def wire_into_routed_zone(ground: Ground) -> Iterator[Found]:
    """A layer-2 uplink leads into a zone with addresses.

    The router answers there for everybody, and would answer on the plant's wire for other people's devices.
    """
    for uplink in ground.site.uplinks.values():
        if uplink.layer2 is not None and ground.site.zones[uplink.layer2].routed:
            problem = f"Uplink '{uplink.name}' carries frames of zone '{uplink.layer2}', which has addresses."
            yield Found(f"uplink/{uplink.name}", problem, "layer2")


@rule(
    "RF-UPL-021",
    Severity.ERROR,
    "IEC 62443-3-3 SR 5.1",
    fix="Give it an interface of its own, and name the VLAN in each conduit ('layer2: {vlan: N}').",
)
def part_of_a_wire(ground: Ground) -> Iterator[Found]:
    """A layer-2 uplink takes a part of an interface.

    A bridge's port hears everything on its wire, so that nobody else can use it; conduits say which tags pass.
    """
    for uplink in ground.site.uplinks.values():
        parts = [name for name, said in (("shared", uplink.shared), ("vlan", uplink.vlan is not None)) if said]
        if uplink.layer2 is not None and parts:
            problem = f"Uplink '{uplink.name}' says 'layer2' together with '{parts[0]}'."
            yield Found(f"uplink/{uplink.name}", problem, parts[0])
