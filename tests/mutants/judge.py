# SPDX-License-Identifier: Apache-2.0
"""The proof as a judge of mutants: found, or not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from multiprocessing import get_context

from tests.mutants.mutant import Mutant

from ringfence.compile.document import Document
from ringfence.proof.compare import beyond, indexed, missing, seen
from ringfence.proof.flow import Claim, Flow, Reach
from ringfence.proof.index import Index
from ringfence.proof.reach import reach
from ringfence.proof.side import Hardware, Side, look
from ringfence.proof.verdict import Pair

Doors = frozenset[tuple[str, str, str, str]]


@dataclass(frozen=True)
class Judge:
    """What was compiled, what is claimed, and what doors there are without any change."""

    documents: Sequence[Document]
    claims: Sequence[Claim]
    doors: Doors
    allowed: Mapping[Pair, Index[Claim]]

    def seen(self, mutant: Mutant) -> str:
        """Return how the proof notices a mutant; nothing where it does not."""
        try:
            return self._seen(mutant.of(self.documents))
        except Exception as error:  # noqa: BLE001 - a crash is an answer as well, and no good one
            return f"CRASH {type(error).__name__}: {error}"

    def _seen(self, documents: list[Document]) -> str:
        found, side = reach(documents), look(documents, Hardware())
        for unread in (*found.unread, *side.unread):
            return f"unread: {unread}"
        for door in doors_of(found, side) ^ self.doors:
            return f"door: {door}"
        return self._difference(found.flows)

    def _difference(self, flows: Sequence[Flow]) -> str:
        """Return the first flow that nobody claims, or claim that nothing fulfils; ``compare`` would tell them all."""
        for flow in flows:
            if beyond(flow.region, self.allowed.get((flow.source, flow.target))):
                return f"undeclared: {flow.source} -> {flow.target}"
        reached = indexed(flows, lambda one: one.region.box)
        for claim in (one for one in self.claims if not one.optional):
            there = reached.get((claim.source, claim.target))
            if any(missing(box, there) for box in seen(claim.box)):
                return f"missing: {claim.owner} {claim.source} -> {claim.target}"
        return ""


def doors_of(found: Reach, side: Side) -> Doors:
    return frozenset(one.key for one in (*found.doors, *side.doors))


def judge(documents: Sequence[Document], claims: Sequence[Claim]) -> Judge:
    doors = doors_of(reach(documents), look(documents, Hardware()))
    return Judge(documents, claims, doors, indexed(claims, lambda one: one.box))


_JUDGE: list[Judge] = []
_MUTANTS: list[Mutant] = []


def _ask(number: int) -> str:
    return _JUDGE[0].seen(_MUTANTS[number])


def judged(by: Judge, mutants: Iterable[Mutant], processes: int = 2) -> Iterator[tuple[Mutant, str]]:
    """Yield each mutant with how the proof notices it."""
    _JUDGE[:], _MUTANTS[:] = [by], list(mutants)
    with get_context("fork").Pool(processes) as pool:
        yield from zip(_MUTANTS, pool.imap(_ask, range(len(_MUTANTS)), chunksize=16), strict=True)
