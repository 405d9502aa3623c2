# SPDX-License-Identifier: Apache-2.0
"""Choose a host for every workload: worst fit, largest first.

Worst fit decreasing leaves every host about equally free, so that a failed host finds room elsewhere.
Memory decides, because it is what a host cannot share; processors are judged by the design rules. Equal
input gives equal output.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from ringfence.base.addresses import address
from ringfence.base.diagnostics import Diagnostic, Severity
from ringfence.facts.host import HostFacts
from ringfence.site.site import Site
from ringfence.site.workload import Workload

from .placement import Placement
from .room import Room

REFUSED = "RF-PLC-001"
"""Id of the refusal to place a workload."""


def place(
    site: Site, facts: Mapping[str, HostFacts], current: Mapping[str, str] | None = None
) -> tuple[Placement, tuple[Diagnostic, ...]]:
    """Return a host for every workload that can have one, and a refusal (an ERROR) for each that cannot.

    ``current`` is where workloads run now: each stays there while it may. ``apart_from`` is kept wherever
    another host is left; where none is, and where memory is overcommitted, the workload is placed and the
    design rules say so.
    """
    rooms = {name: Room.of(host, facts.get(name)) for name, host in site.hosts.items()}
    apart = _apart(site.workloads.values())
    hosts: dict[str, str] = {}
    reasons: dict[str, str] = {}
    refusals: list[Diagnostic] = []
    for workload in sorted(site.workloads.values(), key=lambda one: _order(one, apart)):
        wanted = workload.host or (current or {}).get(workload.name)
        refusal = _refusal(site, workload, rooms)
        if refusal is not None:
            refusals.append(refusal)
            continue
        taken = {hosts[other] for other in apart[workload.name] if other in hosts}
        hosts[workload.name], reasons[workload.name] = _choose(workload, rooms, taken, wanted)
        rooms[hosts[workload.name]].take(workload.memory_mib)
    return Placement(dict(sorted(hosts.items())), dict(sorted(reasons.items()))), tuple(refusals)


def _order(workload: Workload, apart: Mapping[str, set[str]]) -> tuple[bool, int, int, str]:
    """Pinned ones first, because they have no choice; then those with most others to avoid; then the largest."""
    return (workload.host is None, -len(apart[workload.name]), -workload.memory_mib, workload.name)


def _apart(workloads: Iterable[Workload]) -> Mapping[str, set[str]]:
    """``apart_from`` holds both ways, whichever of the two says it."""
    apart: dict[str, set[str]] = defaultdict(set)
    for workload in workloads:
        for other in workload.apart_from:
            apart[workload.name].add(other)
            apart[other].add(workload.name)
    return apart


def _refusal(site: Site, workload: Workload, rooms: Mapping[str, Room]) -> Diagnostic | None:
    allowed = [room for name, room in rooms.items() if workload.host in {None, name}]
    subject = address("workload", workload.name)
    where = site.mark(subject)
    if not allowed:
        pinned = f"Workload '{workload.name}' is pinned to host '{workload.host}', which is not declared."
        problem = pinned if workload.host else f"No host is declared that could run workload '{workload.name}'."
        return Diagnostic(REFUSED, Severity.ERROR, subject, problem, "Declare the host under 'hosts'.", where)
    largest = max(room.whole for room in allowed)
    if workload.memory_mib <= largest:
        return None
    problem = (
        f"Workload '{workload.name}' asks for {workload.memory_mib} MiB of memory; "
        f"the largest host it may run on has {largest:.0f} MiB for workloads."
    )
    return Diagnostic(REFUSED, Severity.ERROR, subject, problem, "Give it less memory, or a larger host.", where)


def _choose(workload: Workload, rooms: Mapping[str, Room], taken: set[str], wanted: str | None) -> tuple[str, str]:
    """Return host and reason."""
    if workload.host is not None:
        return workload.host, "The site file pins it to this host."
    if len(rooms) == 1:
        return next(iter(rooms)), "It is the only host of the site."
    apart = {name: room for name, room in rooms.items() if name not in taken}
    candidates = apart or rooms
    if wanted is not None and wanted in candidates and candidates[wanted].fits(workload.memory_mib):
        return wanted, "It runs here already, and nothing asks it to move."
    fitting = {name: room for name, room in candidates.items() if room.fits(workload.memory_mib)}
    host = max(sorted(fitting or candidates), key=lambda name: candidates[name].free)
    return host, _reason(candidates[host], fits=bool(fitting), apart=bool(apart), kept=bool(taken))


def _reason(room: Room, *, fits: bool, apart: bool, kept: bool) -> str:
    free = "memory that was not observed" if room.unknown else f"{room.free:.0f} MiB"
    said = f"It has the most memory left ({free})"
    if not fits:
        said = f"No host has enough memory left; this one has the most ({free})"
    if not apart:
        return f"{said}; every host already carries a workload it should be apart from."
    return f"{said} of the hosts that keep it apart from others." if kept else f"{said}."
