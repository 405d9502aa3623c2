# SPDX-License-Identifier: Apache-2.0
"""Rules about how much a conduit opens, and whether it opens anything."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from ringfence.assure.ground import Ground
from ringfence.assure.opening import WIDE, Opening
from ringfence.assure.rule import Found, rule
from ringfence.base.diagnostics import Severity
from ringfence.site.conduit import Conduit, Endpoint

NEARLY_ALL = 1024
"""Ports of one flow from which on a conduit names no protocol any more."""


def _whole_zones(conduit: Conduit) -> tuple[Endpoint, ...]:
    return tuple(end for end in (*conduit.source, *conduit.target) if end.kind == "zone")


def _any_to_any(opening: Opening) -> bool:
    between_zones = any(end.kind == "zone" for end in opening.openers) and any(
        end.kind == "zone" for end in opening.answerers
    )
    return between_zones and opening.ports >= NEARLY_ALL


@rule(
    "RF-CON-010",
    Severity.HIGH,
    "IEC 62443-3-3 SR 5.2",
    "IEC 62443-3-3 SR 7.7",
    "NIST SP 800-82r3",
    fix="Name the workloads that talk and the services they speak, one conduit for each conversation.",
)
def any_to_any(ground: Ground) -> Iterator[Found]:
    """A conduit lets anything talk to anything.

    Between whole zones and over a thousand ports, nothing is left that a boundary could keep out.
    """
    for opening in ground.openings:
        if _any_to_any(opening):
            yield Found(
                f"conduit/{opening.conduit.name}",
                f"Conduit '{opening.conduit.name}' opens {opening.ports} {opening.flow.protocol} ports "
                f"between whole zones, by service '{opening.service.name}'.",
            )


@rule(
    "RF-CON-011",
    Severity.MEDIUM,
    "IEC 62443-3-3 SR 7.7",
    "IEC 62443-3-3 SR 5.2",
    "NIST SP 800-82r3",
    fix="Configure the program to use few fixed ports, and name only these in a service of the site.",
)
def wide_ports(ground: Ground) -> Iterator[Found]:
    """A conduit opens a wide range of ports.

    Every open port is a program that can be reached. More than 16 side by side are rarely all needed, and
    what listens there tomorrow is open at once.
    """
    for opening in ground.openings:
        widest = opening.widest
        if widest is not None and widest.size > WIDE and not _any_to_any(opening):
            yield Found(
                f"conduit/{opening.conduit.name}",
                f"Conduit '{opening.conduit.name}' opens {widest.size} {opening.flow.protocol} ports "
                f"({widest}), "
                f"by service '{opening.service.name}'.",
            )


@rule(
    "RF-CON-012",
    Severity.LOW,
    "IEC 62443-3-3 SR 5.2",
    "NIST SP 800-82r3",
    fix="Name the workloads that need it.",
)
def whole_zone(ground: Ground) -> Iterator[Found]:
    """A conduit is for a whole zone.

    Whatever is added to the zone later gets the conduit too, and nobody is asked.
    """
    wide = {opening.conduit.name for opening in ground.openings if _any_to_any(opening)}
    for conduit in ground.site.conduits.values():
        zones = dict.fromkeys(f"'{end.name}'" for end in _whole_zones(conduit))
        if zones and conduit.name not in wide:
            names = " and ".join(zones)
            yield Found(
                f"conduit/{conduit.name}",
                f"Conduit '{conduit.name}' is for everything in zone {names}, now and later.",
            )


@rule(
    "RF-CON-013",
    Severity.LOW,
    "IEC 62443-3-3 SR 7.6",
    "NIST SP 800-82r3",
    fix="Remove one of the two, or narrow it.",
)
def duplicate(ground: Ground) -> Iterator[Found]:
    """Two conduits open the same.

    Closing one of them then closes nothing: the other still lets the packets through.
    """
    first: dict[tuple[Endpoint, Endpoint, str], str] = {}
    for conduit in ground.site.conduits.values():
        other = None
        for key in product(conduit.source, conduit.target, conduit.services):
            if first.setdefault(key, conduit.name) != conduit.name:
                other = other or key
        if other is not None:
            source, target, service = other
            yield Found(
                f"conduit/{conduit.name}",
                f"Conduit '{conduit.name}' opens '{service}' from {source} to {target}, "
                f"which conduit '{first[other]}' opens already.",
            )


@rule(
    "RF-CON-014",
    Severity.LOW,
    "IEC 62443-3-3 SR 7.6",
    fix="Remove the conduit, or set 'peers: isolated' on the zone so that it means something.",
)
def needless_inside_zone(ground: Ground) -> Iterator[Found]:
    """A conduit joins workloads that may talk anyway.

    In a zone with 'peers: open' everything may talk to everything; a conduit there suggests a limit that is
    not kept.
    """
    for conduit in ground.site.conduits.values():
        ends = (*conduit.source, *conduit.target)
        zones = {zone.name: zone for end in ends for zone in ground.zones_at(end)}
        flows = [flow for name in conduit.services for flow in ground.site.services[name].flows]
        if conduit.layer2 is not None or any(flow.reach != "unicast" for flow in flows):
            continue  # what is said to many, and frames, reach nobody by themselves, in no zone
        if len(zones) == 1 and all(zone.peers == "open" for zone in zones.values()):
            yield Found(
                f"conduit/{conduit.name}",
                f"Conduit '{conduit.name}' stays inside zone '{next(iter(zones))}', whose peers are open.",
            )


@rule(
    "RF-CON-015",
    Severity.LOW,
    "IEC 62443-3-3 SR 7.6",
    fix="Name two different ends.",
)
def to_itself(ground: Ground) -> Iterator[Found]:
    """A conduit leads from a workload or asset to itself.

    Such packets never leave the machine, so that the conduit opens nothing. Most often another name was
    meant.
    """
    for conduit in ground.site.conduits.values():
        for end in conduit.source:
            if end in conduit.target and end.kind != "zone":
                yield Found(f"conduit/{conduit.name}", f"Conduit '{conduit.name}' leads from {end} to itself.")
