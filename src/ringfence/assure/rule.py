# SPDX-License-Identifier: Apache-2.0
"""A design rule: a small function that finds one kind of fault, with all that is needed to judge it."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from ringfence.base.addresses import Address
from ringfence.base.diagnostics import Diagnostic, Severity
from ringfence.base.marks import Mark

from .ground import Ground


@dataclass(frozen=True, slots=True)
class Found:
    """One fault: whose, and what, in full sentences. ``field`` narrows its place, ``where`` sets it."""

    subject: Address
    problem: str
    field: str | None = None
    where: Mark | None = None


BROKEN_RULE = "RF-INT-001"
"""Id of the finding that a rule could not be checked."""

Find = Callable[[Ground], Iterable[Found]]


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule as data. ``id`` is stable for good: exceptions and reports name it. Texts are full sentences."""

    id: str
    severity: Severity
    title: str
    rationale: str
    fix: str
    clauses: tuple[str, ...]
    find: Find


def rule(id_: str, severity: Severity, *clauses: str, fix: str) -> Callable[[Find], Rule]:
    """Make a rule of a function: its docstring begins with the title, what follows is the rationale."""

    def register(find: Find) -> Rule:
        title, _, rationale = inspect.cleandoc(find.__doc__ or id_).partition("\n")
        return Rule(id_, severity, title.strip(), " ".join(rationale.split()), fix, clauses, find)

    return register


def found_by(made: Rule, found: Found, place: Mark | None) -> Diagnostic:
    """Return a fault that ``made`` found as a diagnostic."""
    return Diagnostic(made.id, made.severity, found.subject, found.problem, made.fix, place, made.clauses)
