# SPDX-License-Identifier: Apache-2.0
"""What a restriction costs: which conversations end, which go on elsewhere, and which essential functions lose some."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from ringfence.base.addresses import Address, own_name
from ringfence.compile.document import Artifact, Document, Kind
from ringfence.messages.plan import PlanFlow
from ringfence.messages.restrictions import EssentialLoss
from ringfence.plan.change import Change
from ringfence.plan.flows import flow_changes
from ringfence.plan.plan import FlowChange
from ringfence.site.functions import EssentialFunction
from ringfence.site.site import Site

from .planning import plan_flow

_ELEMENT = "element/"


def changes_between(before: Iterable[Artifact], after: Iterable[Artifact]) -> list[Change]:
    """Return what differs between two sets of compiled artifacts."""
    old = {one.address: one.document for one in before}
    new = {one.address: one.document for one in after}
    return [
        Change(old.get(name), new.get(name))
        for name in sorted(old.keys() | new.keys())
        if old.get(name) != new.get(name)
    ]


def flows_of(site: Site, changes: Iterable[Change], shown: Mapping[str, str], *, opens: bool) -> tuple[PlanFlow, ...]:
    """Return the conversations that open, or those that end, as a person reads them."""
    return tuple(plan_flow(site, one) for one in flow_changes(changes, shown) if one.opens is opens)


def elsewhere(
    site: Site, changes: Iterable[Change], after: Sequence[Artifact], shown: Mapping[str, str]
) -> tuple[PlanFlow, ...]:
    """Return conversations that end in one conduit and go on in another one, which names them as well."""
    ended = {key for change in changes for key in _elements(change.before) - _elements(change.after)}
    found = (one.document for one in after if not ended.isdisjoint(_elements(one.document)))
    kept = [Change(None, _only(document, ended)) for document in found if document.kind is not Kind.RELAY]
    told = (*flow_changes(kept, shown), *_relayed_elsewhere(changes, after, shown))
    return tuple(plan_flow(site, one) for one in told)


def _relayed_elsewhere(
    changes: Iterable[Change], after: Sequence[Artifact], shown: Mapping[str, str]
) -> Iterator[FlowChange]:
    """Yield what another conduit goes on copying to a member: elements are shared, members are each conduit's own."""
    ended = {_words(flow) for flow in flow_changes(_of(Kind.RELAY, changes), shown) if not flow.opens}
    standing = [Change(None, one.document) for one in after if ended and one.document.kind is Kind.RELAY]
    yield from (flow for flow in flow_changes(standing, shown) if _words(flow) in ended)


def _words(flow: FlowChange) -> tuple[str, str, str]:
    return flow.source, flow.target, flow.service


def _of(kind: Kind, changes: Iterable[Change]) -> list[Change]:
    return [one for one in changes if one.kind is kind]


def essential(site: Site, ended: Iterable[PlanFlow]) -> tuple[EssentialLoss, ...]:
    """Return who of those that lose conversations has an essential function."""
    lost: dict[Address, set[str]] = defaultdict(set)
    for flow in ended:
        for end in (*_ends(flow.source), *_ends(flow.target)):
            if _function(site, end).critical:
                lost[end].add(own_name(flow.conduit))
    return tuple(
        EssentialLoss(end, str(_function(site, end)), tuple(sorted(conduits))) for end, conduits in sorted(lost.items())
    )


def dormant(changes: Iterable[Change]) -> tuple[str, ...]:
    """Return the dormant conduits that cannot be granted any more."""
    gone = (change.before for change in changes if change.after is None and change.before is not None)
    return tuple(own_name(one.address) for one in gone if one.parts.get("state") == "dormant")


def inside(site: Site, zone: str) -> tuple[Address, ...]:
    """Return who is on an island: workloads with any leg in the zone, and its assets."""
    workloads = (
        f"workload/{name}"
        for name, workload in site.workloads.items()
        if any(one.zone == zone for one in workload.interfaces)
    )
    return (*workloads, *(f"asset/{name}" for name, asset in site.assets.items() if asset.zone == zone))


def _ends(shown: str) -> list[Address]:
    """Return who is meant: sharers of an address are told with ``or``, translated assets with their own address."""
    return [one.partition(" (")[0] for one in shown.split(" or ")]


def _function(site: Site, end: Address) -> EssentialFunction:
    kind, _, name = end.partition("/")
    held = site.workloads if kind == "workload" else site.assets
    return held[name].function if name in held else EssentialFunction.NONE


def _elements(document: Document | None) -> frozenset[str]:
    """Return the elements that let something pass now."""
    if document is None or document.parts.get("state") == "dormant":
        return frozenset()
    return frozenset(key for key in document.parts if key.startswith(_ELEMENT))


def _only(document: Document, keys: Iterable[str]) -> Document:
    parts = {key: value for key, value in document.parts.items() if key in set(keys)}
    return Document(document.address, document.kind, parts)
