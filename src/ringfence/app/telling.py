# SPDX-License-Identifier: Apache-2.0
"""Hands a job's progress on as messages."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ringfence.messages.progress import ProgressLine
from ringfence.ports.progress import Event


@dataclass(frozen=True, slots=True)
class Telling:
    """A Progress that calls ``listen``, which must be quick and must not raise."""

    listen: Callable[[ProgressLine], None]

    def tell(self, event: Event) -> None:
        """Hand on one event."""
        step = event.step
        self.listen(
            ProgressLine(
                event.moment,
                step.id if step else None,
                step.title if step else "",
                event.done,
                event.total,
                event.detail,
            )
        )
