# SPDX-License-Identifier: Apache-2.0
"""Rules about workloads that stand in several places: a path that no conduit limits."""

from __future__ import annotations

from collections.abc import Iterator

from ringfence.assure.ground import Ground
from ringfence.assure.rule import Found, rule
from ringfence.base.diagnostics import Severity
from ringfence.site.conduit import Conduit, Endpoint
from ringfence.site.workload import Interface, Workload
from ringfence.site.zone import Zone


def _several(ground: Ground) -> Iterator[tuple[Workload, tuple[Zone, ...]]]:
    for workload in ground.site.workloads.values():
        zones = ground.zones_of(workload)
        if len(zones) > 1:
            yield workload, zones


def _need(zone: Zone) -> tuple[float, object]:
    return zone.level, zone.security


def _said(zone: Zone) -> str:
    return f"'{zone.name}' (level {zone.level:g}, SL-T {zone.security.highest})"


def _joined(workload: Workload, zones: tuple[Zone, ...]) -> Found:
    names = " and ".join(_said(zone) for zone in zones)
    return Found(f"workload/{workload.name}", f"Workload '{workload.name}' joins zones {names}.", "interfaces")


@rule(
    "RF-WKL-005",
    Severity.HIGH,
    "IEC 62443-3-3 SR 5.1",
    "IEC 62443-3-3 SR 5.2",
    "NIST SP 800-82r3",
    fix="Give it one interface and reach the other zone over a conduit.",
)
def dual_homed(ground: Ground) -> Iterator[Found]:
    """A workload joins zones that differ in level or SL-T.

    It can pass anything between its zones behind the conduits' back, and nothing limits or counts that. The
    boundary is then as strong as that guest.
    """
    for workload, zones in _several(ground):
        if len({_need(zone) for zone in zones}) > 1:
            yield _joined(workload, zones)


@rule(
    "RF-WKL-011",
    Severity.LOW,
    "IEC 62443-3-3 SR 5.1",
    "NIST SP 800-82r3",
    fix="Let a conduit carry what has to pass, or put both sides into one zone.",
)
def dual_homed_alike(ground: Ground) -> Iterator[Found]:
    """A workload joins zones of the same level and SL-T.

    Both need the same protection, so that little is lost. What passes through the guest is still named by no
    conduit.
    """
    for workload, zones in _several(ground):
        if len({_need(zone) for zone in zones}) == 1:
            yield _joined(workload, zones)


def _ends(conduit: Conduit) -> Iterator[tuple[Endpoint, tuple[Endpoint, ...]]]:
    for near, far in ((conduit.source, conduit.target), (conduit.target, conduit.source)):
        yield from ((end, far) for end in near)


def _later(ground: Ground, end: Endpoint) -> tuple[Workload, Interface] | None:
    """Return the workload and interface that an end names, where it is not the workload's first one."""
    if end.kind != "workload" or end.interface is None:
        return None
    workload = ground.site.workloads[end.name]
    named = (nic for nic in workload.interfaces[1:] if nic.name == end.interface)
    return next(((workload, nic) for nic in named), None)


@rule(
    "RF-CON-050",
    Severity.LOW,
    "IEC 62443-3-3 SR 7.6",
    fix="Let the conduit name the other interface, or tell the guest's program which address to speak from.",
)
def other_way(ground: Ground) -> Iterator[Found]:
    """A conduit names an interface that its guest would not choose by itself.

    Another interface of the workload leads to the same zone and comes first. Answers find their way; what the
    guest begins leaves by the first one, where no conduit lets it pass, unless its program binds to the address.
    """
    for conduit in ground.site.conduits.values():
        for end, far in _ends(conduit):
            found = _later(ground, end)
            if found is None:
                continue
            workload, named = found
            stands = {nic.zone for nic in workload.interfaces[: workload.interfaces.index(named)]}
            aims = {zone.name for other in far for zone in ground.zones_at(other)}
            for name in sorted(aims & stands - {named.zone}):
                problem = (
                    f"Conduit '{conduit.name}' leads from interface '{named.name}' of workload '{workload.name}' "
                    f"to zone '{name}', in which the workload stands itself."
                )
                yield Found(f"conduit/{conduit.name}", problem)
