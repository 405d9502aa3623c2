# SPDX-License-Identifier: Apache-2.0
"""A check: one question about a workload's machine or about its host, and the answer that the facts give."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal

from ringfence.base.addresses import Address


class State(StrEnum):
    """The answer. ``WEAK``: it does not hold, and the zone's target level does not ask for it: told, and no failure."""

    PASS = "pass"  # noqa: S105 - no password
    WEAK = "weak"
    FAIL = "fail"
    UNPROVEN = "unproven"
    NOT_APPLICABLE = "not applicable"


Verdict = Literal["proven", "failed", "unproven"]


@dataclass(frozen=True, slots=True)
class Check:
    """One answer. ``sentence`` and ``next_step`` are full sentences; ``next_step`` is empty where nothing is to do."""

    id: str
    subject: Address
    """``workload/scada`` or ``host/server1``."""
    state: State
    sentence: str
    next_step: str
    observed: str
    """The value as it was read."""
    how: str
    """Where it was read: a file of the kernel, a tool."""
    at: datetime
    title: str
    level: int
    """SL-T that the subject is judged by; the host's is the highest that it carries."""
    from_level: int
    """SL-T from which it is asked for."""
    clauses: tuple[str, ...] = ()


def verdict(checks: Iterable[Check]) -> Verdict:
    """Return what checks of one subject come to: nothing that is unproven, or not asked at all, is proven."""
    states = {one.state for one in checks}
    if State.FAIL in states:
        return "failed"
    return "proven" if State.PASS in states and State.UNPROVEN not in states else "unproven"
