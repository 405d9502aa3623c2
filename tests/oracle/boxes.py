# SPDX-License-Identifier: Apache-2.0
"""Boxes of the proof as formulas, and the question whether they hold exactly what a formula does."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import z3
from tests.oracle.terms import BITS, RAW_BITS, Term

Limits = Mapping[str, tuple[tuple[int, int], ...]]


def inside(limits: Limits, packet: dict[str, Term]) -> Term:
    """Return when a packet lies in a box, given as spans by field."""
    found = [z3.BoolVal(val=True)]
    for name, spans in limits.items():
        term = packet.get(name, z3.BitVec(name, RAW_BITS))
        found.append(
            z3.Or(
                *(term == low if low == high else z3.And(z3.UGE(term, low), z3.ULE(term, high)) for low, high in spans)
            )
        )
    return z3.And(*found)


def in_any(boxes: Iterable[Limits], packet: dict[str, Term]) -> Term:
    """Return when a packet lies in one of several boxes."""
    return z3.Or(z3.BoolVal(val=False), *(inside(one, packet) for one in boxes))


def example(*conditions: Term) -> dict[str, int] | None:
    """Return a packet that satisfies conditions, as far as they say anything; None where there is none."""
    solver = z3.SolverFor("QF_BV")
    solver.add(*conditions)
    answer = solver.check()
    assert answer != z3.unknown, solver.reason_unknown()
    if answer == z3.unsat:
        return None
    model = solver.model()
    return {one.name(): model[one].as_long() for one in model.decls()}


def numbers(found: dict[str, int]) -> dict[str, int]:
    """Return a packet of which every field is known; what nobody asked about is zero."""
    return {**dict.fromkeys(BITS, 0), "@th,64": 0, **found}
