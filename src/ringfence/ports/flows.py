# SPDX-License-Identifier: Apache-2.0
"""Live conversations, as the router's kernel knows them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from ringfence.compile.part.element import Element
from ringfence.compile.scope import Scope
from ringfence.facts.connection import Connection


class FlowPort(Protocol):
    """Looks at what talks now, and at what may."""

    def connections(self, scope: Scope) -> Sequence[Connection]:
        """Return the connections that the router tracks. Raises Refused where the fabric is not up."""
        ...

    def elements(self, scope: Scope) -> Sequence[Element]:
        """Return the elements of the router's maps that somebody owns, as they stand now."""
        ...
