# SPDX-License-Identifier: Apache-2.0
"""The wish to stop: heard between steps, never in the middle of one."""

from __future__ import annotations

import threading
from typing import Protocol


class Stop(Protocol):
    """Tells whether a job shall stop after the steps that run now."""

    @property
    def requested(self) -> bool:
        """True when it shall."""
        ...


class Cancel:
    """A person's wish. Set once, from a signal handler or another thread."""

    def __init__(self) -> None:
        self._event = threading.Event()

    def request(self) -> None:
        """Ask the job to stop after the steps that run now."""
        self._event.set()

    @property
    def requested(self) -> bool:
        """True when somebody asked."""
        return self._event.is_set()

    def wait(self, seconds: float) -> bool:
        """Wait until somebody asks, at most so many seconds; tell whether somebody did."""
        return self._event.wait(seconds)
