# SPDX-License-Identifier: Apache-2.0
"""What was changed behind Ringfence's back."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DriftLine:
    """One artifact that differs from the applied revision, each difference as a sentence."""

    address: str
    kind: str
    workload: str | None
    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DriftReport:
    """Result of ``drift``."""

    site: str
    revision: int
    drift: tuple[DriftLine, ...]
