# SPDX-License-Identifier: Apache-2.0
"""A criterion: a small function that answers one question from facts, with all that is needed to judge its answer."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from ringfence.facts.unseen import Unseen

from .check import State
from .ground import HostGround, MachineGround

G = TypeVar("G", MachineGround, HostGround)


@dataclass(frozen=True, slots=True)
class Answer:
    """``sentence`` says what was found; ``observed`` is the value as it was read."""

    state: State
    sentence: str
    observed: str = ""
    next_step: str = ""
    """Where this answer needs another step than the criterion's own."""


def holds(sentence: str, observed: object = "") -> Answer:
    """Answer yes."""
    return Answer(State.PASS, sentence, str(observed))


def broken(sentence: str, observed: object = "", next_step: str = "") -> Answer:
    """Answer no."""
    return Answer(State.FAIL, sentence, str(observed), next_step)


def unproven(why: Unseen | str) -> Answer:
    """Answer that nobody can tell, and why."""
    return Answer(State.UNPROVEN, why.why if isinstance(why, Unseen) else why)


def aside(reason: str) -> Answer:
    """Answer that the question does not arise."""
    return Answer(State.NOT_APPLICABLE, reason)


def either(good: bool, yes: str, no: str, observed: object = "") -> Answer:  # noqa: FBT001 - what was found
    """Answer yes or no."""
    return holds(yes, observed) if good else broken(no, observed)


@dataclass(frozen=True, slots=True)
class Criterion(Generic[G]):
    """A criterion as data. ``id`` is stable for good. ``from_level`` is the SL-T from which a no is a failure."""

    id: str
    from_level: int
    title: str
    rationale: str
    how: str
    fix: str
    clauses: tuple[str, ...]
    answer: Callable[[G], Answer]


def criterion(
    id_: str, from_level: int, *clauses: str, how: str, fix: str
) -> Callable[[Callable[[G], Answer]], Criterion[G]]:
    """Make a criterion of a function: its docstring begins with the title, what follows is the rationale."""

    def register(answer: Callable[[G], Answer]) -> Criterion[G]:
        title, _, rationale = inspect.cleandoc(answer.__doc__ or id_).partition("\n")
        return Criterion(id_, from_level, title.strip(), " ".join(rationale.split()), how, fix, clauses, answer)

    return register
