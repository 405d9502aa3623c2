# SPDX-License-Identifier: Apache-2.0
"""Part ``facts``: what the kernel says of each machine's process, and of the host as the zone that it is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ringfence.assure.rules.exceptions import in_force
from ringfence.assure.running.check import Check, State
from ringfence.assure.running.judge import judge
from ringfence.engine.cancel import Cancel
from ringfence.site.exception import AcceptedFinding

from .ground import Ground
from .outcome import Evidence, Found, Outcome

_START = "A machine that does not run has no process; 'ringfence start' starts it."
_DOUBT = {State.FAIL: True, State.UNPROVEN: False}
_SIGNS = {State.PASS: "ok", State.WEAK: "--", State.FAIL: "!!", State.UNPROVEN: "??", State.NOT_APPLICABLE: "  "}


def facts(ground: Ground, _stop: Cancel) -> Outcome:
    """Look at every process and at the host, and judge each by the highest SL-T that it carries."""
    should, plant = ground.declared, ground.session.plant
    seen = plant.facts.observe(should.scope, tuple(should.site.workloads))
    now = plant.clock.now()
    checks = judge(seen, should.site, should.bindings, now)
    accepted = {(one.rule, one.subject): one for one in should.site.exceptions if in_force(one, now.date())}
    hung = tuple(Found((ground.shared, ground.host), one, wrong=False) for one in seen.hung)
    open_ = [one for one in checks if one.state is not State.FAIL or (one.id, one.subject) not in accepted]
    found = (*_found(open_), *_silent(ground, checks))
    evidence = tuple(Evidence(one.subject, _line(one, accepted.get((one.id, one.subject)))) for one in checks)
    return Outcome(_summary(checks, len(checks) - len(open_)), (*found, *hung), not hung, evidence)


def _found(checks: Sequence[Check]) -> Iterator[Found]:
    """Yield what does not hold, and what nobody can tell: the same of many machines as one."""
    alike: dict[tuple[str, State, str], list[Check]] = {}
    for one in checks:
        if one.state in _DOUBT:
            alike.setdefault((one.id, one.state, one.sentence), []).append(one)
    for held in alike.values():
        first = held[0]
        subjects = tuple(dict.fromkeys(one.subject for one in held))
        yield Found(
            subjects,
            f"{_names(subjects)}: {first.sentence}",
            wrong=_DOUBT[first.state],
            next_step=first.next_step,
            details=(f"{first.id}, {first.title} Read from: {first.how}.",),
            key=f"{first.id} {' '.join(subjects)}",
        )


def _silent(ground: Ground, checks: Sequence[Check]) -> Iterator[Found]:
    """Yield whatever no question was answered about: that proves nothing."""
    answered = {one.subject for one in checks if one.state is not State.NOT_APPLICABLE}
    every = [*(f"workload/{name}" for name in ground.declared.site.workloads), ground.host]
    silent = tuple(one for one in every if one not in answered)
    if silent:
        yield Found(silent, f"{_names(silent)}: there was nothing to look at.", wrong=False, next_step=_START)


def _names(subjects: Sequence[str]) -> str:
    names = [one.replace("workload/", "").replace("host/", "host ") for one in subjects]
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _line(one: Check, accepted: AcceptedFinding | None) -> str:
    observed = f" ({one.observed})" if one.observed else ""
    if accepted is not None and one.state is State.FAIL:
        observed += f" Accepted by {accepted.owner} until {accepted.expires}: {accepted.reason}"
        return f"-- {one.id} {one.sentence}{observed}"
    return f"{_SIGNS[one.state]} {one.id} {one.sentence}{observed}"


def _summary(checks: Sequence[Check], accepted: int) -> str:
    asked = [one for one in checks if one.state is not State.NOT_APPLICABLE]
    weak = sum(one.state is State.WEAK for one in asked)
    subjects = len({one.subject for one in checks})
    told = [
        f"{len(asked)} questions were asked about {subjects} subjects, the host among them.",
        *([f"{weak} do not hold, and no zone's target level asks for them."] if weak else []),
        *([f"{accepted} are accepted by exceptions."] if accepted else []),
    ]
    return " ".join(told)
