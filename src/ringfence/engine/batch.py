# SPDX-License-Identifier: Apache-2.0
"""Steps that are done in one call, because one transaction holds them all."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass

from ringfence.compile.document import CONVERSATIONS, Kind
from ringfence.plan.change import Change
from ringfence.plan.step import Step

TOGETHER = frozenset({Kind.PORT, *CONVERSATIONS})
"""Kinds of which a driver does thousands as quickly as one; only one call of each is under way at a time."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Steps of one kind."""

    steps: tuple[Step, ...]

    @property
    def kind(self) -> Kind:
        """Return their kind."""
        return self.steps[0].kind

    @property
    def changes(self) -> tuple[Change, ...]:
        """Return all their changes."""
        return tuple(change for step in self.steps for change in step.changes)


class Waiting:
    """Steps that are ready and not yet under way, in their order."""

    def __init__(self) -> None:
        self._single: deque[Step] = deque()
        self._together: dict[Kind, list[Step]] = {}

    def add(self, steps: Iterable[Step]) -> None:
        """Add steps that became ready."""
        for step in steps:
            if step.kind in TOGETHER:
                self._together.setdefault(step.kind, []).append(step)
            else:
                self._single.append(step)

    def take(self, room: int, busy: frozenset[Kind]) -> list[Batch]:
        """Return what to start now: at most ``room`` single steps, and what is together and has no call under way.

        What is together is quick and takes no room, so that no start of a workload ever waits for it. ``busy`` are
        the kinds that have a call under way.
        """
        free = [kind for kind in self._together if kind not in busy]
        batches = [Batch(tuple(self._together.pop(kind))) for kind in free]
        single = [Batch((self._single.popleft(),)) for _ in range(min(max(room, 0), len(self._single)))]
        return [*batches, *single]
