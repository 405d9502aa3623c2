# SPDX-License-Identifier: Apache-2.0
"""Use cases: how the plant is, and what was changed behind Ringfence's back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

from ringfence.base.addresses import Address
from ringfence.base.errors import Refused
from ringfence.compile.bindings import Bindings, InterfaceBinding, WorkloadBinding
from ringfence.compile.document import Document, Kind
from ringfence.compile.domain import tolerated
from ringfence.compile.scope import Scope
from ringfence.facts.host import HostFacts
from ringfence.messages.status import GrantStatus, Health, InterfaceStatus, SiteStatus, WorkloadStatus
from ringfence.plan.drift import Drift, drift
from ringfence.ports.probes import Answer
from ringfence.ports.workloads import RunFact
from ringfence.site.site import Site
from ringfence.site.workload import Workload

from .gate import probe_target
from .held import decode
from .history import revision_file
from .in_force import in_force
from .outside import uplinks
from .planning import observe
from .prepare import scope_of
from .restricted import line
from .session import Session
from .verify.verdicts import Words, words


@dataclass(frozen=True, slots=True)
class _View:
    """What one look at the plant needs."""

    session: Session
    site: Site
    scope: Scope
    bindings: Bindings


def find_drift(session: Session, site: Site, facts: HostFacts) -> tuple[Drift, ...]:
    """Return what differs from what is in force, each difference as a sentence. Raises Refused."""
    return _differences(session, observe(session, site), facts)


def _differences(session: Session, observed: Mapping[Address, Document], facts: HostFacts) -> tuple[Drift, ...]:
    return drift(in_force(session), observed, tolerated(facts.versions))


def facts_of(session: Session, site: Site) -> HostFacts:
    """Return facts of the site's host. Raises Refused."""
    host = next(iter(site.hosts.values()))
    return session.plant.hosts.facts(host.name, host.pool)


def status(session: Session, beside: str) -> SiteStatus:
    """Return the state, health and drift of everything in the applied revision; it looks at all of them at once."""
    last = session.store.revisions.latest()
    site = revision_file(session, None, Path(beside)).site
    view = _View(session, site, scope_of(site), decode(last.draft.bindings) if last else {})
    with ThreadPoolExecutor(max_workers=4) as pool:
        looks = _Looks(pool.submit(facts_of, session, site), pool.submit(_answers, view), pool.submit(_rules, view))
        acceleration = looks.facts.result().acceleration
        observed, found = _drift_or_why(session, site, looks.facts.result())
        verified = words(session, last.number if last else 0)
        states, answers = looks.answers.result()
        grants, denied = looks.rules.result()
    unfinished = session.store.journal.unfinished()
    return SiteStatus(
        site.name,
        session.plant.clock.now(),
        last.number if last else 0,
        acceleration.why,
        acceleration.kvm != "yes",
        session.plant.simulated,
        f"{unfinished.draft.kind} (job {unfinished.number})" if unfinished else None,
        tuple(_lines(view, _Told(states, answers, found, verified))),
        grants,
        denied,
        tuple(sentence for one in found for sentence in one.sentences),
        tuple(map(line, session.store.restrictions.standing())),
        uplinks(site, view.scope, observed),
        verified.of(f"host/{view.scope.host}"),
    )


@dataclass(frozen=True, slots=True)
class _Looks:
    """What is looked at side by side."""

    facts: Future[HostFacts]
    answers: Future[tuple[Mapping[str, RunFact], Mapping[str, tuple[Answer, ...]]]]
    rules: Future[tuple[tuple[GrantStatus, ...], dict[str, int]]]


def _answers(view: _View) -> tuple[Mapping[str, RunFact], Mapping[str, tuple[Answer, ...]]]:
    states = view.session.plant.workloads.states(view.scope, tuple(view.site.workloads))
    return states, _ask(view, states)


def _rules(view: _View) -> tuple[tuple[GrantStatus, ...], dict[str, int]]:
    port = view.session.plant.grants
    grants = tuple(GrantStatus(one.conduit, one.left_s) for one in port.granted(view.scope))
    return grants, port.denied(view.scope)


def _drift_or_why(
    session: Session, site: Site, facts: HostFacts
) -> tuple[Mapping[Address, Document], tuple[Drift, ...]]:
    """Return what stands, and the drift; where the world does not answer, why: a status is shown all the same."""
    try:
        observed = observe(session, site)
        return observed, _differences(session, observed, facts)
    except Refused as error:
        told = f"Drift is not known now. {error.problem} {error.next_step}"
        return {}, (Drift(f"site/{site.name}", Kind.TABLE, None, (told,)),)


@dataclass(frozen=True, slots=True)
class _Told:
    """What the looks told, by workload."""

    states: Mapping[str, RunFact]
    answers: Mapping[str, tuple[Answer, ...]]
    drift: Sequence[Drift]
    verified: Words


def _lines(view: _View, told: _Told) -> Iterator[WorkloadStatus]:
    drifted = [one.workload for one in told.drift for _ in one.sentences]
    for name, workload in view.site.workloads.items():
        line = _line(view, workload, told.states[name], told.answers.get(name, ()), drifted.count(name))
        yield replace(line, verified=told.verified.of(f"workload/{name}"))


def _ask(view: _View, states: Mapping[str, RunFact]) -> dict[str, tuple[Answer, ...]]:
    """Ask every probe of what runs, side by side."""
    asked = [
        (name, probe, probe_target(workload, probe, view.bindings[name]))
        for name, workload in view.site.workloads.items()
        for probe in workload.probes
        if states[name].state == "running" and name in view.bindings
    ]
    found = view.session.plant.probes.ask_all(view.scope, [(probe, target) for _, probe, target in asked])
    answers: dict[str, tuple[Answer, ...]] = {}
    for (name, _, _), answer in zip(asked, found, strict=True):
        answers[name] = (*answers.get(name, ()), answer)
    return answers


def _line(view: _View, workload: Workload, fact: RunFact, answers: tuple[Answer, ...], drifted: int) -> WorkloadStatus:
    within = max((probe.within for probe in workload.probes), default=0)
    health = judge(fact, answers, within)
    silent = next((answer.detail for answer in answers if not answer.ok), fact.detail)
    return WorkloadStatus(
        workload.name,
        workload.interfaces[0].zone,
        fact.state,
        health,
        silent,
        _addresses(view.bindings.get(workload.name)),
        drifted,
        0.0,
        tuple(_interfaces(workload, view.bindings.get(workload.name))),
    )


def judge(fact: RunFact, answers: Sequence[Answer], within: int) -> Health:
    """Return a health: what runs and answers is healthy; what is silent is starting for ``within`` seconds."""
    if fact.state == "unknown":
        return "unknown"
    if fact.state != "running":
        return "stopped" if fact.state in {"stopped", "missing"} else "unhealthy"
    if all(answer.ok for answer in answers):
        return "healthy"
    young = fact.since_s is not None and fact.since_s < within
    return "starting" if young else "unhealthy"


def _addresses(binding: WorkloadBinding | None) -> tuple[str, ...]:
    return tuple(found for nic in (binding.interfaces.values() if binding else ()) for found in _own(nic))


def _own(nic: InterfaceBinding) -> tuple[str, ...]:
    return tuple(str(found) for found in (nic.ipv4, nic.ipv6) if found)


def _interfaces(workload: Workload, binding: WorkloadBinding | None) -> Iterator[InterfaceStatus]:
    for nic in workload.interfaces:
        bound = binding.interfaces.get(nic.name) if binding else None
        shared = tuple(str(one) for one in nic.shared)
        yield InterfaceStatus(nic.name, nic.zone, nic.kind, _own(bound) if bound else (), shared)
