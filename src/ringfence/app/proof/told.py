# SPDX-License-Identifier: Apache-2.0
"""A verdict of the proof as a message: packets in words, rules with the artifact and its line."""

from __future__ import annotations

from collections.abc import Iterable

from ringfence.messages.proof import (
    CounterExample,
    NotUnderstood,
    Proof,
    ProofDoor,
    ProofEnds,
    ProofLine,
    ProofVerdict,
    UnreachableClaim,
)
from ringfence.proof.door_words import head, said
from ringfence.proof.flow import Door, Place
from ringfence.proof.line import line_of
from ringfence.proof.reach.world import World
from ringfence.proof.stop import stopped
from ringfence.proof.verdict import Pair, Undeclared, Unreachable, Verdict
from ringfence.proof.wording import told

from .case import Case


def proof_of(case: Case, verdict: Verdict, took_s: float) -> Proof:
    """Return a proof as a person reads it."""
    return Proof(
        case.of,
        word_of(case, verdict),
        len(case.documents),
        verdict.flows,
        verdict.claims,
        took_s,
        tuple(_undeclared(case, one) for one in verdict.undeclared),
        tuple(_unreachable(case, verdict.unreachable)),
        tuple(door_line(case, one) for one in verdict.doors),
        tuple(door_line(case, one) for one in verdict.missing),
        tuple(
            NotUnderstood(_unread(case, one.place, one.text), f"{one.why[:1].upper()}{one.why[1:]}".rstrip(".") + ".")
            for one in verdict.unproven
        ),
        case.not_seen,
    )


def word_of(case: Case, verdict: Verdict) -> ProofVerdict:
    """Return the verdict in a word; what nobody could look at is not proven."""
    return "unproven" if verdict.word == "proven" and case.not_seen else verdict.word


def line_at(case: Case, place: Place | None) -> ProofLine | None:
    """Return a part with its artifact's line."""
    if place is None:
        return None
    found = line_of(case.documents, place)
    return ProofLine(found.artifact, found.key, found.number, found.text)


def door_line(case: Case, door: Door) -> ProofDoor:
    """Return a side door in words."""
    return ProofDoor(door.kind, door.source, door.target, door.what, head(door), said(door), line_at(case, door.place))


def _undeclared(case: Case, one: Undeclared) -> CounterExample:
    path = tuple(line for place in one.path if (line := line_at(case, place)) is not None)
    return CounterExample(
        one.source,
        one.target,
        told(one.packet, one.source, one.target),
        line_at(case, one.rule),
        path,
        _ends(one.more),
    )


def _unreachable(case: Case, found: tuple[Unreachable, ...]) -> Iterable[UnreachableClaim]:
    world = World(tuple(case.documents.values())) if found else None
    for one in found:
        path = stopped(world, one.source, one.target, one.packet) if world else ()
        yield UnreachableClaim(
            one.owner,
            one.source,
            one.target,
            told(one.packet, one.source, one.target),
            line_at(case, path[-1] if path else None),
            _ends(one.more),
        )


def _unread(case: Case, place: Place, text: str) -> ProofLine:
    found = line_of(case.documents, place)
    return ProofLine(found.artifact, found.key, found.number, found.text or text)


def _ends(pairs: Iterable[Pair]) -> tuple[ProofEnds, ...]:
    return tuple(ProofEnds(source, target) for source, target in pairs)
