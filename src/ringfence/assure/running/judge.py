# SPDX-License-Identifier: Apache-2.0
"""Holds facts of what runs against every criterion."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from ringfence.base.addresses import Address
from ringfence.compile.bindings import Bindings
from ringfence.facts.running import RunningFacts
from ringfence.site.site import Site

from .check import Check, State, Verdict, verdict
from .criteria import HOST, MACHINE
from .criterion import Answer, Criterion, aside, unproven
from .ground import HostGround, MachineGround, host_ground, machine_grounds
from .wording import printable

G = TypeVar("G", MachineGround, HostGround)
OLDEST_S = 600
"""Facts are about the moment in which they were read: older ones prove nothing about now."""


def judge(facts: RunningFacts, site: Site, bindings: Bindings, now: datetime) -> tuple[Check, ...]:
    """Return every check of the host and of every machine that was looked at. Never raises for what facts hold."""
    found = [*_all(host_ground(facts, site), HOST)]
    for ground in machine_grounds(facts, site, bindings):
        found += _machine(ground)
    return tuple(_old(one, now) for one in found)


def verdicts(checks: Iterable[Check]) -> Mapping[Address, Verdict]:
    """Return the verdict on each subject."""
    by_subject: dict[Address, list[Check]] = {}
    for one in checks:
        by_subject.setdefault(one.subject, []).append(one)
    return {subject: verdict(held) for subject, held in by_subject.items()}


def _machine(ground: MachineGround) -> Iterator[Check]:
    state = ground.facts.state
    if state in {"stopped", "missing"}:
        resting = aside(f"It does not run ({state}), so there is no process to look at.")
        yield from (_check(ground, one, resting) for one in MACHINE)
        return
    yield from _all(ground, MACHINE)


def _all(ground: G, criteria: Iterable[Criterion[G]]) -> Iterator[Check]:
    for one in criteria:
        yield _check(ground, one, _answer(ground, one))


def _answer(ground: G, one: Criterion[G]) -> Answer:
    try:
        return one.answer(ground)
    except Exception as fault:  # noqa: BLE001 - a fault in one criterion must not hide what the others tell
        said = f"{type(fault).__name__}: {fault}".splitlines()[0][:200]
        return unproven(f"This could not be judged: a fault in Ringfence ({said}).")


def _check(ground: MachineGround | HostGround, one: Criterion[G], answer: Answer) -> Check:
    asked = ground.level >= one.from_level
    state = State.WEAK if answer.state is State.FAIL and not asked else answer.state
    done = state in {State.PASS, State.NOT_APPLICABLE}
    return Check(
        one.id,
        ground.subject,
        state,
        printable(answer.sentence),
        "" if done else answer.next_step or one.fix,
        printable(answer.observed),
        one.how,
        ground.at,
        one.title,
        ground.level,
        one.from_level,
        one.clauses,
    )


def _old(one: Check, now: datetime) -> Check:
    age = (now - one.at).total_seconds()
    if one.state is not State.PASS or 0 <= age <= OLDEST_S:
        return one
    return replace(one, state=State.UNPROVEN, sentence=f"This was read at {one.at:%Y-%m-%d %H:%M:%S} UTC, not now.")
