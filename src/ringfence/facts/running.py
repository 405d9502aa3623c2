# SPDX-License-Identifier: Apache-2.0
"""Everything that was observed about what runs on a host, in one look."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from .machine import MachineFacts
from .posture import HostPosture


@dataclass(frozen=True, slots=True)
class RunningFacts:
    """``machines`` by workload. ``hung`` says, as sentences, who did not answer; the rest was seen all the same."""

    site: str
    fabric: str
    at: datetime
    host: HostPosture
    machines: Mapping[str, MachineFacts]
    hung: tuple[str, ...] = ()
