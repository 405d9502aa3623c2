# SPDX-License-Identifier: Apache-2.0
"""A step of a plan: changes of one kind that are done in one call."""

from __future__ import annotations

from dataclasses import dataclass

from ringfence.base.addresses import Address
from ringfence.compile.document import Kind

from .change import Change, Impact


@dataclass(frozen=True, slots=True)
class Step:
    """``id`` is unique in its plan and stable for equal changes; ``needs`` are ids of steps that come before."""

    id: str
    kind: Kind
    title: str
    """A short sentence: ``start workload scada``."""
    changes: tuple[Change, ...]
    impact: Impact
    clauses: tuple[Address, ...]
    """Site addresses that this step comes from."""
    needs: tuple[str, ...] = ()
    workload: str | None = None
    critical: bool = False
    """The workload carries an essential function and the site gave no consent to interrupt it."""
    waits: tuple[str, ...] = ()
    """Workloads that have to be healthy before this step starts (``after:``)."""
