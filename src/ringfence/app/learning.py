# SPDX-License-Identifier: Apache-2.0
"""Use case: watch who talks in a zone, and propose conduits. Nothing opens by itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time

from ringfence.base.errors import BadInput, Refused
from ringfence.compile.bindings import Bindings
from ringfence.compile.fabric.names import port_name, router_leg
from ringfence.messages.flows import FlowEnd
from ringfence.messages.learned import LearnedFrame, LearnedQuestion, LearnedTalk, LearnReport
from ringfence.observe.permission import Asked, Permissions, owners, permissions
from ringfence.ports.learning import WatchedZone
from ringfence.site.site import Site
from ringfence.site.zone import Learning
from ringfence.watch.learned import Learned, Talk
from ringfence.watch.regularity import Regularity

from .addresses import Parties, parties
from .held import decode
from .prepare import scope_of
from .proposal import proposal
from .services import Services, services
from .session import Session
from .site_file import SiteFile

PACE_S = 2.0
_SHARE = 20
"""A look takes at most a twentieth of the time: with very many conversations looks are further apart."""
_ALL_DAY = time(23, 59, 59, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class _View:
    site: Site
    bindings: Bindings
    parties: Parties
    services: Services
    permissions: Permissions


def learn(
    session: Session, file: SiteFile, zone: str, seconds: float, begun: Callable[[float], None] = lambda _: None
) -> LearnReport:
    """Watch for so long, or until the session is cancelled or the leave is over; ``begun`` hears the seconds.

    Raises BadInput where nobody allows it, Refused where the zone does not stand.
    """
    leave, clock = _leave(file.site, zone, session.plant.clock.now()), session.plant.clock
    last = session.store.revisions.latest()
    bindings = decode(last.draft.bindings) if last else {}
    left = (datetime.combine(leave.until, _ALL_DAY) - clock.now()).total_seconds()
    began, start, learned = clock.now(), clock.monotonic(), Learned()
    scope, end = scope_of(file.site), clock.monotonic() + min(seconds, left)
    with session.plant.learning.watching(scope, _watched(file.site, bindings, zone)) as look:
        begun(end - start)
        stopped = False
        while True:
            at = clock.monotonic()
            learned.look(at, look())
            took = clock.monotonic() - at
            if stopped or at >= end:
                break
            stopped = session.cancel.wait(max(min(max(PACE_S, _SHARE * took), end - clock.monotonic()), 0))
    view = _View(
        file.site,
        bindings,
        parties(file.site, bindings),
        services(file.site),
        permissions(session.plant.flows.elements(scope)),
    )
    return _report(session, view, learned, _Watch(zone, leave.by, began, clock.monotonic() - start))


@dataclass(frozen=True, slots=True)
class _Watch:
    zone: str
    by: str
    began: datetime
    seconds: float


def _leave(site: Site, zone: str, now: datetime) -> Learning:
    if zone not in site.zones:
        raise BadInput(f"The site has no zone {zone}.", f"It has: {', '.join(site.zones) or 'none'}.")
    leave = site.zones[zone].learn
    if leave is None or leave.until < now.date():
        over = f"The leave to watch zone {zone} was over on {leave.until}." if leave else ""
        raise BadInput(
            over or f"Nobody has allowed to watch zone {zone}.",
            f"Its owner allows it in the site file, at zone {zone}: 'learn: {{until: YEAR-MONTH-DAY, by: WHO}}'.",
        )
    return leave


def _watched(site: Site, bindings: Bindings, zone: str) -> WatchedZone:
    """Return what is to be watched. Raises Refused where nothing of it was ever applied."""
    scope, declared = scope_of(site), site.zones[zone]
    ports = [
        port_name(scope, name, interface.name, bindings[name].interfaces[interface.name])
        for name, workload in site.workloads.items()
        for interface in workload.interfaces
        if interface.zone == zone and name in bindings and interface.name in bindings[name].interfaces
    ]
    ports += [one.interface for one in site.uplinks.values() if one.layer2 == zone]
    subnets = tuple(str(one) for one in (declared.ipv4, declared.ipv6) if one)
    leg = router_leg(scope, zone) if declared.routed else ""
    if not leg and not ports:
        raise Refused(f"Nothing stands in zone {zone}.", "Apply the site first with 'ringfence apply'.")
    return WatchedZone(leg, subnets, tuple(dict.fromkeys(ports)))


def _report(session: Session, view: _View, learned: Learned, watch: _Watch) -> LearnReport:
    talks = tuple(sorted((_talk(view, one) for one in learned.talks.values()), key=_order))
    frames = tuple(_frames(view, learned))
    asked = tuple(_questions(view, learned))
    return LearnReport(
        view.site.name,
        watch.zone,
        session.plant.simulated,
        watch.by,
        watch.began,
        watch.seconds,
        talks,
        frames,
        asked,
        learned.missed,
        proposal(talks, frames, watch.seconds),
    )


def _order(talk: LearnedTalk) -> tuple[object, ...]:
    """Return an order: what needs a decision first, the most frequent first."""
    return bool(talk.conduits), -talk.times, talk.source.address, talk.target.address, talk.protocol, talk.port


def _talk(view: _View, talk: Talk) -> LearnedTalk:
    source, target, protocol, port = talk.key
    found = talk.rhythm.regularity
    return LearnedTalk(
        _end(view, source),
        _end(view, target),
        protocol,
        port,
        view.services.at(protocol, port),
        found.times,
        talk.packets,
        talk.bytes,
        found.every_s,
        found.spread,
        rhythm(found),
        talk.passed,
        owners(view.permissions.of(Asked(source, target, protocol, port))),
    )


def rhythm(found: Regularity) -> str:
    """Return in words how regular something was."""
    if found.every_s is None:
        return "once" if found.times == 1 else "now and then"
    if not found.regular:
        return "now and then"
    if found.every_s < 0.1:  # noqa: PLR2004 - from ten a second on, a number of times says more
        return f"{1 / found.every_s:.0f} times a second"
    return f"every {found.every_s:.1f} s" if found.every_s < 10 else f"every {found.every_s:.0f} s"  # noqa: PLR2004 - digits


def _end(view: _View, text: str) -> FlowEnd:
    found = view.parties.at(text)
    return FlowEnd(found.of, text, found.zone)


def _frames(view: _View, learned: Learned) -> Iterator[LearnedFrame]:
    names = {nic.mac: name for name, bound in view.bindings.items() for nic in bound.interfaces.values()}
    names |= {asset.mac: asset.name for asset in view.site.assets.values() if asset.mac}
    for one in sorted(learned.frames.values()):
        yield LearnedFrame(names.get(one.source, ""), one.source, one.target, f"0x{one.ethertype:04x}", one.packets)


def _questions(view: _View, learned: Learned) -> Iterator[LearnedQuestion]:
    """Yield who was asked for in vain: with nobody who answers, no conversation begins."""
    met = {frozenset(key[:2]) for key in learned.talks}
    for one in sorted(learned.questions.values()):
        far = view.parties.at(one.target)
        if frozenset((one.source, one.target)) not in met and far.of != "router":
            yield LearnedQuestion(_end(view, one.source), _end(view, one.target), one.packets)
