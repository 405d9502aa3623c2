# SPDX-License-Identifier: Apache-2.0
"""A plan as JSON text: ``plan --out``, the journal. Its digest tells when somebody edited it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from ringfence.base.errors import BadInput
from ringfence.base.identity import digest
from ringfence.compile.document import Document, Kind

from .archive import document_from_json, document_to_json
from .change import Change, Impact, PartChange
from .plan import FlowChange, Plan
from .step import Step

VERSION = 1
_NEXT = "Make a new one with 'ringfence plan --out FILE'."


def plan_to_json(plan: Plan) -> str:
    """Return the plan with its digest as JSON."""
    value = _plan(plan)
    found = {"ringfence-plan": VERSION, "digest": digest(value), "plan": value}
    return json.dumps(found, ensure_ascii=False, separators=(",", ":"))


def plan_from_json(text: str) -> Plan:
    """Read a plan. Raises BadInput when it is of another version, was edited, or is no plan at all."""
    try:
        found = json.loads(text)
        version, value = found["ringfence-plan"], found["plan"]
        if version != VERSION:
            raise BadInput(f"This plan has version {version}, and version {VERSION} is known here.", _NEXT)
        if digest(value) != found["digest"]:
            raise BadInput("This plan was changed after it was made.", _NEXT)
        return _read_plan(value)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise BadInput("This file is no plan that Ringfence wrote.", _NEXT) from error


def _plan(plan: Plan) -> dict[str, Any]:
    return {
        "site": plan.site,
        "generation": plan.generation,
        "site_digest": plan.site_digest,
        "world_digest": plan.world_digest,
        "steps": [_step(step) for step in plan.steps],
        "flows": [[flow.conduit, flow.source, flow.target, flow.service, flow.opens] for flow in plan.flows],
        "kept": list(plan.kept),
    }


def _step(step: Step) -> dict[str, Any]:
    return {
        "id": step.id,
        "kind": str(step.kind),
        "title": step.title,
        "changes": [_change(change) for change in step.changes],
        "impact": str(step.impact),
        "clauses": list(step.clauses),
        "needs": list(step.needs),
        "workload": step.workload,
        "critical": step.critical,
        "waits": list(step.waits),
    }


def _change(change: Change) -> dict[str, Any]:
    return {
        "before": None if change.before is None else document_to_json(change.before),
        "after": None if change.after is None else document_to_json(change.after),
        "parts": [[part.key, part.before, part.after] for part in change.parts],
    }


def _read_plan(value: Mapping[str, Any]) -> Plan:
    return Plan(
        site=str(value["site"]),
        generation=int(value["generation"]),
        site_digest=str(value["site_digest"]),
        world_digest=str(value["world_digest"]),
        steps=tuple(_read_step(step) for step in value["steps"]),
        flows=tuple(_read_flow(flow) for flow in value["flows"]),
        kept=tuple(map(str, value["kept"])),
    )


def _read_flow(value: Sequence[Any]) -> FlowChange:
    conduit, source, target, service, opens = value
    return FlowChange(str(conduit), str(source), str(target), str(service), bool(opens))


def _read_step(value: Mapping[str, Any]) -> Step:
    return Step(
        id=str(value["id"]),
        kind=Kind(value["kind"]),
        title=str(value["title"]),
        changes=tuple(_read_change(change) for change in value["changes"]),
        impact=Impact(value["impact"]),
        clauses=tuple(map(str, value["clauses"])),
        needs=tuple(map(str, value["needs"])),
        workload=value["workload"],
        critical=bool(value["critical"]),
        waits=tuple(map(str, value["waits"])),
    )


def _read_change(value: Mapping[str, Any]) -> Change:
    parts = tuple(PartChange(str(key), before, after) for key, before, after in value["parts"])
    return Change(_read_document(value["before"]), _read_document(value["after"]), parts)


def _read_document(value: Mapping[str, Any] | None) -> Document | None:
    return None if value is None else document_from_json(value)
