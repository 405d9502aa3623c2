# SPDX-License-Identifier: Apache-2.0
"""Use case: find out whether what runs is what was declared, and whether anything else can happen.

Nothing here changes the live plant, and no job waits for it. What another job changes meanwhile is told, and then
nothing counts as proven.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from ringfence.base.errors import BadInput
from ringfence.messages.progress import ProgressLine
from ringfence.messages.verification import (
    SubjectVerdict,
    Verification,
    VerificationHistory,
    VerificationLine,
    VerifyEvidence,
    VerifyFinding,
    VerifyPart,
)
from ringfence.ports.verifications import Verdict
from ringfence.site.site import Site

from .planning import generation
from .prepare import scope_of
from .session import Session
from .verify.calm import between, moment
from .verify.ground import Ground, declared
from .verify.keeping import Sightings, keep, sighted
from .verify.looking import look
from .verify.outcome import Found, Outcome, worst
from .verify.part import Part, run

Listen = Callable[[ProgressLine], None]
_LOOK = "look at what is loaded"


@dataclass(frozen=True, slots=True)
class _Ran:
    part: Part
    outcome: Outcome
    took_s: float


@dataclass(slots=True)
class _Teller:
    """Tells of parts as of steps of a job."""

    listen: Listen
    total: int
    done: int = 0

    def begins(self, title: str) -> None:
        self.listen(ProgressLine("started", title, title, self.done, self.total, ""))

    def ended(self, title: str, why: str = "") -> None:
        self.done += 1
        self.listen(ProgressLine("failed" if why else "done", title, title, self.done, self.total, why))


def verify(session: Session, site: Site, parts: Sequence[Part], listen: Listen = lambda _: None) -> Verification:
    """Run parts one after another and keep what they found. Raises Refused when the state cannot be read."""
    clock, scope, teller = session.plant.clock, scope_of(site), _Teller(listen, 1 + len(parts))
    at, began, before = clock.now(), clock.monotonic(), moment(session, scope)
    ground = _ground(session, site, teller)
    ran = [_run(ground, part, teller) for part in parts]
    disturbed = between(before, moment(session, scope))
    since = [sighted(session, one.part.name, one.outcome, at, calm=not disturbed) for one in ran]
    told = tuple(_part(one, known, disturbed) for one, (known, _) in zip(ran, since, strict=True))
    result = Verification(
        site.name,
        at,
        ground.declared.revision,
        clock.monotonic() - began,
        session.plant.simulated,
        worst(part.verdict for part in told),
        disturbed,
        tuple(one.name for one in ground.declared.standing),
        told,
        tuple(_subjects(ground, ran, disturbed)),
        next((why for _, why in since if why), ""),
    )
    return keep(session, result)


def require_known(site: Site, workload: str | None) -> None:
    """Raise BadInput where somebody names a workload that the site does not have."""
    if workload is not None and workload not in site.workloads:
        known = ", ".join(sorted(site.workloads)) or "none"
        raise BadInput(f"The applied site has no workload {workload}.", f"It has: {known}.")


def history(session: Session, site: Site, limit: int) -> VerificationHistory:
    """Return what was kept, newest first. Raises Refused when the state cannot be read."""
    kept = session.store.verifications.summaries(limit)
    lines = (
        VerificationLine(one.number, one.at, one.revision, one.principal, one.parts, one.verdict, one.took_s)
        for one in kept
    )
    return VerificationHistory(site.name, generation(session), tuple(lines))


def _ground(session: Session, site: Site, teller: _Teller) -> Ground:
    should = declared(session, site)
    teller.begins(_LOOK)
    ground = Ground(session, should, look(session, should.scope))
    teller.ended(_LOOK, " ".join(dict.fromkeys(ground.loaded.blind.values())))
    return ground


def _run(ground: Ground, part: Part, teller: _Teller) -> _Ran:
    clock = ground.session.plant.clock
    began = clock.monotonic()
    teller.begins(part.title)
    outcome = run(part, ground)
    why = "" if outcome.whole else next((one.sentence for one in outcome.found if not one.wrong), outcome.summary)
    teller.ended(part.title, why)
    return _Ran(part, outcome, clock.monotonic() - began)


def _part(ran: _Ran, since: Sightings, disturbed: str) -> VerifyPart:
    name, outcome = ran.part.name, ran.outcome
    found = tuple(_finding(name, one, since, disturbed) for one in outcome.found)
    verdict = worst([*(one.verdict for one in found), *_doubt(outcome, disturbed)])
    seen = tuple(VerifyEvidence(one.subject, one.text) for one in outcome.evidence)
    return VerifyPart(name, verdict, outcome.summary, ran.took_s, found, seen)


def _doubt(outcome: Outcome, disturbed: str) -> tuple[Verdict, ...]:
    return ("unproven",) if disturbed or not outcome.whole else ()


def _finding(part: str, one: Found, since: Sightings, disturbed: str) -> VerifyFinding:
    verdict: Verdict = "unproven" if disturbed else one.verdict
    first = since.get(one.identity)
    return VerifyFinding(part, verdict, one.subjects, one.sentence, one.next_step, one.details, first, one.flow)


def _subjects(ground: Ground, ran: Sequence[_Ran], disturbed: str) -> Iterator[SubjectVerdict]:
    """Yield the verdict on each workload, which answers for what all share as well, and on the host."""
    workloads = [f"workload/{name}" for name in ground.declared.site.workloads]
    for subject in (*workloads, ground.host):
        about = {subject} if subject == ground.host else {subject, ground.shared}
        parts = {one.part.name: _verdict(one.outcome, about, disturbed) for one in ran}
        yield SubjectVerdict(subject, worst(parts.values()), parts)


def _verdict(outcome: Outcome, about: set[str], disturbed: str) -> Verdict:
    if disturbed:
        return "unproven"
    return worst(one.verdict for one in outcome.found if about & set(one.subjects))
