# SPDX-License-Identifier: Apache-2.0
"""Part ``proof``: by what is loaded nothing else can flow than what was declared, and all of that can."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ringfence.app.proof.case import of_ground
from ringfence.app.proof.told import proof_of
from ringfence.engine.cancel import Cancel
from ringfence.messages.proof import CounterExample, Proof, ProofDoor, ProofLine, UnreachableClaim

from .claimed import person_end, subjects_of_ends
from .ground import Ground
from .outcome import Found, Outcome
from .packets import FLOWS

_LEAK: Final = "'ringfence drift' tells what was changed by hand; 'ringfence apply' brings back what was compiled."
_BLIND: Final = "What depends on it is not proven. 'ringfence prove --loaded --json' tells all of it."

_HEADS: Final = {
    "UNDECLARED WAY": "There is a way that nothing declares",
    "SETTING": "A setting lets packets do more than was declared, or less",
    "NOBODY COMPILED THIS": "Nobody compiled this",
    "BROKEN": "Something that was declared does not work",
}


def proof(ground: Ground, _stop: Cancel) -> Outcome:
    """Compare everything that is loaded with everything that was declared. Raises Refused."""
    case = of_ground(ground)
    ground.memo.keep(FLOWS, case.reach.flows)
    found = proof_of(case, case.verdict(), 0)
    return Outcome(_summary(found), tuple(_found(ground, found)), not (found.not_understood or found.not_seen))


def _summary(found: Proof) -> str:
    return (
        f"{found.flows} kinds of packets can pass by {found.artifacts} artifacts, held against {found.claims} claims "
        f"of the site."
    )


def _found(ground: Ground, found: Proof) -> Iterator[Found]:
    yield from (_leak(ground, one) for one in found.undeclared)
    yield from (_lost(ground, one) for one in found.unreachable)
    yield from (_door(ground, one) for one in found.doors)
    for one in found.not_understood:
        yield Found(
            (ground.shared,), f"Not understood: {one.why}", wrong=False, next_step=_BLIND, details=_at(one.where)
        )
    for text in found.not_seen:
        yield Found((ground.shared,), f"It could not be looked at: {text}", wrong=False, next_step=_BLIND)


def _leak(ground: Ground, one: CounterExample) -> Found:
    ends = person_end(one.source), person_end(one.target)
    more = f"and between {len(one.more)} more ends" if one.more else ""
    return Found(
        subjects_of_ends(ground, sorted({end for pair in ((one.source, one.target), *_pairs(one)) for end in pair})),
        f"This can pass, and nothing declares it: {one.packet}.",
        next_step=_LEAK,
        details=(*_at(one.rule), *([more] if more else [])),
        key=f"undeclared {one.source} {one.target} {one.rule.part if one.rule else ''}",
        flow=(*ends, one.packet) if ends[0] != ends[1] else None,
    )


def _pairs(one: CounterExample) -> Iterator[tuple[str, str]]:
    yield from ((more.source, more.target) for more in one.more)


def _lost(ground: Ground, one: UnreachableClaim) -> Found:
    return Found(
        subjects_of_ends(ground, (one.source, one.target)),
        f"Nothing lets this through, although {one.owner} declares it: {one.packet}.",
        next_step=_LEAK,
        details=_at(one.rule),
        key=f"unreachable {one.owner}",
    )


def _door(ground: Ground, one: ProofDoor) -> Found:
    ends = person_end(one.source), person_end(one.target)
    return Found(
        subjects_of_ends(ground, ends),
        f"{_HEADS.get(one.head, one.head)}: {one.sentence}",
        next_step=_LEAK,
        details=_at(one.rule),
        key=f"door {one.kind} {one.source} {one.target} {one.what}",
        flow=(*ends, one.kind) if ends[0] != ends[1] else None,
    )


def _at(line: ProofLine | None) -> tuple[str, ...]:
    if line is None:
        return ()
    number = f", line {line.line}" if line.line else ""
    return (f"{line.text or line.part} ({line.part}, {line.artifact}{number})",)
