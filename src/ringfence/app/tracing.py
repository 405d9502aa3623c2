# SPDX-License-Identifier: Apache-2.0
"""Use case: what becomes of a conversation, and where it stops."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path

from ringfence.base.errors import BadInput
from ringfence.compile.bindings import Bindings
from ringfence.compile.fabric.names import gateway_mac, port_name, router_leg
from ringfence.compile.part.element import Element
from ringfence.compile.scope import Scope
from ringfence.facts.trace import Hop
from ringfence.messages.flows import FlowEnd
from ringfence.messages.trace import Outcome, TraceHop, TraceReport
from ringfence.observe.permission import Asked
from ringfence.ports.traces import Question, Trail
from ringfence.site.site import Site

from .addresses import Parties, Party, parties
from .closest import Case, permitted, reasons
from .held import decode
from .history import revision_file
from .prepare import scope_of
from .services import asked as asked_of
from .services import services
from .session import Session


@dataclass(frozen=True, slots=True)
class Wish:
    """Who, to whom, what; ``wait`` seconds for a real packet (0: inject one); which version of IP, 0 for either."""

    source: str
    target: str
    service: str
    wait: float = 0
    version: int = 0


@dataclass(frozen=True, slots=True)
class _Found:
    """What a wish means in the applied site."""

    site: Site
    scope: Scope
    bindings: Bindings
    asked: Asked
    near: Party
    far: Party


def trace(session: Session, beside: str, wish: Wish, stopped: Callable[[], bool] = lambda: False) -> TraceReport:
    """Return what the rules say, and what a packet met. Raises BadInput for unknown names, Refused."""
    last = session.store.revisions.latest()
    site = revision_file(session, None, Path(beside)).site
    bindings = decode(last.draft.bindings) if last else {}
    found = _meaning(site, bindings, wish)
    closed = frozenset(one.name for one in session.store.restrictions.standing())
    elements = tuple(session.plant.flows.elements(found.scope))
    case = Case(site, found.asked, found.near, found.far, elements, closed)
    names, why = reasons(case)
    question, port = _question(found), session.plant.traces
    guard = tuple(_guard(found, question, port.guarded(found.scope)))
    trails = (Trail(), Trail())
    if wish.wait:
        trails = port.follow(found.scope, question, wish.wait, stopped)
    elif question.link:
        trails = (trails[0], port.inject(found.scope, question))
    outcome, end = _end(found, wish, question, trails)
    return TraceReport(
        site.name,
        session.plant.simulated,
        FlowEnd(found.near.of, found.asked.source, found.near.zone),
        FlowEnd(found.far.of, found.asked.target, found.far.zone),
        found.asked.protocol,
        found.asked.port,
        services(site).at(found.asked.protocol, found.asked.port),
        permitted(case),
        names,
        why,
        guard,
        bool(wish.wait),
        outcome,
        (*_hops("guard", trails[0].hops), *_hops("router", trails[1].hops)),
        end,
    )


def _meaning(site: Site, bindings: Bindings, wish: Wish) -> _Found:
    known = parties(site, bindings)
    wanted = asked_of(site, wish.service)
    if not wanted:
        step = "Name a service of the site or of the catalogue, a flow such as tcp/502, or 'ping'."
        raise BadInput(f"There is no service {wish.service}.", step)
    sources, targets = _addresses(known, site, wish.source), _addresses(known, site, wish.target)
    for protocol, port in wanted:
        for version in (wish.version,) if wish.version else (4, 6):
            near, far = sources.get(version), targets.get(version)
            if near and far and protocol != {4: "icmpv6", 6: "icmp"}[version]:
                asked = Asked(near[0], far[0], protocol, port)
                return _Found(site, scope_of(site), bindings, asked, near[1], far[1])
    step = "Name two ends with addresses of one version of IP; --ipv6 asks for that."
    raise BadInput(f"{wish.source} and {wish.target} have no addresses with which {wish.service} could be asked.", step)


def _addresses(known: Parties, site: Site, name: str) -> dict[int, tuple[str, Party]]:
    """Return the first address by version of IP. Raises BadInput."""
    try:
        one = ip_address(name)
    except ValueError:
        found: dict[int, tuple[str, Party]] = {}
        for text, party in known.named(name):
            found.setdefault(ip_address(text).version, (text, party))
        if found:
            return found
        ends = ", ".join(sorted((*site.workloads, *site.assets))) or "none"
        raise BadInput(f"The applied site has no workload or asset {name}.", f"It has: {ends}.") from None
    return {one.version: (str(one), known.at(str(one)))}


def _question(found: _Found) -> Question:
    """Return the question to the driver; only a workload's packet can be injected."""
    asked, near, scope = found.asked, found.near, found.scope
    bound = _bound(found)
    if bound is None:
        return Question(*asked)
    mac = gateway_mac(found.site.name, near.zone)
    return Question(*asked, scope.link("leg", near.zone), router_leg(scope, near.zone), bound[0], mac)


def _bound(found: _Found) -> tuple[str, str] | None:
    """Return MAC and port of the sender's interface; None where it is no workload's."""
    kind, _, name = found.near.of.partition("/")
    nic = found.bindings[name].interfaces.get(found.near.interface) if name in found.bindings else None
    if kind != "workload" or nic is None or not found.site.zones[found.near.zone].routed:
        return None
    return nic.mac, port_name(found.scope, name, found.near.interface, nic)


def _guard(found: _Found, question: Question, elements: Sequence[Element]) -> Iterator[str]:
    bound = _bound(found)
    if bound is None:
        return
    mac, port = bound
    version = 6 if ":" in question.source else 4
    keys = {one.key for one in elements if one.lookup == f"bound{version}"}
    if f'"{port}" . {mac} . {question.source}' in keys:
        yield f"The guard lets {found.near.name} speak from port {port} as {mac}, {question.source}."
    else:
        yield f"The guard drops it: {mac}, {question.source} is not bound to port {port}. Look with 'ringfence drift'."


def _hops(where: str, hops: Sequence[Hop]) -> Iterator[TraceHop]:
    for one in hops:
        yield TraceHop("guard" if where == "guard" else "router", one.chain, one.slug, one.text, one.verdict)


def _end(found: _Found, wish: Wish, question: Question, trails: tuple[Trail, Trail]) -> tuple[Outcome, str]:
    guard, router = trails
    near, far = found.near.name or found.asked.source, found.far.name or found.asked.target
    if not wish.wait and not question.link:
        step = "'--wait 30s' follows one that it sends itself."
        return "not followed", f"{near} is no workload: no packet is sent in its name. {step}"
    if not guard.seen and not router.seen:
        return "silent", f"{near} sent no such packet to the router: it does not try, or does not get that far."
    if any(one.verdict == "drop" for one in (*guard.hops, *router.hops)):
        where = "router" if any(one.verdict == "drop" for one in router.hops) else "guard on the bridge"
        return "stopped", f"It stopped in the {where}, and {far} hears nothing of it."
    if router.ended:
        told = "It went on its way" if wish.wait else "It would have gone out"
        return "passes", f"{told} to {far}: the rules let it pass."
    return "lost", f"It met no rule that forwards or drops it: the router's kernel has no way from {near} to {far}."
