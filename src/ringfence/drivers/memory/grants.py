# SPDX-License-Identifier: Apache-2.0
"""Grants on the simulated host."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil

from ringfence.base.addresses import own_name
from ringfence.compile.document import Document
from ringfence.compile.scope import Scope
from ringfence.ports.clock import Clock
from ringfence.ports.grants import OpenGrant

from .file import WorldFile
from .state import put


class MemoryGrants:
    """A GrantPort."""

    def __init__(self, file: WorldFile, clock: Clock) -> None:
        self._file = file
        self._clock = clock

    def grant(self, scope: Scope, conduit: Document, seconds: int) -> None:
        """Open the conduit for so many seconds."""
        until = self._clock.now().timestamp() + seconds
        with self._file.changing(scope.site) as world:
            world.add({"site": scope.site, "grants": {conduit.address: until}})

    def granted(self, scope: Scope) -> Sequence[OpenGrant]:
        """Return the grants that run now."""
        now = self._clock.now().timestamp()
        running = self._file.read(scope.site).grants.items()
        prefix = scope.address("")
        return [
            OpenGrant(own_name(address), ceil(until - now))
            for address, until in sorted(running)
            if until > now and address.startswith(prefix)
        ]

    def close(self, scope: Scope, conduit: Document) -> None:
        """End a grant, and close a standing conduit; a dormant one stays ready for the next grant."""
        with self._file.changing(scope.site) as world:
            world.add({"site": scope.site, "grants": {conduit.address: None}})
            if conduit.parts.get("state") != "dormant":
                world.add(put(scope.site, {conduit.address: None}))

    def denied(self, scope: Scope) -> dict[str, int]:  # noqa: ARG002 - no packet ever passes here
        """Return nothing: there are no packets."""
        return {}
