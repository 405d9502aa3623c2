# SPDX-License-Identifier: Apache-2.0
"""What follows from a restart: a new definition needs one, and a new tap needs its port set again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from ringfence.base.addresses import Address
from ringfence.compile.document import Artifact, Document, Kind

from .change import Action, Change
from .compare import rank
from .intent import Sources


def with_ports(
    changes: Sequence[Change],
    compiled: Iterable[Artifact],
    observed: Mapping[Address, Document],
    sources: Sources,
) -> tuple[Change, ...]:
    """Add a change of every port whose workload restarts: the kernel gives the new tap default flags."""
    restarted = {sources.workload(change.document) for change in changes if _restarts(change)}
    if not restarted:
        return tuple(changes)
    known = {change.address for change in changes}
    ports = [
        Change(observed.get(artifact.address), artifact.document)
        for artifact in compiled
        if artifact.document.kind is Kind.PORT
        and artifact.address not in known
        and sources.workload(artifact.document) in restarted
    ]
    return tuple(sorted((*changes, *ports), key=rank))


def _restarts(change: Change) -> bool:
    return change.kind is Kind.RUN and change.action is not Action.DELETE
