# SPDX-License-Identifier: Apache-2.0
"""Grants: dormant conduits opened for a time by the kernel's own timer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from ringfence.compile.document import Document
from ringfence.compile.scope import Scope


@dataclass(frozen=True, slots=True)
class OpenGrant:
    """A grant that runs now; ``left_s`` is the kernel's own count of seconds."""

    conduit: str
    left_s: int


class GrantPort(Protocol):
    """Opens and closes conduits outside revisions."""

    def grant(self, scope: Scope, conduit: Document, seconds: int) -> None:
        """Open the dormant conduit's elements with a kernel timeout; a running grant is prolonged or shortened."""
        ...

    def granted(self, scope: Scope) -> Sequence[OpenGrant]:
        """Grants that run now."""
        ...

    def close(self, scope: Scope, conduit: Document) -> None:
        """Close a conduit at once, grant or standing, and end its open connections."""
        ...

    def denied(self, scope: Scope) -> dict[str, int]:
        """Packets dropped so far, by reason (counter name)."""
        ...
