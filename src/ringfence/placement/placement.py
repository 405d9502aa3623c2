# SPDX-License-Identifier: Apache-2.0
"""Where each workload runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Placement:
    """Host name by workload name, and why for each."""

    hosts: Mapping[str, str]
    reasons: Mapping[str, str] = field(default_factory=dict)
