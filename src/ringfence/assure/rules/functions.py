# SPDX-License-Identifier: Apache-2.0
"""Rules about essential functions and the workloads that carry them."""

from __future__ import annotations

from collections.abc import Iterator

from ringfence.assure.ground import Ground
from ringfence.assure.rule import Found, rule
from ringfence.base.diagnostics import Severity
from ringfence.site.functions import EssentialFunction
from ringfence.site.site import Site
from ringfence.site.workload import Workload

QUICK = 30
"""Seconds within which no restart of a virtual machine can be counted on."""

LONGEST_CHAIN = 5
"""Workloads that may wait for each other in a row at start."""


def _critical(site: Site) -> Iterator[Workload]:
    return (workload for workload in site.workloads.values() if workload.function.critical)


@rule(
    "RF-FUN-001",
    Severity.ERROR,
    "IEC 62443-3-3 clause 4.2",
    "NIST SP 800-82r3",
    fix="Leave it in its own device and declare it under 'assets'; workloads may reach it over conduits.",
)
def safety_as_workload(ground: Ground) -> Iterator[Found]:
    """A safety function is declared as a workload.

    Safety-instrumented functions run on hardware that is certified for them and apart from everything else.
    No virtual machine on a shared host can carry one.
    """
    for workload in ground.site.workloads.values():
        if workload.function is EssentialFunction.SAFETY:
            problem = f"Workload '{workload.name}' carries a safety function, which no virtual machine may."
            yield Found(f"workload/{workload.name}", problem, "function")


@rule(
    "RF-FUN-002",
    Severity.MEDIUM,
    "IEC 62443-3-3 SR 6.2",
    "IEC 62443-3-3 SR 3.3",
    fix="Add a probe that asks what the plant asks: a register, a page or a port.",
)
def no_probe(ground: Ground) -> Iterator[Found]:
    """An essential function has no probe.

    That a virtual machine runs does not mean that it does its job. Without a probe nobody is told when it
    stops.
    """
    for workload in _critical(ground.site):
        if not workload.probes:
            problem = f"Workload '{workload.name}' carries the function '{workload.function}' and has no probe."
            yield Found(f"workload/{workload.name}", problem)


@rule(
    "RF-FUN-003",
    Severity.INFO,
    "IEC 62443-3-3 SR 7.4",
    fix="Ask the operators how long they can do without it, and set 'tolerable_loss'.",
)
def loss_not_said(ground: Ground) -> Iterator[Found]:
    """It is not said how long an essential function may be lost.

    Only that number tells whether a restart is good enough, or a second machine is needed.
    """
    for workload in _critical(ground.site):
        if workload.tolerable_loss_s is None:
            yield Found(f"workload/{workload.name}", f"Workload '{workload.name}' names no tolerable loss.")


def _has_partner(site: Site, workload: Workload) -> bool:
    return bool(workload.apart_from) or any(workload.name in other.apart_from for other in site.workloads.values())


@rule(
    "RF-FUN-004",
    Severity.MEDIUM,
    "IEC 62443-3-3 SR 7.1",
    "IEC 62443-3-3 SR 7.4",
    fix="Add a second workload for the function that is 'apart_from' this one, or tolerate a longer loss.",
)
def no_partner(ground: Ground) -> Iterator[Found]:
    """An essential function may be lost for less than 30 seconds, and nothing takes over.

    A virtual machine cannot be relied on to restart that fast. Only a partner that already runs can keep
    the promise.
    """
    for workload in _critical(ground.site):
        loss = workload.tolerable_loss_s
        if loss is not None and loss < QUICK and not _has_partner(ground.site, workload):
            problem = f"Workload '{workload.name}' may be lost for {loss} s at most and has no partner."
            yield Found(f"workload/{workload.name}", problem, "tolerable_loss")


@rule(
    "RF-FUN-005",
    Severity.LOW,
    "IEC 62443-3-3 SR 7.4",
    fix="Shorten 'within' of its probe to what the guest really needs, or tolerate a longer loss.",
)
def slower_than_promised(ground: Ground) -> Iterator[Found]:
    """A workload may take longer to start than its function may be lost.

    Each restart that uses the time its probe allows breaks what the site promises.
    """
    for workload in _critical(ground.site):
        loss, within = workload.tolerable_loss_s, max((probe.within for probe in workload.probes), default=0)
        if loss is not None and within > loss and not _has_partner(ground.site, workload):
            problem = (
                f"Workload '{workload.name}' may be lost for {loss} s, "
                f"but its probe gives it {within} s to come up after a start."
            )
            yield Found(f"workload/{workload.name}", problem, "tolerable_loss")


@rule(
    "RF-FUN-006",
    Severity.LOW,
    "IEC 62443-3-3 clause 4.2",
    fix="Remove the name from 'after', or say which essential function the other one carries.",
)
def waits_for_lesser(ground: Ground) -> Iterator[Found]:
    """An essential function waits at start for something that is not essential.

    When the lesser one does not come up, the essential one starts late, although the plant could run
    without the other.
    """
    for workload in _critical(ground.site):
        for other in workload.after:
            if not ground.site.workloads[other].function.critical:
                problem = f"Workload '{workload.name}' starts after '{other}', which carries no essential function."
                yield Found(f"workload/{workload.name}", problem, "after")


@rule(
    "RF-FUN-007",
    Severity.LOW,
    "IEC 62443-3-3 SR 3.3",
    fix="Give the other workload a probe.",
)
def waits_for_unknown(ground: Ground) -> Iterator[Found]:
    """A workload waits at start for one without a probe.

    Without a probe, running counts as healthy: the wait ends as soon as the machine is on, not when it
    answers.
    """
    for workload in ground.site.workloads.values():
        for other in workload.after:
            if not ground.site.workloads[other].probes:
                problem = f"Workload '{workload.name}' starts after '{other}', which has no probe."
                yield Found(f"workload/{workload.name}", problem, "after")


def _chain(site: Site, name: str, lengths: dict[str, int]) -> int:
    """Length of the longest chain that ends in ``name``, itself included; a circle counts once around."""
    if name not in lengths:
        lengths[name] = 1
        lengths[name] = 1 + max((_chain(site, other, lengths) for other in site.workloads[name].after), default=0)
    return lengths[name]


@rule(
    "RF-FUN-008",
    Severity.LOW,
    "IEC 62443-3-3 SR 7.4",
    fix="Let workloads wait only for what they cannot start without.",
)
def long_chain(ground: Ground) -> Iterator[Found]:
    """More than five workloads wait for each other in a row.

    After a power cut the last one starts when all the others are healthy; a single slow guest delays the
    whole plant.
    """
    lengths: dict[str, int] = {}
    for name in ground.site.workloads:
        if _chain(ground.site, name, lengths) > LONGEST_CHAIN:
            problem = f"Workload '{name}' is number {lengths[name]} in a row of workloads that wait for each other."
            yield Found(f"workload/{name}", problem, "after")


@rule(
    "RF-FUN-009",
    Severity.INFO,
    "IEC 62443-3-3 clause 4.2",
    fix="Remove 'consent', or say which essential function the workload carries.",
)
def needless_consent(ground: Ground) -> Iterator[Found]:
    """A consent is given for a workload without essential function.

    Automation may restart or stop such a workload anyway; a consent suggests that it is protected.
    """
    for workload in ground.site.workloads.values():
        if workload.consent and not workload.function.critical:
            problem = f"Workload '{workload.name}' carries no essential function, so that its consent changes nothing."
            yield Found(f"workload/{workload.name}", problem, "consent")
