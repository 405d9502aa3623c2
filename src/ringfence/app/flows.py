# SPDX-License-Identifier: Apache-2.0
"""Use case: which conversations live now, and which conduit each of them belongs to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from ringfence.base.errors import BadInput
from ringfence.compile.bindings import Bindings
from ringfence.compile.part.element import Element
from ringfence.messages.flows import FlowEnd, FlowLine, FlowReport, Standing
from ringfence.observe.permission import Asked, Permissions, owners, permissions
from ringfence.site.site import Site
from ringfence.watch.conversation import Conversation, Ends, Rate, conversations, rate

from .addresses import ROUTER, Parties, Party, parties
from .held import decode
from .history import revision_file
from .prepare import scope_of
from .services import Services, services
from .session import Session

_ROUTERS_WORK = {("udp", 67): "dhcp", ("udp", 547): "dhcp"}
_ROUTERS_ANSWERS = {("udp", 68): "dhcp", ("udp", 546): "dhcp"}
"""A lease that is sent where nobody asked from that address yet is a conversation of its own."""
_LEFT = "No conduit names it: left over from one that closed; nothing of it passes any more."
_SILENT = "Nothing came back yet."


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to show: filters by name (None: everything), and for how many seconds to look (0: once)."""

    conduit: str | None = None
    workload: str | None = None
    zone: str | None = None
    seconds: float = 0


@dataclass(frozen=True, slots=True)
class Looks:
    """Two looks at the connection table, ``took`` seconds apart; with None they are the same one."""

    before: Mapping[Ends, Conversation]
    after: Mapping[Ends, Conversation]
    took: float | None = None


@dataclass(frozen=True, slots=True)
class _View:
    site: Site
    parties: Parties
    services: Services
    permissions: Permissions


def flows(session: Session, beside: str, wanted: Wanted) -> FlowReport:
    """Return the conversations that live now. Raises Refused where the fabric is not up, BadInput for unknown names."""
    last = session.store.revisions.latest()
    site = revision_file(session, None, Path(beside)).site
    _refuse_unknown(site, wanted)
    scope, port, clock = scope_of(site), session.plant.flows, session.plant.clock
    with ThreadPoolExecutor(max_workers=1) as pool:
        elements = pool.submit(port.elements, scope)
        before = conversations(port.connections(scope))
    began, after = clock.monotonic(), before
    if wanted.seconds:
        session.cancel.wait(wanted.seconds)
        after = conversations(port.connections(scope))
    took = clock.monotonic() - began if wanted.seconds else None
    bindings = decode(last.draft.bindings) if last else {}
    told = conversation_lines(site, bindings, elements.result(), Looks(before, after, took))
    lines = [one for one in told if _shown(one, wanted)]
    lines.sort(key=_busiest)
    return FlowReport(site.name, clock.now(), session.plant.simulated, took, len(after), tuple(lines))


def _refuse_unknown(site: Site, wanted: Wanted) -> None:
    for name, known, what in (
        (wanted.workload, {*site.workloads, *site.assets}, "workload or asset"),
        (wanted.zone, site.zones.keys(), "zone"),
    ):
        if name is not None and name not in known:
            raise BadInput(f"The applied site has no {what} {name}.", f"It has: {', '.join(sorted(known)) or 'none'}.")


def _busiest(line: FlowLine) -> tuple[object, ...]:
    """Return an order: what stands out first, then by bytes, or by bytes a second where they are known."""
    rates = (line.sent_bytes_s or 0) + (line.received_bytes_s or 0)
    total = line.sent_bytes + line.received_bytes
    ends = (line.source.address, line.target.address, line.protocol, line.port)
    return line.standing != "none", -rates, -total, ends


def _shown(line: FlowLine, wanted: Wanted) -> bool:
    names = {end.of.rpartition("/")[2] for end in (line.source, line.target)}
    return (
        (wanted.conduit is None or wanted.conduit in line.conduits)
        and (wanted.workload is None or wanted.workload in names)
        and (wanted.zone is None or wanted.zone in {line.source.zone, line.target.zone})
    )


def conversation_lines(site: Site, bindings: Bindings, elements: Iterable[Element], looks: Looks) -> Iterator[FlowLine]:
    """Yield each conversation with its names, and with who permits it by the router's ``elements``."""
    view = _View(site, parties(site, bindings), services(site), permissions(elements))
    for ends, one in looks.after.items():
        found = rate(looks.before.get(ends), one, looks.took) if looks.took else None
        yield _line(view, one, found)


def _line(view: _View, one: Conversation, found: Rate | None) -> FlowLine:
    ends = one.ends
    near, far = view.parties.at(ends.source), view.parties.at(ends.target)
    conduits = owners(view.permissions.of(Asked(*ends)))
    standing, service = _standing(view, ends, conduits, near, far)
    return FlowLine(
        FlowEnd(near.of, ends.source, near.zone),
        FlowEnd(far.of, ends.target, far.zone),
        ends.protocol,
        ends.port,
        service,
        standing,
        conduits,
        _LEFT if standing == "none" else _SILENT if one.unanswered == one.connections else "",
        one.connections,
        one.over,
        one.unanswered,
        one.sent_packets,
        one.sent_bytes,
        one.received_packets,
        one.received_bytes,
        one.age_s,
        one.idle_s,
        found.sent_bytes if found else None,
        found.received_bytes if found else None,
        found.sent_packets + found.received_packets if found else None,
    )


def _standing(view: _View, ends: Ends, conduits: tuple[str, ...], near: Party, far: Party) -> tuple[Standing, str]:
    """Return what lets a conversation pass, and the name of its service."""
    service = view.services.at(ends.protocol, ends.port)
    if conduits:
        return "conduit", service
    zone = view.site.zones.get(near.zone)
    if zone is not None and zone.name == far.zone and zone.peers == "open" and ROUTER not in {near.of, far.of}:
        return "peers", service
    answer = _ROUTERS_ANSWERS.get((ends.protocol, ends.port)) if near.of == ROUTER else None
    work = answer or _ROUTERS_WORK.get((ends.protocol, ends.port))
    if work is not None and (far.of in {ROUTER, ""} or near.of == ROUTER):
        return "router", work
    return "none", service
