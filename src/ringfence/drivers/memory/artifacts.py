# SPDX-License-Identifier: Apache-2.0
"""All kinds of artifacts on the simulated host."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ringfence.base.addresses import Address
from ringfence.compile.document import Document, Kind
from ringfence.compile.scope import Scope
from ringfence.plan.change import Change
from ringfence.ports.clock import Clock

from .file import WorldFile, Writing
from .nature import goes_too, refuse
from .rewriting import rewrite
from .state import put


class MemoryArtifacts:
    """An ArtifactPort for every kind."""

    kinds = frozenset(Kind)

    def __init__(self, file: WorldFile, clock: Clock) -> None:
        self._file = file
        self._clock = clock

    def observe(self, scope: Scope) -> Mapping[Address, Document]:
        """Return every artifact of this scope that stands now."""
        prefix = scope.address("")
        found = self._file.read(scope.site).documents
        return {address: document for address, document in found.items() if address.startswith(prefix)}

    def ensure(self, scope: Scope, changes: Sequence[Change]) -> None:
        """Bring the world to ``after`` of each change. Raises Refused where the real tools would.

        As with the real tools, what was done before a refusal stays.
        """
        now = self._clock.now().timestamp()
        with self._file.changing(scope.site) as world:
            for change in changes:
                refuse(scope, change, world.state)
                _do(scope, change, world, now)


def _do(scope: Scope, change: Change, world: Writing, now: float) -> None:
    """Make one change; what is there already is left alone."""
    address, wanted = change.address, change.after
    seen = world.state.documents.get(address)
    fresh = None if wanted is None else rewrite(wanted)
    if fresh == seen:
        return
    moved: dict[Address, Document | None] = {address: fresh}
    if seen is not None:
        moved.update(dict.fromkeys(goes_too(scope, seen, world.state)))
    world.add(put(scope.site, moved))
    if change.kind is Kind.RUN:
        world.add({"site": scope.site, "since": {address: None if fresh is None else now}})
