# SPDX-License-Identifier: Apache-2.0
"""How artifacts are seen and changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from ringfence.base.addresses import Address
from ringfence.compile.document import Document, Kind
from ringfence.compile.scope import Scope
from ringfence.plan.change import Change


class ArtifactPort(Protocol):
    """One part of the world: libvirt, the fabric, images, boot files, or the whole simulated host."""

    @property
    def kinds(self) -> frozenset[Kind]:
        """Kinds this driver observes and changes."""
        ...

    def observe(self, scope: Scope) -> Mapping[Address, Document]:
        """Every artifact of this scope that stands now, also those nobody compiled. Raises DeadlinePassed, Refused."""
        ...

    def ensure(self, scope: Scope, changes: Sequence[Change]) -> None:
        """Bring the world to ``after`` of each change, from wherever it is; again is harmless.

        All changes have one kind. A change whose ``after`` is None removes the thing; a thing already gone is fine.
        Raises Refused with the tool's words when it will not, DeadlinePassed when the outcome is unknown.
        """
        ...
