# SPDX-License-Identifier: Apache-2.0
"""Rules about zones."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

from ringfence.assure.ground import Ground
from ringfence.assure.opening import DMZ
from ringfence.assure.rule import Found, rule
from ringfence.assure.wellknown import TIME
from ringfence.assure.wording import listed
from ringfence.base.diagnostics import Severity
from ringfence.site.functions import EssentialFunction
from ringfence.site.workload import Workload
from ringfence.site.zone import Zone

STRICT = 3
"""SL-T from which on an intentional attacker with skills of the trade is assumed (IEC 62443-3-3 annex A)."""

TIMED = 2
"""SL-T from which on records must be comparable across machines."""

STEERING = frozenset({EssentialFunction.CONTROL, EssentialFunction.PROTECTION})


@rule(
    "RF-ZON-001",
    Severity.HIGH,
    "IEC 62443-3-3 SR 5.1",
    "IEC 62443-3-3 SR 5.2",
    "NIST SP 800-125B",
    fix="Set 'peers: isolated' and add a conduit for each conversation inside the zone.",
)
def open_peers_strict(ground: Ground) -> Iterator[Found]:
    """Everything in a zone of SL-T 3 or more may talk to everything else there.

    One machine taken over then reaches all its neighbours, on every port. At SL-T 3 somebody is expected to
    try.
    """
    for zone in ground.site.zones.values():
        if zone.peers == "open" and zone.security.highest >= STRICT:
            problem = f"Zone '{zone.name}' has SL-T {zone.security.highest} and lets its workloads talk freely."
            yield Found(f"zone/{zone.name}", problem, "peers")


@rule(
    "RF-ZON-002",
    Severity.LOW,
    "IEC 62443-3-3 SR 5.2",
    "NIST SP 800-125B",
    fix="Set 'peers: isolated' and add a conduit for each conversation inside the zone.",
)
def open_peers(ground: Ground) -> Iterator[Found]:
    """Everything in a zone may talk to everything else there.

    What the zone's workloads say to each other is neither declared nor limited.
    """
    for zone in ground.site.zones.values():
        if zone.peers == "open" and zone.security.highest < STRICT:
            yield Found(f"zone/{zone.name}", f"Zone '{zone.name}' lets its workloads talk freely.", "peers")


@rule(
    "RF-ZON-003",
    Severity.LOW,
    "IEC 62443-3-3 SR 2.11",
    "NIST SP 800-53r5 SC-45",
    fix="Set 'time' to the workload or asset that the zone takes its time from.",
)
def no_time_source(ground: Ground) -> Iterator[Found]:
    """A zone of SL-T 2 or more names no time source.

    When clocks differ, nobody can tell afterwards what happened first, and certificates are judged wrongly.
    """
    for zone in ground.site.zones.values():
        if zone.time_source is None and zone.security.highest >= TIMED and zone.name in ground.workloads_by_zone:
            problem = f"Zone '{zone.name}' has SL-T {zone.security.highest} and names no time source."
            yield Found(f"zone/{zone.name}", problem)


def _askers(ground: Ground) -> Mapping[str, set[str]]:
    """Who may ask whom for the time: addresses of workloads, assets and whole zones, by who answers."""
    askers: dict[str, set[str]] = defaultdict(set)
    for opening in ground.openings:
        if opening.uses("udp", TIME):
            for end in opening.answerers:
                askers[f"{end.kind}/{end.name}"].update(f"{one.kind}/{one.name}" for one in opening.openers)
    return askers


def _without_time(ground: Ground, zone: Zone, askers: Mapping[str, set[str]]) -> list[str]:
    source = zone.time_source or ""
    able = {source} | askers.get(source, set())
    for holder in ground.zones_of_address(source):
        able |= askers.get(f"zone/{holder.name}", set())
    names = (f"workload/{workload.name}" for workload in ground.workloads_by_zone.get(zone.name, ()))
    return [] if f"zone/{zone.name}" in able else [name for name in names if name not in able]


@rule(
    "RF-ZON-004",
    Severity.MEDIUM,
    "IEC 62443-3-3 SR 2.11",
    "NIST SP 800-53r5 SC-45",
    fix="Add a conduit for service 'ntp' from these workloads to the time source.",
)
def time_source_out_of_reach(ground: Ground) -> Iterator[Found]:
    """A zone's time source cannot be asked by all of its workloads.

    Naming a time source opens nothing: only conduits let packets pass.
    """
    askers = _askers(ground)
    for zone in ground.site.zones.values():
        cut_off = _without_time(ground, zone, askers) if zone.time_source else []
        if cut_off:
            problem = (
                f"Zone '{zone.name}' takes its time from {zone.time_source}, but no conduit lets "
                f"{listed(cut_off)} ask it."
            )
            yield Found(f"zone/{zone.name}", problem, "time")


@rule(
    "RF-ZON-005",
    Severity.MEDIUM,
    "IEC 62443-3-3 SR 5.1",
    "IEC 62443-3-3 SR 5.4",
    "NIST SP 800-82r3",
    fix="Move the workload into a zone of level 3 or below.",
)
def control_outside_plant(ground: Ground) -> Iterator[Found]:
    """A workload that controls or protects the process stands in the DMZ or the enterprise.

    These zones are made to be reached from outside. What steers the process belongs behind them.
    """
    for zone in ground.site.zones.values():
        for workload in ground.workloads_by_zone.get(zone.name, ()):
            if zone.level >= DMZ and workload.function in STEERING:
                problem = (
                    f"Workload '{workload.name}' carries the essential function '{workload.function}' "
                    f"and stands in zone '{zone.name}' of level {zone.level:g}."
                )
                yield Found(f"workload/{workload.name}", problem, "function")


@rule(
    "RF-ZON-006",
    Severity.MEDIUM,
    "IEC 62443-3-3 clause 4.2",
    "IEC 62443-3-3 SR 5.1",
    fix="Decide with the plant's owner how much protection the zone needs, and set 'sl_t'.",
)
def essential_without_level(ground: Ground) -> Iterator[Found]:
    """A zone with an essential function has SL-T 0.

    SL-T 0 asks for no protection at all, and what the plant cannot do without deserves some.
    """
    for zone in ground.site.zones.values():
        if zone.security.highest > 0:
            continue
        held = [workload.name for workload in ground.workloads_by_zone.get(zone.name, ()) if workload.function.critical]
        if held:
            problem = f"Zone '{zone.name}' has SL-T 0 and holds essential functions ({listed(held)})."
            yield Found(f"zone/{zone.name}", problem, "sl_t")


def _relies_on_dhcp(workload: Workload, zone: Zone) -> bool:
    own = [interface for interface in workload.interfaces if interface.zone == zone.name]
    return workload.function.critical and workload.cloud_init is None and bool(own)


@rule(
    "RF-ZON-007",
    Severity.INFO,
    "IEC 62443-3-3 SR 7.4",
    fix="Set the addresses inside the guests and write 'dhcp: false', or keep it as it is.",
)
def dhcp_for_essential(ground: Ground) -> Iterator[Found]:
    """Essential functions in a strict or low zone get their addresses from DHCP.

    The address is reserved and never changes, but a guest that starts while the zone's DHCP server is away
    comes up without one.
    """
    for zone in ground.site.zones.values():
        strict = zone.security.highest >= STRICT or zone.level < 1
        workloads = ground.workloads_by_zone.get(zone.name, ())
        held = [workload.name for workload in workloads if _relies_on_dhcp(workload, zone)]
        if zone.dhcp and strict and held:
            yield Found(f"zone/{zone.name}", f"In zone '{zone.name}', {listed(held)} may wait for DHCP.", "dhcp")
