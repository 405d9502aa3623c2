# SPDX-License-Identifier: Apache-2.0
"""Drift: what differs from the applied revision, one sentence per part."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ringfence.base.addresses import Address
from ringfence.compile.document import Artifact, Document, Kind

from .change import Change
from .compare import Tolerates, compare
from .naming import workload_of
from .sentences import sentences


@dataclass(frozen=True, slots=True)
class Drift:
    """One artifact that is not what it was applied as. ``sentences`` are full sentences."""

    address: Address
    kind: Kind
    workload: str | None
    sentences: tuple[str, ...]


def drift(
    compiled: Iterable[Artifact], observed: Mapping[Address, Document], tolerance: Tolerates
) -> tuple[Drift, ...]:
    """Return what differs, by kind and address. Empty: the world is as it was applied."""
    return tuple(_drift(change) for change in compare(compiled, observed, tolerance))


def _drift(change: Change) -> Drift:
    return Drift(change.address, change.kind, workload_of(change.document), sentences(change))
