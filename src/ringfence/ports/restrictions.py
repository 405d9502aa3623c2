# SPDX-License-Identifier: Apache-2.0
"""Restrictions: what people closed or suspended in an emergency. They stand until somebody releases them by name."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from ringfence.base.addresses import Address

RestrictionKind = Literal["island", "cut", "hold"]


@dataclass(frozen=True, slots=True)
class Restriction:
    """One decision of one person. ``since`` is UTC; ``reason`` may be empty: an emergency waits for no words."""

    kind: RestrictionKind
    subject: Address
    """``zone/field`` for an island, ``conduit/poll`` or ``asset/plc-7`` for a cut; empty for a hold."""
    since: datetime
    principal: str
    reason: str = ""

    @property
    def name(self) -> str:
        """Return what it is released by: ``island/field``, ``cut/poll``, ``cut/asset/plc-7``, ``hold``."""
        kind, _, own = self.subject.partition("/")
        shown = self.subject if kind == "asset" else own
        return f"{self.kind}/{shown}" if shown else self.kind


class Restrictions(Protocol):
    """Keeps restrictions, apart from revisions. What was written survives the death of the process."""

    def add(self, wanted: Restriction) -> Restriction:
        """Write a restriction down; return it, or the one of its name that stands already. Raises Refused."""
        ...

    def standing(self) -> tuple[Restriction, ...]:
        """Return what stands, oldest first. Raises Refused."""
        ...

    def end(self, name: str, principal: str, at: datetime) -> None:
        """Write down that a restriction is over, and who ended it; one that does not stand is fine. Raises Refused."""
        ...


class Bell(Protocol):
    """Rung when a restriction came, so that a job that runs in another process stops before its next step."""

    def ring(self) -> None:
        """Ring it. Never raises: whoever rings it closes things himself, too."""
        ...

    def stamp(self) -> int:
        """Return a number that is another one after each ring. Cheap, from any thread."""
        ...
