# SPDX-License-Identifier: Apache-2.0
"""What cannot be taken back goes last, when everything else has been done: volumes with their data, then images."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ringfence.compile.document import Kind

from .change import Action, Change
from .draft import Draft
from .naming import workload_of
from .step import Step


def is_final(change: Change) -> bool:
    """Tell whether undoing the change could not bring back what was there."""
    return change.action is Action.DELETE and change.kind in {Kind.VOLUME, Kind.IMAGE}


def comes_last(step: Step) -> bool:
    """Tell whether a step waits until all others are done and all workloads they started are healthy."""
    return any(is_final(change) for change in step.changes)


def final_steps(changes: Sequence[Change], behind: Iterable[str]) -> list[Draft]:
    """Return a step per workload whose disks go, then one for the images."""
    by_workload: dict[str, list[Change]] = {}
    for change in changes:
        if change.kind is Kind.VOLUME:
            by_workload.setdefault(workload_of(change.document) or "", []).append(change)
    volumes = [Draft(f"destroy:volume/{name}", found, set(behind)) for name, found in by_workload.items()]
    images = [change for change in changes if change.kind is Kind.IMAGE]
    last = Draft("remove:image", images, {*behind, *(draft.id for draft in volumes)})
    return [*volumes, last] if images else volumes
