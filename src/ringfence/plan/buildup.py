# SPDX-License-Identifier: Apache-2.0
"""What comes: the fabric first, then images, volumes, definitions, runs, ports, and conduits to what is up.

The fabric is one step per kind, what a workload owns one per kind and workload. Conduits that wait for the same
steps open together, so that ten thousand of them are few transactions.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from ringfence.base.identity import digest
from ringfence.compile.document import CONVERSATIONS, Kind

from .change import Change
from .draft import Draft
from .intent import Sources
from .makers import Makers, runs_among
from .naming import names, workload_of

_FABRIC = (Kind.HOSTNET, Kind.NAMESPACE, Kind.LINK, Kind.TABLE, Kind.UPLINK, Kind.GUARD, Kind.DHCP)
_OWNED = (Kind.VOLUME, Kind.SEED, Kind.DOMAIN, Kind.RUN, Kind.PORT)
_BEFORE: Mapping[Kind, tuple[Kind, ...]] = {
    Kind.DOMAIN: (Kind.VOLUME, Kind.SEED),
    Kind.RUN: (Kind.VOLUME, Kind.SEED, Kind.DOMAIN),
    Kind.PORT: (Kind.RUN,),
}
_WITHOUT_FABRIC = frozenset({Kind.IMAGE, Kind.VOLUME, Kind.SEED})


def build_up(changes: Sequence[Change], sources: Sources, behind: tuple[str, ...]) -> list[Draft]:
    """Return the steps that make and change things; ``behind`` are the steps that take others down before."""
    by_kind: dict[Kind, list[Change]] = {}
    for change in changes:
        by_kind.setdefault(change.kind, []).append(change)
    fabric = _fabric(by_kind, behind)
    footing = (fabric[-1].id,) if fabric else behind
    others = _images(by_kind) + [draft for kind in _OWNED for draft in _owned(kind, by_kind, sources)]
    makers = Makers([*fabric, *others], sources)
    for draft in others:
        _find_needs(draft, sources, makers, footing)
    conduits = [draft for kind in CONVERSATIONS for draft in _conduits(by_kind.get(kind, []), sources, makers, footing)]
    _wait_for_probes(others, conduits)
    return [*fabric, *others, *conduits, *_boot(by_kind, [*fabric, *others, *conduits], behind)]


def _fabric(by_kind: Mapping[Kind, list[Change]], behind: tuple[str, ...]) -> list[Draft]:
    drafts: list[Draft] = []
    for kind in _FABRIC:
        if kind in by_kind:
            drafts.append(Draft(f"make:{kind}", by_kind[kind], set(behind)))
            behind = (drafts[-1].id,)
    return drafts


def _images(by_kind: Mapping[Kind, list[Change]]) -> list[Draft]:
    return [Draft(f"make:image/{names(c.document)[0]}", [c]) for c in by_kind.get(Kind.IMAGE, [])]


def _owned(kind: Kind, by_kind: Mapping[Kind, list[Change]], sources: Sources) -> list[Draft]:
    groups: dict[str, list[Change]] = {}
    for change in by_kind.get(kind, []):
        groups.setdefault(sources.workload(change.document) or change.address, []).append(change)
    return [Draft(f"make:{kind}/{workload}", found) for workload, found in groups.items()]


def _find_needs(draft: Draft, sources: Sources, makers: Makers, footing: tuple[str, ...]) -> None:
    kind = draft.changes[0].kind
    needs = [need for change in draft.changes for need in sources.of(change.document).needs]
    draft.need(makers.of(needs))
    workload = sources.workload(draft.changes[0].document) or ""
    draft.need(makers.serving(workload, _BEFORE.get(kind, ())))
    if kind not in _WITHOUT_FABRIC:
        draft.need(footing)
    if kind is Kind.RUN:
        draft.waits = tuple(sorted(set(runs_among(needs)) - {workload}))
        for other in draft.waits:
            draft.need(makers.serving(other, (Kind.RUN, Kind.PORT)))


def _conduits(changes: Sequence[Change], sources: Sources, makers: Makers, footing: tuple[str, ...]) -> list[Draft]:
    groups: dict[frozenset[str], list[Change]] = {}
    for change in changes:
        needs = sources.of(change.document).needs
        pending = makers.of(needs).union(footing)
        for workload in runs_among(needs):
            pending |= makers.serving(workload, (Kind.RUN, Kind.PORT))
        groups.setdefault(frozenset(pending), []).append(change)
    return [Draft(_opening(found[0].kind, needs), found, set(needs)) for needs, found in groups.items()]


def _opening(kind: Kind, needs: Iterable[str]) -> str:
    name = digest(sorted(needs))[:12]
    return f"open:{name}" if kind is Kind.CONDUIT else f"open:{kind}/{name}"


def _wait_for_probes(owned: Sequence[Draft], conduits: Sequence[Draft]) -> None:
    """Who waits for another's health needs the conduit through which that one is asked."""
    probes = {
        workload_of(change.document): draft.id
        for draft in conduits
        for change in draft.changes
        if "/probe/" in change.address
    }
    for draft in owned:
        draft.need(probes[workload] for workload in draft.waits if workload in probes)


def _boot(by_kind: Mapping[Kind, list[Change]], before: Sequence[Draft], behind: tuple[str, ...]) -> list[Draft]:
    changes = by_kind.get(Kind.BOOT)
    return [Draft("make:boot", changes, {*behind, *(draft.id for draft in before)})] if changes else []
