# SPDX-License-Identifier: Apache-2.0
"""Part ``rules``: what is loaded equals what was compiled, part by part."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ringfence.base.addresses import Address, own_name
from ringfence.compile.document import Kind
from ringfence.compile.domain import tolerated
from ringfence.engine.cancel import Cancel
from ringfence.facts.host import Versions
from ringfence.facts.unseen import Unseen
from ringfence.plan.drift import Drift, drift
from ringfence.site.site import Site

from .ground import Ground
from .host import host_facts
from .outcome import Found, Outcome

_FIX = "'ringfence plan' shows what would put it right, 'ringfence apply' does."
_NO_VERSIONS = Versions((), (), (), ())
_CONDUITS = frozenset({Kind.CONDUIT, Kind.FRAMES, Kind.RELAY})


def rules(ground: Ground, _stop: Cancel) -> Outcome:
    """Compare every artifact that could be looked at."""
    host, blind = host_facts(ground), dict(ground.loaded.blind)
    if isinstance(host, Unseen):
        blind.setdefault(Kind.DOMAIN, host.why)  # what libvirt adds to a definition depends on its version
    tolerance = tolerated(_NO_VERSIONS if isinstance(host, Unseen) else host.versions)
    wanted = [one for one in ground.declared.artifacts if one.document.kind not in blind]
    seen = {key: one for key, one in ground.loaded.documents.items() if one.kind not in blind}
    found = [one for each in drift(wanted, seen, tolerance) for one in _found(ground, each)]
    found += _unseen(ground, blind)
    parts = sum(len(one.document.parts) for one in wanted)
    summary = f"{len(wanted)} artifacts with {parts} parts were compared with what is loaded."
    return Outcome(summary, tuple(found), not blind)


def _found(ground: Ground, one: Drift) -> Iterator[Found]:
    subjects = subjects_of(ground, one)
    yield from (Found(subjects, sentence, next_step=_FIX, details=(one.address,)) for sentence in one.sentences)


def _unseen(ground: Ground, blind: Mapping[Kind, str]) -> Iterator[Found]:
    """Yield what could not be looked at, each reason once."""
    for why in dict.fromkeys(blind.values()):
        kinds = ", ".join(sorted(str(kind) for kind, reason in blind.items() if reason == why))
        yield Found((ground.shared,), f"These kinds could not be looked at: {kinds}. {why}", wrong=False, key=kinds)


def subjects_of(ground: Ground, one: Drift) -> tuple[Address, ...]:
    """Return the workloads that an artifact is about; the whole site for what all of them share."""
    site, name = ground.declared.site, own_name(one.address)
    if one.workload:
        return (f"workload/{one.workload}",)
    if one.kind in _CONDUITS and name in site.conduits:
        return conduit_subjects(site, name) or (ground.shared,)
    if one.kind is Kind.LINK and name in site.zones:
        return _within_zone(site, name) or (ground.shared,)
    return (ground.shared,)


def conduit_subjects(site: Site, name: str) -> tuple[Address, ...]:
    """Return the workloads at the ends of a conduit, those of zones that it names among them."""
    ends = (*site.conduits[name].source, *site.conduits[name].target)
    found = [
        workload
        for end in ends
        for workload in (
            _within_zone(site, end.name) if end.kind == "zone" else (f"workload/{end.name}",) * (end.kind == "workload")
        )
    ]
    return tuple(dict.fromkeys(found))


def _within_zone(site: Site, zone: str) -> tuple[Address, ...]:
    workloads = site.workloads.values()
    return tuple(f"workload/{one.name}" for one in workloads if any(nic.zone == zone for nic in one.interfaces))
