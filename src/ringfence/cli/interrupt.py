# SPDX-License-Identifier: Apache-2.0
"""Ctrl-C during a job: the first stops it between two steps, the second leaves at once."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from .exits import INTERRUPTED

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
FIRST = "\nStopping after the steps that run now. Press Ctrl-C once more to leave at once.\n"
SECOND = (
    "\nLeft in the middle of a step. Nothing is lost: the same command again goes on from here, and\n"
    "'ringfence revert' goes back to the last revision that was applied.\n"
)


class Stoppable(Protocol):
    """Something that can be asked to stop."""

    @property
    def requested(self) -> bool:
        """True when somebody asked."""
        ...

    def request(self) -> None:
        """Ask it to stop."""
        ...


@contextmanager
def stopping(cancel: Stoppable) -> Iterator[None]:
    """Turn signals into a wish to stop while the context lasts."""

    def hear(_number: int, _frame: object) -> None:
        if cancel.requested:
            _leave()
        cancel.request()
        _say(FIRST)

    before = {number: signal.signal(number, hear) for number in SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def waiting(cancel: Stoppable) -> Iterator[None]:
    """Turn signals into a wish to end the wait while the context lasts; the second one is Ctrl-C as ever."""

    def hear(_number: int, _frame: object) -> None:
        if cancel.requested:
            raise KeyboardInterrupt
        cancel.request()

    before = {number: signal.signal(number, hear) for number in SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _leave() -> None:
    """Leave as SIGKILL would: the journal is written before every effect, so this is safe, and nothing waits."""
    _say(SECOND)
    os._exit(INTERRUPTED)


def _say(text: str) -> None:
    try:
        os.write(sys.stderr.fileno(), text.encode())
    except (OSError, ValueError):
        return  # the terminal is gone, which may be why we were asked to stop
