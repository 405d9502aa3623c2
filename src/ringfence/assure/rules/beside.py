# SPDX-License-Identifier: Apache-2.0
"""Rules about interfaces that go past the fabric: what passes there is named, limited and counted by nothing."""

from __future__ import annotations

from collections.abc import Iterator

from ringfence.assure.ground import Ground
from ringfence.assure.rule import Found, rule
from ringfence.base.diagnostics import Severity
from ringfence.site.conduit import Endpoint
from ringfence.site.workload import Interface, Workload

from .zones import STRICT


def _beside(ground: Ground) -> Iterator[tuple[Workload, Interface, int]]:
    for workload in ground.site.workloads.values():
        for nic in workload.interfaces:
            if not nic.fabric:
                yield workload, nic, ground.site.zones[nic.zone].security.highest


def _said(workload: Workload, nic: Interface, level: int) -> Found:
    where = f"on uplink '{nic.uplink}'" if nic.uplink else f"PCI device {nic.device}"
    problem = (
        f"Interface '{nic.name}' of workload '{workload.name}' is a {nic.kind} ({where}) of zone '{nic.zone}', "
        f"SL-T {level}."
    )
    return Found(f"workload/{workload.name}", problem, "interfaces")


@rule(
    "RF-WKL-013",
    Severity.HIGH,
    "IEC 62443-3-3 SR 5.1",
    "IEC 62443-3-3 SR 5.2",
    "NIST SP 800-125B",
    fix="Use 'kind: bridge' and conduits, unless what has to pass (SV, PTP, isochronous real time) needs the hardware.",
)
def beside_strict(ground: Ground) -> Iterator[Found]:
    """An interface in a zone of SL-T 3 or more goes past the fabric.

    No conduit names what passes there, no guard holds the guest to its addresses, and nothing is counted or cut.
    """
    yield from (_said(*found) for found in _beside(ground) if found[2] >= STRICT)


@rule(
    "RF-WKL-014",
    Severity.MEDIUM,
    "IEC 62443-3-3 SR 5.2",
    "NIST SP 800-125B",
    fix="Use 'kind: bridge' and conduits, unless what has to pass (SV, PTP, isochronous real time) needs the hardware.",
)
def beside(ground: Ground) -> Iterator[Found]:
    """An interface goes past the fabric.

    No conduit names what passes there, no guard holds the guest to its addresses, and nothing is counted or cut.
    """
    yield from (_said(*found) for found in _beside(ground) if found[2] < STRICT)


def _named(ground: Ground, end: Endpoint) -> Interface | None:
    """Return the interface that an end of a conduit means."""
    if end.kind != "workload":
        return None
    nics = ground.site.workloads[end.name].interfaces
    return next((nic for nic in nics if end.interface in {None, nic.name}), None)


@rule(
    "RF-CON-052",
    Severity.ERROR,
    "IEC 62443-3-3 SR 5.2",
    fix="Name an interface of kind 'bridge', or remove this end: what goes past the fabric is open anyway.",
)
def conduit_past_the_fabric(ground: Ground) -> Iterator[Found]:
    """A conduit names an interface that goes past the fabric.

    It would promise what it cannot hold: nothing that passes there is asked for a conduit.
    """
    for conduit in ground.site.conduits.values():
        for end in dict.fromkeys((*conduit.source, *conduit.target)):
            nic = _named(ground, end)
            if nic is not None and not nic.fabric:
                problem = f"Conduit '{conduit.name}' names interface '{nic.name}' of {end}, which is a {nic.kind}."
                yield Found(f"conduit/{conduit.name}", problem)


@rule(
    "RF-WKL-015",
    Severity.ERROR,
    "IEC 62443-3-3 SR 7.6",
    fix="Let the probe name an interface of kind 'bridge'.",
)
def probe_past_the_fabric(ground: Ground) -> Iterator[Found]:
    """A probe asks an interface that goes past the fabric.

    Probes come from the router, which has no way there.
    """
    for workload in ground.site.workloads.values():
        for probe in workload.probes:
            nic = next((one for one in workload.interfaces if probe.interface in {None, one.name}), None)
            if nic is not None and not nic.fabric:
                problem = f"A probe of workload '{workload.name}' asks interface '{nic.name}', which is a {nic.kind}."
                yield Found(f"workload/{workload.name}", problem, "probes")
