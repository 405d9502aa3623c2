# SPDX-License-Identifier: Apache-2.0
"""Questions to workloads, asked from the router namespace."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from ringfence.compile.scope import Scope
from ringfence.site.probe import Probe

Health = Literal["healthy", "starting", "unhealthy", "stopped", "unknown"]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a probe found: ``ok``, one sentence, and how long it took in seconds."""

    ok: bool
    detail: str
    seconds: float


class ProbePort(Protocol):
    """Asks workloads how they are."""

    def ask(self, scope: Scope, probe: Probe, address: str) -> Answer:
        """Ask ``address`` (IP text) from an unprivileged child in the router namespace; never raises for a no."""
        ...

    def ask_all(self, scope: Scope, questions: Sequence[tuple[Probe, str]]) -> tuple[Answer, ...]:
        """Ask side by side, each question as ``ask`` does; answers come in the order of the questions."""
        ...
