# SPDX-License-Identifier: Apache-2.0
"""What has to be waited for before others may start."""

from __future__ import annotations

from typing import Protocol


class Gate(Protocol):
    """Knows when a workload does its job."""

    def ready(self, workload: str) -> None:
        """Return when the workload is healthy. Raises a RingfenceError that says why when it will not be.

        Called from several threads at once, after the workload was started and its ports and its probe's conduit
        were set; it has a deadline of its own.
        """
        ...


class OpenGate:
    """Asks nothing: every workload counts as healthy once it was started."""

    def ready(self, workload: str) -> None:
        """Return at once."""
