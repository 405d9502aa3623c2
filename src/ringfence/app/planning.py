# SPDX-License-Identifier: Apache-2.0
"""Use case: what would change, and why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

from ringfence.base.addresses import Address
from ringfence.compile.bindings import Bindings
from ringfence.compile.document import Artifact, Document
from ringfence.compile.domain import tolerated
from ringfence.compile.fabric.wire import wires_of
from ringfence.compile.scope import Scope
from ringfence.engine.deadlines import Deadlines
from ringfence.engine.world import World
from ringfence.messages.plan import PlanFlow, PlanReport, PlanStep
from ringfence.plan.change import Action, Impact
from ringfence.plan.intent import Intent
from ringfence.plan.plan import FlowChange, Plan
from ringfence.plan.planner import make_plan
from ringfence.plan.sentences import sentences
from ringfence.plan.step import Step
from ringfence.ports.restrictions import Restriction
from ringfence.site.site import Site

from .automatic import automatic_now
from .gate import HealthGate
from .heeding import Heeding
from .held import recovered
from .outside import asset_names
from .prepare import Prepared, prepare, scope_of
from .restricted import line
from .session import Session
from .site_file import SiteFile
from .turning import turned


@dataclass(frozen=True, slots=True)
class Planned:
    """A plan with everything it was made from."""

    prepared: Prepared
    observed: Mapping[Address, Document]
    plan: Plan


def heeding(session: Session, prepared: Prepared) -> Heeding:
    """Return what stops a job on a prepared site: the person, or a restriction that the plan does not know of."""
    return Heeding(session.cancel, session.bell, prepared.heard)


def engine_world(session: Session, prepared: Prepared) -> World:
    """Return the engine's view of the world for a prepared site."""
    stop = heeding(session, prepared)
    gate = HealthGate(session.plant, prepared.scope, prepared.file.site, prepared.bindings, stop)
    return World(
        session.plant.artifacts,
        session.store.journal,
        session.plant.clock,
        tolerated(prepared.facts.versions),
        gate,
        session.progress,
        stop,
        Deadlines(),
        lambda: automatic_now(session).allowed,
    )


def plan_site(session: Session, file: SiteFile, destroy_data: frozenset[str] = frozenset()) -> Planned:
    """Observe the world, compile the site against it and return the plan. Raises BadInput, Refused."""
    observed = observe(session, file.site)
    prepared = prepare(session, file, observed)
    return Planned(prepared, observed, plan_prepared(session, prepared, observed, destroy_data))


def plan_prepared(
    session: Session,
    prepared: Prepared,
    observed: Mapping[Address, Document],
    destroy_data: frozenset[str] = frozenset(),
) -> Plan:
    """Return the plan from what is observed to what is prepared."""
    file = prepared.file
    intent = Intent(
        file.site.name,
        generation(session),
        file.digest,
        destroy_data,
        last_artifacts(session),
        {**_names_before(observed), **names_of(file.site, prepared.bindings)},
    )
    return make_plan(intent, prepared.artifacts, observed, tolerated(prepared.facts.versions))


def observe(session: Session, site: Site) -> dict[Address, Document]:
    """Return everything of this site that stands now. Raises Refused, DeadlinePassed."""
    return observe_scope(session, scope_of(site))


def observe_scope(session: Session, scope: Scope) -> dict[Address, Document]:
    """Return everything that stands in a fabric now; all ports look side by side. Raises Refused, DeadlinePassed."""
    found: dict[Address, Document] = {}
    with ThreadPoolExecutor(max_workers=len(session.plant.artifacts)) as pool:
        for documents in pool.map(lambda port: port.observe(scope), session.plant.artifacts):
            found.update(documents)
    return found


def generation(session: Session) -> int:
    """Return the number of the applied revision, 0 when there is none."""
    last = session.store.revisions.latest()
    return last.number if last else 0


def last_artifacts(session: Session) -> dict[Address, Artifact]:
    """Return the artifacts of the applied revision by address."""
    last = session.store.revisions.latest()
    return {found.address: found for found in last.draft.artifacts} if last else {}


def names_of(site: Site, bindings: Bindings) -> dict[str, str]:
    """Return who has which IP address, MAC address or port of a bridge, so that flows read as names."""
    own = ((zone.asker4, zone.asker6) for zone in site.zones.values())
    names = {str(found): "router" for both in own for found in both if found}
    names |= {wire: f"uplink/{uplink}" for uplink, wire in wires_of(site, scope_of(site)).items()}
    return {**names, **asset_names(site), **_sharers(site), **_owners(bindings)}


def _sharers(site: Site) -> dict[str, str]:
    """Return who shares which address: ``workload/a or workload/b``."""
    found: dict[str, list[str]] = {}
    for workload in site.workloads.values():
        for address in dict.fromkeys(shared for nic in workload.interfaces for shared in nic.shared):
            found.setdefault(str(address), []).append(f"workload/{workload.name}")
    return {address: " or ".join(names) for address, names in found.items()}


def _names_before(observed: Mapping[Address, Document]) -> dict[str, str]:
    """Return who has which address now: flows that close are named although the address moves."""
    return _owners(recovered(observed))


def _owners(bindings: Bindings) -> dict[str, str]:
    nics = ((name, nic) for name, binding in bindings.items() for nic in binding.interfaces.values())
    each = ((name, found) for name, nic in nics for found in (nic.ipv4, nic.ipv6, nic.mac, nic.tap) if found)
    return {str(found): f"workload/{name}" for name, found in each}


def report(planned: Planned) -> PlanReport:
    """Return a plan as a person reads it, with what it makes reachable by the proof."""
    found = plan_report(planned.prepared.file.site, planned.plan, planned.prepared.standing)
    compiled = [one.document for one in planned.prepared.artifacts]
    reach, unknown = turned(planned.plan, planned.observed, compiled)
    return replace(found, reach=reach, reach_unknown=unknown)


def plan_report(site: Site, plan: Plan, standing: Iterable[Restriction] = ()) -> PlanReport:
    """Return a plan for ``site`` as a person reads it, with the restrictions that it was made under."""
    actions = [change.action for step in plan.steps for change in step.changes]
    return PlanReport(
        plan.site,
        plan.generation,
        actions.count(Action.CREATE),
        actions.count(Action.UPDATE),
        actions.count(Action.DELETE),
        tuple(step.workload or "" for step in plan.steps if step.impact is Impact.RESTART),
        tuple(_step(site, step) for step in plan.steps),
        tuple(plan_flow(site, one) for one in plan.flows),
        plan.kept,
        tuple(map(line, standing)),
    )


def plan_flow(site: Site, flow: FlowChange) -> PlanFlow:
    """Return a conversation that opens or closes as a person reads it, with the reason of its conduit."""
    kind, _, name = flow.conduit.partition("/")
    declared = site.conduits.get(name) if kind == "conduit" else None  # "probe/scada" is nobody's name
    reason = declared.reason if declared else ""
    return PlanFlow(flow.conduit, flow.source, flow.target, flow.service, flow.opens, reason)


def _step(site: Site, step: Step) -> PlanStep:
    told = [line for change in step.changes if change.action is Action.UPDATE for line in sentences(change)]
    return PlanStep(
        step.id,
        str(step.kind),
        step.title,
        tuple(sorted({str(change.action) for change in step.changes})),
        str(step.impact),
        step.workload,
        step.critical,
        tuple(str(mark) for clause in step.clauses if (mark := site.mark(clause))),
        tuple(told[:50]),
    )
