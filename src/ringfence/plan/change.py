# SPDX-License-Identifier: Apache-2.0
"""A change: one artifact from what it is to what it should be."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from ringfence.base.addresses import Address
from ringfence.compile.document import Document, Kind


class Action(StrEnum):
    """What happens to an artifact."""

    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"


class Impact(StrEnum):
    """What a step costs the plant, least first."""

    NONE = "none"
    TRAFFIC_CUT = "traffic cut"
    RESTART = "restart"
    STOP = "stop"
    DATA_LOSS = "data loss"


@dataclass(frozen=True, slots=True)
class PartChange:
    """One part: None before means it is added, None after means it goes."""

    key: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class Change:
    """``before`` None: create. ``after`` None: delete. Drivers bring the world to ``after``, whatever they find."""

    before: Document | None
    after: Document | None
    parts: tuple[PartChange, ...] = ()

    @property
    def document(self) -> Document:
        """Return the document after the change, or the one before it where the thing goes."""
        found = self.after or self.before
        if found is None:
            message = "A change has a document before or after it."
            raise ValueError(message)
        return found

    @property
    def address(self) -> Address:
        """Return the artifact's address."""
        return self.document.address

    @property
    def kind(self) -> Kind:
        """Return the artifact's kind."""
        return self.document.kind

    @property
    def action(self) -> Action:
        """Return what happens: create, update or delete."""
        if self.before is None:
            return Action.CREATE
        return Action.DELETE if self.after is None else Action.UPDATE

    def reversed(self) -> Change:
        """Return the change that takes this one back."""
        parts = tuple(PartChange(part.key, part.after, part.before) for part in self.parts)
        return Change(self.after, self.before, parts)
