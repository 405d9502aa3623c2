# SPDX-License-Identifier: Apache-2.0
"""Names in sentences."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ringfence.site.workload import Workload

SHOWN = 3
"""Names that a sentence shows before it counts the rest."""


def listed(names: Sequence[str]) -> str:
    """Return ``a, b, c and 5 more``."""
    rest = len(names) - SHOWN
    return ", ".join(names[:SHOWN]) + (f" and {rest} more" if rest > 0 else "")


def critical(workloads: Iterable[Workload]) -> tuple[Workload, ...]:
    """Return the workloads that carry an essential function."""
    return tuple(workload for workload in workloads if workload.function.critical)


def named(workloads: Sequence[Workload]) -> str:
    """Return the names of workloads as ``listed`` does."""
    return listed([workload.name for workload in workloads])
